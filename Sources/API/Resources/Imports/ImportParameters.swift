import Imports

/// Reads the parameters of an import from a request, be it JSON, a form or a query.
struct ImportParameters {
  private var problems: [(field: String, messages: [String])] = []

  /// The options of a new import.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  static func options(_ json: JSONValue) throws(APIError) -> ImportOptions {
    var reader = ImportParameters()
    var options = ImportOptions()
    reader.refuseUnknown(
      json,
      [
        "object", "originalFile", "filename", "autoStart", "priority", "allowDuplicates",
        "background", "fields", "mapping", "defaults", "parser",
      ])
    if let name = reader.text(json, "object") {
      if let object = ImportObject(name: name) {
        options.object = object
      } else {
        reader.problem("object", "must be contact or company")
      }
    }
    options.originalFile =
      reader.text(json, "originalFile") ?? reader.text(json, "filename") ?? options.originalFile
    options.autoStart = reader.truth(json, "autoStart") ?? options.autoStart
    options.priority = reader.integer(json, "priority") ?? options.priority
    options.allowDuplicates = reader.truth(json, "allowDuplicates") ?? options.allowDuplicates
    options.background = reader.truth(json, "background") ?? options.background
    options.fields = reader.fields(json)
    if let defaults = reader.object(json, "defaults") {
      reader.read(defaults, into: &options.defaults)
    }
    if let parser = reader.object(json, "parser") { reader.read(parser, into: &options.parser) }
    try reader.finish()
    return options
  }

  /// The changes to an import; of the defaults those that are named.
  static func edit(_ json: JSONValue, of item: Import) throws(APIError) -> ImportEdit {
    var reader = ImportParameters()
    var edit = ImportEdit()
    // A whole entity that was read may be sent back: its mapping and defaults are in `properties`.
    let properties = json["properties"] ?? json
    edit.fields = reader.fields(json) ?? reader.fields(properties)
    if let named = reader.object(json, "defaults") ?? reader.object(properties, "defaults") {
      var defaults = item.defaults
      reader.read(named, into: &defaults)
      edit.defaults = defaults
    }
    if let named = reader.object(json, "parser") ?? reader.object(properties, "parser") {
      var parser = item.parser
      reader.read(named, into: &parser)
      edit.parser = parser
    }
    edit.priority = reader.integer(json, "priority")
    edit.allowDuplicates = reader.truth(json, "allowDuplicates")
    try reader.finish()
    return edit
  }

  private func finish() throws(APIError) {
    if !problems.isEmpty { throw .validation(problems) }
  }

  private mutating func problem(_ field: String, _ message: String) {
    problems.append((field, [message]))
  }

  // MARK: Parts

  /// `fields` is column → target. In a query `mapping` says it the other way round, target →
  /// column, because a column's name may hold anything.
  private mutating func fields(_ json: JSONValue) -> [String: String]? {
    var fields: [String: String]?
    if let given = json["fields"], given != .null {
      guard let object = given.asObject else {
        problem("fields", "must be an object of column and target")
        return nil
      }
      fields = [:]
      for (column, target) in object.members {
        if let target = target.text, !target.isEmpty { fields?[column] = target }
      }
    }
    if let mapping = json["mapping"]?.asObject {
      fields = fields ?? [:]
      for (target, column) in mapping.members {
        if let column = column.text, !column.isEmpty { fields?[column] = target }
      }
    }
    return fields
  }

  private mutating func read(_ json: JSONValue, into defaults: inout ImportDefaults) {
    refuseUnknown(json, ["owner", "list", "tags", "skip_if_exists", "stage"], of: "defaults.")
    if json["owner"] != nil { defaults.owner = id(json, "owner") }
    if json["list"] != nil { defaults.list = id(json, "list") }
    if let tags = json["tags"] { defaults.tags = tags.commaList }
    defaults.skipIfExists = truth(json, "skip_if_exists") ?? defaults.skipIfExists
    if let stage = json["stage"] { defaults.stage = stage.text.flatMap { $0.isEmpty ? nil : $0 } }
  }

  private mutating func read(_ json: JSONValue, into parser: inout ImportParserSettings) {
    refuseUnknown(
      json,
      [
        "delimiter", "enclosure", "escape", "encoding", "header", "firstLine", "dateOrder",
        "decimalMark", "tagSeparator", "batchlimit",
      ], of: "parser.")
    parser.delimiter =
      isDetected(json, "delimiter") ? nil : text(json, "delimiter") ?? parser.delimiter
    parser.enclosure = text(json, "enclosure") ?? parser.enclosure
    parser.escape = text(json, "escape") ?? parser.escape
    parser.encoding = text(json, "encoding") ?? parser.encoding
    parser.header = isDetected(json, "header") ? nil : truth(json, "header") ?? parser.header
    parser.firstLine = integer(json, "firstLine") ?? parser.firstLine
    parser.dateOrder = choice(json, "dateOrder", of: "parser.") ?? parser.dateOrder
    parser.decimalMark = choice(json, "decimalMark", of: "parser.") ?? parser.decimalMark
    parser.tagSeparator = text(json, "tagSeparator") ?? parser.tagSeparator
    parser.batchLimit = integer(json, "batchlimit") ?? parser.batchLimit
  }

  /// Whether a setting of the parser is to be found out, as without it.
  private func isDetected(_ json: JSONValue, _ name: String) -> Bool {
    json[name]?.text?.lowercased() == "auto"
  }

  // MARK: Members

  /// Refuses members that are no options, since a misspelt one would do nothing.
  private mutating func refuseUnknown(
    _ json: JSONValue, _ known: Set<String>, of path: String = ""
  ) {
    for (name, _) in json.asObject?.members ?? [] where !known.contains(name) {
      problem(path + name, "is not an option; there are \(known.sorted().joined(separator: ", "))")
    }
  }

  /// One of a few words.
  private mutating func choice<Word: RawRepresentable<String> & CaseIterable>(
    _ json: JSONValue, _ name: String, of path: String
  ) -> Word? {
    guard let text = text(json, name), !text.isEmpty else { return nil }
    if let word = Word(rawValue: text.lowercased()) { return word }
    let known = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    problem(path + name, "\"\(text)\" is none of \(known)")
    return nil
  }

  private mutating func text(_ json: JSONValue, _ name: String) -> String? {
    guard let value = json[name], value != .null else { return nil }
    guard let text = value.text else {
      problem(name, "must be a text")
      return nil
    }
    return text
  }

  private mutating func integer(_ json: JSONValue, _ name: String) -> Int? {
    guard let value = json[name], value != .null, value != "" else { return nil }
    guard let number = value.integer else {
      problem(name, "must be a whole number")
      return nil
    }
    return number
  }

  /// A reference: a number, an object with an id, or null and empty for none.
  private mutating func id(_ json: JSONValue, _ name: String) -> Int64? {
    guard let value = json[name] else { return nil }
    if value["id"] != nil { return integer(value, "id").map(Int64.init) }
    return integer(json, name).map(Int64.init)
  }

  private mutating func truth(_ json: JSONValue, _ name: String) -> Bool? {
    guard let value = json[name], value != .null else { return nil }
    guard let truth = value.truth else {
      problem(name, "must be true or false")
      return nil
    }
    return truth
  }

  private mutating func object(_ json: JSONValue, _ name: String) -> JSONValue? {
    guard let value = json[name], value != .null else { return nil }
    guard let object = value.asObject else {
      problem(name, "must be an object")
      return nil
    }
    return .object(object)
  }
}
