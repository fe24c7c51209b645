/// A request to another server.
package struct HTTPCall: Sendable {
  /// `GET`, `POST`, …
  package var method: String
  /// An absolute URL, http or https.
  package var url: String
  /// Headers in order.
  package var headers: [(name: String, value: String)]
  /// The content; nil for none.
  package var body: [UInt8]?
  /// How long all of it may take, redirects included.
  package var timeout: Duration
  /// So many bytes of the answer's content are kept.
  package var maximumBody: Int
  /// Whether addresses that are not public may be spoken to (CAM-454).
  package var allowsPrivateAddresses: Bool
  /// How often the other side may lead elsewhere.
  package var maximumRedirects: Int

  /// A request; by default of 10 s, three redirects, 64 KiB of answer, to public addresses alone.
  package init(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, timeout: Duration = .seconds(10), maximumBody: Int = 64 * 1024,
    allowsPrivateAddresses: Bool = false, maximumRedirects: Int = 3
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.maximumBody = maximumBody
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.maximumRedirects = maximumRedirects
  }
}

/// What the other server answered.
package struct HTTPAnswer: Sendable {
  /// The status of the last answer.
  package var status: Int
  /// Its headers in order.
  package var headers: [(name: String, value: String)]
  /// The beginning of its content.
  package var body: [UInt8]
  /// Whether there was more than was kept.
  package var isCutOff: Bool
  /// The URL that answered.
  package var url: String

  /// The value of a header, whatever the case of its name.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

extension HTTPCall {
  /// Refuses what would end a line of the request or begin another (CAM-453).
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
