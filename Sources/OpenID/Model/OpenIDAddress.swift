import Foundation

/// The addresses of a provider that may be spoken to.
package enum OpenIDAddress {
  /// The maximum number of bytes.
  static let maximumBytes = 2000

  /// Whether a text can be an issuer: https without query and fragment, or http on this machine itself, for trying out
  /// (OpenID Connect Discovery 1.0, 3).
  package static func isIssuer(_ text: String) -> Bool {
    !text.utf8.contains { $0 == UInt8(ascii: "?") } && (isSecure(text) || isLoopback(text))
  }

  /// Whether an address is one of http on this machine itself.
  package static func isLoopback(_ text: String) -> Bool {
    guard let url = url(text), url.scheme?.lowercased() == "http" else { return false }
    return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(url.host?.lowercased() ?? "")
  }

  /// The host of an address, as people know a provider; the address itself where it has none.
  package static func host(of text: String) -> String { url(text)?.host ?? text }

  /// Whether an address that an issuer's document names is as well protected as the issuer's own.
  static func isEndpoint(_ text: String, of issuer: String) -> Bool {
    isSecure(text) || isLoopback(issuer) && isLoopback(text)
  }

  private static func isSecure(_ text: String) -> Bool {
    url(text)?.scheme?.lowercased() == "https"
  }

  /// The parts of an address; nil for one with blanks, control characters, a user or a fragment.
  private static func url(_ text: String) -> URLComponents? {
    guard text.utf8.count <= maximumBytes,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
      let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
      url.user == nil, url.password == nil, url.fragment == nil
    else { return nil }
    return url
  }
}
