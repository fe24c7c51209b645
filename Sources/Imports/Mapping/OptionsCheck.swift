import CSV
import Contacts
import Primitives

extension ImportOptions {
  static let priorities = 1...1000
  static let batchLimits = 1...10_000
  static let firstLines = 1...10_000

  /// Checks what can be checked without the file and the database (IMP-04).
  ///
  /// - Throws: ``ImportError`` that lists every invalid member, its value and the rule.
  package func check() throws(ImportError) {
    var problems: [ImportError.Problem] = []
    func problem(_ field: String, _ value: String, _ rule: String) {
      problems.append(.init(field: field, value: value, rule: rule))
    }
    if !Self.priorities.contains(priority) {
      problem("priority", "\(priority)", "must be 1 to 1000")
    }
    if originalFile.utf8.count > 1024 || originalFile.utf8.contains(0) {
      problem(
        "originalFile", String(originalFile.prefix(64)), "must be a name of at most 1024 bytes")
    }
    if !Self.batchLimits.contains(parser.batchLimit) {
      problem("parser.batchlimit", "\(parser.batchLimit)", "must be 1 to 10000")
    }
    if let line = parser.firstLine, !Self.firstLines.contains(line) {
      problem("parser.firstLine", "\(line)", "must be 1 to 10000")
    }
    if let name = parser.encoding, RequestedEncoding(name: name) == nil {
      problem("parser.encoding", name, "must be one of \(RequestedEncoding.names)")
    }
    for (name, value) in [
      ("delimiter", parser.delimiter), ("enclosure", parser.enclosure), ("escape", parser.escape),
    ] {
      guard let value else { continue }
      if value.isEmpty {
        // An empty escape character switches escaping off; the other two are required.
        if name != "escape" { problem("parser.\(name)", value, "must not be blank") }
      } else if value != "\\t", value != "tab", value.utf8.count != 1 {
        problem("parser.\(name)", value, "must be one ASCII character")
      }
    }
    if let separator = parser.tagSeparator,
      !(1...8).contains(separator.unicodeScalars.count) || separator.utf8.contains(0)
    {
      problem("parser.tagSeparator", separator, "must be 1 to 8 characters")
    }
    if defaults.tags.count > ContactBoundStore.tags {
      problem(
        "defaults.tags", "\(defaults.tags.count)", "must be at most \(ContactBoundStore.tags)")
    }
    for (index, tag) in defaults.tags.enumerated()
    where tag.trimmingBlanks().unicodeScalars.count > 192 {
      problem("defaults.tags.\(index)", tag, "must have at most 191 characters")
    }
    if let stage = defaults.stage, stage.trimmingBlanks().isEmpty {
      problem("defaults.stage", stage, "must not be blank")
    }
    if let error = ImportError.all(problems, code: .invalid) { throw error }
  }
}
