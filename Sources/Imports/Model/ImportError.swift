/// Why something asked of an import is refused, or why an import as a whole has failed.
///
/// Says everything in terms of the file and the request; which HTTP status that is, is for others.
package struct ImportError: Error, Sendable, Hashable, Codable {
  /// The kind of refusal.
  package enum Code: String, Sendable, Codable {
    /// There is no such import.
    case notFound = "not_found"
    /// What was asked for contradicts itself or what there is.
    case invalid = "invalid"
    /// Nothing, or something impossible, is mapped (IMP-08, 10…13).
    case mapping = "mapping"
    /// The state of the import does not allow it (IMP-66).
    case conflict = "conflict"
    /// The file is larger than allowed (IMP-03).
    case tooLarge = "too_large"
    /// The file cannot be read: empty, binary, wrong encoding, broken quotes …
    case unreadable = "unreadable_file"
    /// The stream ended before it was complete.
    case cutOff = "upload_cut_off"
    /// The stored file is gone (IMP-67).
    case fileNotFound = "file_not_found"
    /// A part of the file could not be imported.
    case part = "part_failed"
    /// No progress for too long (IMP-65).
    case stale = "stale"
  }

  /// One thing that is wrong with what was given.
  package struct Problem: Sendable, Hashable, Codable {
    /// The member it is about, such as `fields` or `defaults.owner`.
    package let field: String
    /// The value found there.
    package let value: String
    /// The rule it breaks.
    package let rule: String
  }

  package let code: Code
  /// A sentence for a person.
  package let message: String
  /// Each single fault, for forms that show it beside the field.
  package let problems: [Problem]
  /// Physical line of the file (from 1) where the fault is, if it has a place.
  package let line: Int?

  /// An error with its sentence.
  package init(_ code: Code, _ message: String, problems: [Problem] = [], line: Int? = nil) {
    self.code = code
    self.message = message
    self.problems = problems
    self.line = line
  }

  /// A member whose value breaks a rule.
  static func invalid(
    _ field: String, value: String, rule: String, code: Code = .invalid
  ) -> ImportError {
    ImportError(
      code, "\(field): \"\(value)\" \(rule)",
      problems: [Problem(field: field, value: value, rule: rule)])
  }

  /// Several faults as one error; nil if there are none.
  static func all(_ problems: [Problem], code: Code) -> ImportError? {
    guard !problems.isEmpty else { return nil }
    let text = problems.map { "\($0.field): \"\($0.value)\" \($0.rule)" }
    return ImportError(code, text.joined(separator: "; "), problems: problems)
  }

  static func noSuchImport(_ id: Int64) -> ImportError {
    ImportError(.notFound, "there is no import \(id)")
  }
}

extension ImportError: CustomStringConvertible {
  package var description: String { message }
}
