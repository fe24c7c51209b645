/// A request to another server.
package struct HTTPCall: Sendable {
  /// The method: `GET`, `POST`, …
  package var method: String
  /// The absolute URL, http or https.
  package var url: String
  /// The headers in order.
  package var headers: [(name: String, value: String)]
  /// The body; nil for none.
  package var body: [UInt8]?
  /// The maximum duration of the whole call, including redirects.
  package var timeout: Duration
  /// The maximum number of bytes of the response's body to keep.
  package var maximumBody: Int
  /// Whether private addresses may be contacted (CAM-454).
  package var allowsPrivateAddresses: Bool
  /// The maximum number of redirects to follow.
  package var maximumRedirects: Int
  /// The keys that sign the request; nil for none. Its path is sent as it is then, dots included.
  package var signature: AWSSignature?

  /// The upper bound of ``timeout``.
  static let longestTimeout = Duration.seconds(600)

  /// Creates a request; by default with 10 s, three redirects, 64 KiB of response, public addresses only.
  package init(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, timeout: Duration = .seconds(10), maximumBody: Int = 64 * 1024,
    allowsPrivateAddresses: Bool = false, maximumRedirects: Int = 3,
    signature: AWSSignature? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = min(max(timeout, .milliseconds(1)), Self.longestTimeout)
    self.maximumBody = maximumBody
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.maximumRedirects = maximumRedirects
    self.signature = signature
  }
}

/// The response of another server.
package struct HTTPAnswer: Sendable {
  /// The status of the last response.
  package var status: Int
  /// Its headers in order.
  package var headers: [(name: String, value: String)]
  /// The beginning of its body.
  package var body: [UInt8]
  /// Whether the body was longer than the kept part.
  package var isCutOff: Bool
  /// The URL that responded.
  package var url: String

  /// Returns the value of a header, ignoring the case of its name.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

extension HTTPCall {
  /// Refuses characters that would end a line of the request or start another one (CAM-453).
  func check() throws(TransferError) {
    guard !method.isEmpty, method.utf8.count <= 32, method.utf8.allSatisfy(Self.isTokenByte) else {
      throw TransferError(.request, "the method is none")
    }
    guard url.utf8.count <= 8192, url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw TransferError(.request, "the URL has blanks or control characters, or is too long")
    }
    let scheme = url.prefix(8).lowercased()
    guard scheme.hasPrefix("http://") || scheme.hasPrefix("https://") else {
      throw TransferError(.request, "the URL is neither http nor https")
    }
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isTokenByte) else {
        throw TransferError(.request, "a header's name is none")
      }
      guard header.value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
        throw TransferError(.request, "the header \(header.name) has control characters")
      }
    }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
