package import HTTPTypes
package import Hummingbird

/// An answer of a handler.
package struct APIResponse: Sendable {
  /// The content: whole, or written piece by piece so that it need not fit into memory.
  package enum Body: Sendable {
    /// Whole.
    case whole(ByteBuffer)
    /// Written piece by piece.
    case stream(@Sendable (inout any ResponseBodyWriter) async throws -> Void)
  }

  /// The HTTP status.
  package var status: HTTPResponse.Status
  /// The headers; the server adds those that every answer has.
  package var headers: HTTPFields
  /// The content.
  package var body: Body

  /// An answer with content of any type, which `Content-Type` names.
  package init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer in JSON. The content type is exactly `application/json`: clients compare it whole.
  package init(status: HTTPResponse.Status = .ok, json: JSONValue) {
    self.init(status: status, jsonBytes: json.rendered)
  }

  /// An answer whose JSON was rendered before.
  init(status: HTTPResponse.Status = .ok, jsonBytes: [UInt8]) {
    self.init(
      status: status, headers: [.contentType: "application/json"],
      body: .whole(ByteBuffer(bytes: jsonBytes)))
  }

  /// The content where it is whole.
  var wholeBody: ByteBuffer? {
    if case .whole(let buffer) = body { return buffer }
    return nil
  }

  /// The answer with one more header.
  package func with(_ name: HTTPField.Name, _ value: String) -> APIResponse {
    var copy = self
    copy.headers[name] = value
    return copy
  }
}
