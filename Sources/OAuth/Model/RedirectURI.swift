import Primitives

/// An address to which the answer to an authorization request is sent. Requests name it byte for byte as it is registered.
package struct RedirectURI: Sendable, Equatable, CustomStringConvertible {
  /// The maximum number of bytes.
  package static let maximumBytes = 2000
  /// The characters of a URI (RFC 3986) without `#`: no blanks, quotes, backslashes or control characters.
  private static let characters = ASCIISet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%")
  private static let schemeCharacters = ASCIISet("abcdefghijklmnopqrstuvwxyz0123456789+.-")
  private static let hostCharacters = ASCIISet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]")

  /// The address as it was registered.
  package let description: String
  /// What of it a content security policy names: `https://app.example.com`, or `com.example.app:`.
  package let source: String

  /// An address of the web (http or https, without user and fragment), or one with a scheme of an app's own, such as
  /// `com.example.app:/callback` (RFC 8252, 7.1).
  ///
  /// - Returns: nil for any other text.
  package init?(_ text: String) {
    guard (1...Self.maximumBytes).contains(text.utf8.count),
      text.utf8.allSatisfy(Self.characters.contains), let colon = text.firstIndex(of: ":")
    else { return nil }
    let scheme = text[..<colon].lowercased()
    guard let first = scheme.first, first.isLetter,
      scheme.utf8.allSatisfy(Self.schemeCharacters.contains)
    else { return nil }
    description = text
    guard scheme == "http" || scheme == "https" else {
      // A name within a domain of the app's maker: neither `javascript` nor `data` has a dot.
      guard scheme.contains(".") else { return nil }
      source = scheme + ":"
      return
    }
    let rest = text[colon...].dropFirst()
    guard rest.hasPrefix("//") else { return nil }
    let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
    guard !authority.isEmpty, authority.first != ":",
      authority.utf8.allSatisfy(Self.hostCharacters.contains)
    else { return nil }
    // A policy cannot name an address of IPv6.
    source = authority.contains("[") ? scheme + ":" : "\(scheme)://\(authority)"
  }

  /// The address with parameters added to those that it has.
  package func adding(_ parameters: [(name: String, value: String)]) -> String {
    guard !parameters.isEmpty else { return description }
    let pairs = parameters.map { parameter in
      "\(parameter.name)=\(PercentCoding.encode(parameter.value.utf8, keeping: PercentCoding.unreserved))"
    }
    let separator =
      !description.contains("?")
      ? "?" : description.hasSuffix("?") || description.hasSuffix("&") ? "" : "&"
    return description + separator + pairs.joined(separator: "&")
  }

  package static func == (left: RedirectURI, right: RedirectURI) -> Bool {
    left.description.utf8.elementsEqual(right.description.utf8)
  }
}
