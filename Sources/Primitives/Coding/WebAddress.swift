import Foundation

/// The form in which URLs are compared, however they were written: in HTML, in plain text, encoded, in a filter.
package enum WebAddress {
  /// Returns a URL in the form for comparisons: in lower case, with percent-encoding and `&amp;` undone, without blanks
  /// around it, the host in the letters of the domain name system. Any text is accepted; it is not an address any more.
  package static func comparable(_ url: String) -> String {
    let trimmed = url.trimmingCharacters(in: .whitespacesAndNewlines)
      .replacing("&amp;", with: "&")
    let plain = PercentCoding.decode(trimmed.utf8, plusIsBlank: false)
    // What is not UTF-8 stays encoded.
    let text = plain.unicodeScalars.contains("\u{FFFD}") ? trimmed : plain
    return withNamedHost(text.precomposedStringWithCanonicalMapping.lowercased())
  }

  private static func withNamedHost(_ text: String) -> String {
    guard let mark = text.firstRange(of: "://") else { return text }
    let host = text[mark.upperBound...].prefix { !"/?#:@".contains($0) }
    guard host.utf8.contains(where: { $0 >= 0x80 }),
      let name = URLComponents(string: "http://\(host)/")?.encodedHost
    else { return text }
    return text[..<mark.upperBound] + name.lowercased() + text[host.endIndex...]
  }
}
