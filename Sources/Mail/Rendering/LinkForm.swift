import Foundation
import Primitives

/// The forms of the URLs of links.
enum LinkForm {
  /// Returns the form by which the links of an e-mail are the same one (EML-351), whether they are written in HTML or in
  /// plain text, by an editor that encodes or one that does not: what is beyond ASCII is percent-encoded, digits of
  /// encodings are capitals, braces of tokens are plain, scheme and host are in lower case.
  static func normal(_ url: String) -> String {
    let bytes = Array(url.utf8)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      if let end = TokenScanner.end(ofTokenIn: bytes, at: position) {
        output += token(bytes[position..<end])
        position = end
        continue
      }
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "%"), position + 1 < bytes.count,
        let high = Hex.digit(bytes[position]), let low = Hex.digit(bytes[position + 1])
      {
        let value = high << 4 | low
        if PercentCoding.unreserved.contains(value) {
          output.append(value)
        } else {
          output.append(UInt8(ascii: "%"))
          Hex.appendUppercase(value, to: &output)
        }
        position += 2
      } else if byte > 0x20 && byte < 0x7F {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        Hex.appendUppercase(byte, to: &output)
      }
    }
    return withLowerHost(String(decoding: output, as: UTF8.self))
  }

  /// Returns a token with plain braces and without percent-encoding.
  private static func token(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.first == UInt8(ascii: "%") else { return Array(bytes) }
    let inner = PercentCoding.decode(bytes.dropFirst(3).dropLast(3), plusIsBlank: false)
    let plain = Array("{\(inner)}".utf8)
    let isSame = TokenScanner.pieces(plain) == TokenScanner.pieces(Array(bytes))
    return isSame ? plain : Array(bytes)
  }

  private static func withLowerHost(_ url: String) -> String {
    guard isWeb(url), let mark = url.firstRange(of: "://") else { return url }
    let head = url[mark.upperBound...].prefix { !"/?#{%@".contains($0) }
    return
      "\(url[..<mark.lowerBound].lowercased())://\(head.lowercased())\(url[head.endIndex...])"
  }

  /// Whether a URL begins with http or https.
  static func isWeb(_ url: String) -> Bool {
    let head = url.prefix(8).lowercased()
    return head.hasPrefix("http://") || head.hasPrefix("https://")
  }

  /// Returns a URL as browsers read it: without line breaks and tabs, other blanks and non-ASCII characters
  /// percent-encoded.
  static func tidied(_ url: String) -> String {
    PercentCoding.encode(
      url.utf8.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }, keeping: PercentCoding.printable)
  }

  /// Returns the URL with further parameters, except those it already has; a fragment stays at the end.
  static func adding(_ parameters: [(String, String)], to url: String) -> String {
    let halves = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    var base = String(halves[0])
    let query = base.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    var known = Set(
      query.split(separator: "&").map { String($0.prefix { $0 != "=" }).lowercased() })
    for (name, value) in parameters where known.insert(name.lowercased()).inserted {
      base += base.contains("?") ? (base.hasSuffix("?") || base.hasSuffix("&") ? "" : "&") : "?"
      base += "\(MessageLinks.encoded(name))=\(MessageLinks.encoded(value))"
    }
    return halves.count == 2 ? "\(base)#\(halves[1])" : base
  }

  /// Whether a URL leads to pages of a site, whose address has no slash at its end.
  static func isOwn(_ url: String, site: String) -> Bool {
    let (url, site) = (normal(url), normal(site))
    guard !site.isEmpty, url.hasPrefix(site) else { return false }
    let next = url.dropFirst(site.count).first
    return next == nil || next == "/" || next == "?" || next == "#"
  }
}
