import Exports
import Primitives

/// Reads the parameters of an export from a request (API page, 11.3).
struct ExportParameters {
  private var problems: [(field: String, messages: [String])] = []

  /// The members of a request.
  private static let members: Set<String> = [
    "object", "format", "search", "ids", "segment", "where", "publishedOnly", "published",
    "columns", "orderBy", "orderByDir", "raw", "bom", "delimiter", "gzip", "notifyEmail",
  ]

  /// The options of a new export. An unknown member is refused: a misspelt one would do nothing, or select everybody.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  static func options(_ json: JSONValue) throws(APIError) -> ExportOptions {
    var reader = ExportParameters()
    var options = ExportOptions()
    for (name, _) in json.asObject?.members ?? [] where !members.contains(name) {
      reader.problem(
        name, "is not known; there are \(members.sorted().joined(separator: ", "))")
    }
    if let object = reader.text(json, "object"), !["contact", "contacts", "lead"].contains(object) {
      reader.problem("object", "\"\(object)\" must be contact")
    }
    if let format = reader.text(json, "format") {
      if let known = ExportFormat(rawValue: format.lowercased()) {
        options.format = known
      } else {
        reader.problem("format", "\"\(format)\" must be one of \(ExportFormat.list)")
      }
    }
    options.selection.search = reader.text(json, "search")
    options.selection.ids = reader.ids(json)
    options.selection.segment = reader.segment(json)
    if let conditions = json["where"], conditions != .null {
      options.selection.conditions = conditions.kept
    }
    options.selection.publishedOnly =
      reader.truth(json, "publishedOnly") ?? reader.truth(json, "published") ?? false
    options.columns = reader.columns(json)
    options.orderBy = reader.text(json, "orderBy")
    options.orderByDir = reader.text(json, "orderByDir")
    options.raw = reader.truth(json, "raw") ?? false
    options.byteOrderMark = reader.truth(json, "bom") ?? false
    if let delimiter = reader.text(json, "delimiter") {
      options.delimiter = ExportOptions.delimiter(delimiter)
      if options.delimiter == nil {
        reader.problem("delimiter", "\"\(delimiter)\" must be a comma, a semicolon, a tab or |")
      }
    }
    options.gzip = reader.truth(json, "gzip") ?? false
    options.notifyEmail = reader.truth(json, "notifyEmail") ?? false
    options.query = query(json)
    if !reader.problems.isEmpty { throw .validation(reader.problems) }
    return options
  }

  /// The parameters as they were given.
  private static func query(_ json: JSONValue) -> Primitives.JSONValue {
    let names = ["search", "where", "ids", "segment", "publishedOnly", "orderBy", "orderByDir"]
    var members: [String: Primitives.JSONValue] = [:]
    for name in names {
      if let value = json[name], value != .null { members[name] = value.kept }
    }
    return .object(members)
  }

  private mutating func problem(_ field: String, _ message: String) {
    problems.append((field, [message]))
  }

  private mutating func text(_ json: JSONValue, _ name: String) -> String? {
    guard let value = json[name], value != .null else { return nil }
    guard let text = value.text else {
      problem(name, "must be a text")
      return nil
    }
    return text.isEmpty ? nil : text
  }

  private mutating func truth(_ json: JSONValue, _ name: String) -> Bool? {
    guard let value = json[name], value != .null else { return nil }
    guard let truth = value.truth else {
      problem(name, "must be true or false")
      return nil
    }
    return truth
  }

  /// Ids as an array or a comma list. An empty list selects no contact, which differs from all.
  private mutating func ids(_ json: JSONValue) -> [Int64]? {
    guard let value = json["ids"], value != .null, value != "" else { return nil }
    var ids: [Int64] = []
    for text in value.commaList {
      guard let id = Int64(text), id > 0 else {
        problem("ids", "\"\(text)\" is no id of a contact")
        return nil
      }
      ids.append(id)
    }
    return ids
  }

  private mutating func segment(_ json: JSONValue) -> Int64? {
    guard let value = json["segment"], value != .null, value != "" else { return nil }
    guard let id = (value["id"] ?? value).integer, id > 0 else {
      problem("segment", "must be the id of a segment")
      return nil
    }
    return Int64(id)
  }

  private mutating func columns(_ json: JSONValue) -> [String]? {
    guard let value = json["columns"], value != .null else { return nil }
    let columns = value.commaList
    return columns.isEmpty ? nil : columns
  }
}
