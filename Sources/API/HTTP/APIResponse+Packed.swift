import HTTPTypes
import Hummingbird

extension APIResponse {
  /// Shorter contents gain nothing.
  private static let leastPackedBytes = 1024

  /// The answer with its content packed by gzip, where that pays and whoever asked can read it (CSL-5).
  func packed(for asked: HTTPFields) -> APIResponse {
    guard let content = wholeBody, content.readableBytes >= Self.leastPackedBytes,
      headers[.contentEncoding] == nil, Self.isText(headers[.contentType] ?? "")
    else { return self }
    var copy = self
    copy.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
    guard asked[.acceptEncoding].map(Self.takesGzip) == true,
      let bytes = Gzip.packed(Array(content.readableBytesView), effort: .little)
    else { return copy }
    copy.headers[.contentEncoding] = "gzip"
    copy.body = .whole(ByteBuffer(bytes: bytes))
    return copy
  }

  private static func isText(_ type: String) -> Bool {
    type.hasPrefix("text/") || type.hasPrefix("application/json")
  }

  /// Whether a value of `Accept-Encoding` names gzip, and not as what is refused.
  private static func takesGzip(_ value: String) -> Bool {
    value.split(separator: ",").contains { part in
      let parts = part.split(separator: ";").map { String($0).trimmingBlanks }
      guard parts.first?.lowercased() == "gzip" else { return false }
      return !parts.dropFirst().contains { $0.wholeMatch(of: /[qQ]=0(\.0*)?/) != nil }
    }
  }
}
