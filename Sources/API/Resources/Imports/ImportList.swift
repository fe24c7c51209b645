import Imports

extension ImportStatus {
  /// Reads `status`, a number or a name; nil without one.
  static func asked(_ query: JSONValue) throws(APIError) -> ImportStatus? {
    guard let text = query["status"]?.text, !text.isEmpty else { return nil }
    let known = allCases.first { $0.name == text.lowercased() || String($0.rawValue) == text }
    guard let known else { throw .badRequest("status: \(text) is no status of an import.") }
    return known
  }
}

extension ImportObject {
  /// Reads `object`; nil without one.
  static func asked(_ query: JSONValue) throws(APIError) -> ImportObject? {
    guard let text = query["object"]?.text, !text.isEmpty else { return nil }
    guard let known = ImportObject(name: text) else {
      throw .validation([("object", ["must be contact or company"])])
    }
    return known
  }
}
