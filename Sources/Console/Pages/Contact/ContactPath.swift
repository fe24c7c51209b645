import API

extension APIRequest {
  /// A number in the path.
  ///
  /// - Throws: `APIError` 404 for something else.
  func pathNumber(_ name: String) throws -> Int64 {
    guard let number = pathParameters[name].flatMap(Int64.init) else { throw APIError.notFound }
    return number
  }
}
