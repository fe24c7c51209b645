import Foundation
import Primitives

/// HTML for web pages with tokens of contacts (EML-201 to EML-204): the content of a slot, for instance.
///
/// Values are escaped, and stand only between tags and inside of the values of attributes. An address with a token in
/// it is written only if it leads to a page, a mailbox or a telephone: a value must not become code.
package struct WebContent: Sendable {
  private enum Piece: Sendable {
    case bytes([UInt8])
    case field(FieldToken)
    /// An address as a whole, with the parameters that are added to it.
    case address([TemplateFragment], [UTMTag])
  }

  private let pieces: [Piece]
  private let settings: MailSettings

  /// The attributes that hold addresses.
  private static let addresses: Set<String> = [
    "href", "src", "action", "formaction", "poster", "background", "data", "cite", "longdesc",
    "xlink:href",
  ]
  /// The schemes of addresses that may come of values.
  private static let schemes: Set<String> = ["http", "https", "mailto", "tel", "sms"]

  /// Splits HTML at its tokens, once for many visitors.
  ///
  /// - Parameters:
  ///   - html: HTML without scripts.
  ///   - utm: The parameters that are added to its links.
  ///   - settings: The operator's settings; the formats of dates are used.
  package init(_ html: String, utm: UTMValues = UTMValues(), settings: MailSettings) {
    self.settings = settings
    let bytes = Array(html.utf8)
    let tags = UTMTag.all(utm)
    var pieces: [Piece] = []
    var position = 0
    for tag in HTMLTag.all(in: bytes) where tag.range.lowerBound >= position {
      pieces += Self.tokens(bytes[position..<tag.range.lowerBound], isHTML: true)
      position = tag.range.lowerBound
      for attribute in tag.attributes where attribute.value.lowerBound >= position {
        let isLink = (tag.name == "a" || tag.name == "area") && attribute.name == "href"
        guard
          let value = Self.value(
            bytes[attribute.value], isAddress: Self.addresses.contains(attribute.name),
            isLink ? tags : [])
        else { continue }
        let before = bytes[attribute.value.lowerBound - 1]
        let isQuoted = before == UInt8(ascii: "\"") || before == UInt8(ascii: "'")
        let quote: [UInt8] = isQuoted ? [] : [UInt8(ascii: "\"")]
        pieces.append(.bytes(bytes[position..<attribute.value.lowerBound] + quote))
        pieces += value
        pieces.append(.bytes(quote))
        position = attribute.value.upperBound
      }
      pieces.append(.bytes(Array(bytes[position..<tag.range.upperBound])))
      position = tag.range.upperBound
    }
    pieces += Self.tokens(bytes[position...], isHTML: true)
    self.pieces = pieces
  }

  /// The pieces of an attribute's value; nil if it stays as it is.
  private static func value(
    _ bytes: ArraySlice<UInt8>, isAddress: Bool, _ tags: [UTMTag]
  ) -> [Piece]? {
    guard isAddress else {
      let pieces = tokens(bytes, isHTML: true)
      let hasField = pieces.contains { if case .field = $0 { true } else { false } }
      return hasField ? pieces : nil
    }
    let url = LinkRewriter.url(bytes)
    let parts = TokenScanner.pieces(url)
    let hasField = parts.contains { if case .field = $0 { true } else { false } }
    guard hasField || (!tags.isEmpty && LinkForm.isWeb(url)) else { return nil }
    return [.address(parts, tags)]
  }

  private static func tokens(_ bytes: ArraySlice<UInt8>, isHTML: Bool) -> [Piece] {
    TokenScanner.pieces(Array(bytes), isHTML: isHTML).compactMap { fragment in
      switch fragment {
      case .bytes(let bytes): .bytes(bytes)
      case .field(let token): .field(token)
      case .custom(_, let original): .bytes(original)
      // Tokens of messages have no value here.
      default: nil
      }
    }
  }

  /// The aliases of the fields in use, each once.
  package var fields: [String] {
    var seen: Set<String> = []
    return pieces.flatMap { piece in
      switch piece {
      case .bytes: [String]()
      case .field(let token): [token.alias]
      case .address(let parts, let tags):
        (parts + tags.flatMap(\.value)).compactMap {
          if case .field(let token) = $0 { token.alias } else { nil }
        }
      }
    }.filter { seen.insert($0).inserted }
  }

  /// Returns the HTML for a contact.
  ///
  /// - Parameter values: The values of ``fields``, by alias; a missing one gives the token's default.
  package func filled(_ values: [String: String]) -> String {
    var output: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): output += bytes
      case .field(let token): HTMLText.escape(text(token, values).utf8, into: &output)
      case .address(let parts, let tags):
        HTMLText.escape(address(parts, tags, values).utf8, into: &output)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private func text(_ token: FieldToken, _ values: [String: String]) -> String {
    let value = values[token.alias] ?? ""
    guard !value.isEmpty else { return token.fallback }
    switch token.format {
    case .plain: return value
    case .url: return MessageLinks.encoded(value)
    case .date, .time, .datetime:
      return DateFormat.format(value, as: token.format, settings: settings) ?? value
    }
  }

  private func text(_ parts: [TemplateFragment], _ values: [String: String]) -> String {
    parts.map { part in
      switch part {
      case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
      case .field(let token): text(token, values)
      case .custom(_, let original): String(decoding: original, as: UTF8.self)
      default: ""
      }
    }.joined()
  }

  /// An address once its tokens are filled; empty for one that could be code.
  private func address(
    _ parts: [TemplateFragment], _ tags: [UTMTag], _ values: [String: String]
  ) -> String {
    let url = LinkForm.tidied(text(parts, values).trimmingBlanks())
    let head = url.prefix { !"/?#".contains($0) }
    if let colon = head.firstIndex(of: ":"),
      !Self.schemes.contains(head[..<colon].lowercased())
    {
      return ""
    }
    guard LinkForm.isWeb(url) else { return url }
    return LinkForm.adding(
      tags.map { ($0.name, text($0.value, values)) }.filter { !$0.1.isEmpty }, to: url)
  }
}
