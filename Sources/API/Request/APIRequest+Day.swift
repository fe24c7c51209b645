import Foundation

extension APIRequest {
  /// A day of the query, or any instant of it; nil where none is named.
  ///
  /// - Throws: `APIError` 400 for a text that is no date.
  func day(_ name: String) throws(APIError) -> Date? {
    guard let text = query[name]?.text, !text.isEmpty else { return nil }
    guard let date = WireDate.parse(text) else {
      throw .validation([(name, ["\"\(text)\" is no date; YYYY-MM-DD is expected."])])
    }
    return date
  }
}
