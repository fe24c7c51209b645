import Foundation

/// The way a value is written where its token stands (EML-204).
enum TokenContext: Sendable {
  /// Between tags or inside attributes: escaped.
  case html
  /// Unchanged.
  case plain
  /// Without line breaks and control characters.
  case header
}

/// A token for a field of the contact or of its primary company (EML-201 to EML-203).
struct FieldToken: Sendable, Hashable {
  /// The format of a value.
  enum Format: String, Sendable {
    case plain
    case url = "true"
    case date, time, datetime
  }

  var alias: String
  var fallback: String
  var format: Format
}

/// A piece of a template.
enum TemplateFragment: Sendable, Equatable {
  /// A link of the message.
  enum Link: Sendable { case unsubscribe, dnc, resubscribe, webview }
  /// A text of the settings, or the signature.
  enum Block: Sendable { case unsubscribe, webview, signature }
  /// A property of the contact's owner (EML-205).
  enum OwnerField: String, Sendable { case firstname, lastname, email, position, signature }

  case bytes([UInt8])
  case field(FieldToken)
  case owner(OwnerField)
  case link(Link)
  case block(Block)
  case subject
  case pixel
  /// The link that nobody sees (EML-364).
  case trap
  /// The signed reference of a tracked link.
  case clickthrough
  /// A link that is not counted, with the parameters that tell its site where visitors come from.
  case tagged([TemplateFragment], [UTMTag])
  /// Dynamic content, by name (EML-207).
  case dynamic(String)
  /// The name of the sender, in signatures.
  case senderName
  /// A word in braces that is not a token, unless the send brings a value for it.
  case custom(String, original: [UInt8])
  /// A token for an object that does not exist.
  case nothing
}

/// A parameter that is added to links; its value may contain tokens.
struct UTMTag: Sendable, Equatable {
  var name: String
  var value: [TemplateFragment]

  /// The parameters of an e-mail.
  static func all(_ values: UTMValues) -> [UTMTag] {
    values.pairs.map { UTMTag(name: $0, value: TokenScanner.pieces($1)) }
  }
}

/// Finds tokens (EML-201, EML-206, EML-207).
///
/// Text that begins like a token but is not one stays as it is (EML-209).
struct TokenScanner {
  /// The maximum length of a token in bytes.
  private static let longest = 1024

  /// Splits a text at its tokens.
  static func pieces(_ text: String) -> [TemplateFragment] { pieces(Array(text.utf8)) }

  /// Splits UTF-8 bytes at their tokens. Within HTML a token is written as HTML.
  static func pieces(_ bytes: [UInt8], isHTML: Bool = false) -> [TemplateFragment] {
    var pieces: [TemplateFragment] = []
    var start = 0
    var position = 0
    while position < bytes.count {
      guard let open = opening(bytes, at: position),
        let (piece, end) = token(bytes, from: position, open: open, isHTML: isHTML)
      else {
        position += 1
        continue
      }
      if start < position { pieces.append(.bytes(Array(bytes[start..<position]))) }
      pieces.append(piece)
      position = end
      start = end
    }
    if start < bytes.count { pieces.append(.bytes(Array(bytes[start...]))) }
    return pieces
  }

  /// Returns the end of the token that begins here; nil if there is none.
  static func end(ofTokenIn bytes: [UInt8], at start: Int) -> Int? {
    opening(bytes, at: start).flatMap { token(bytes, from: start, open: $0, isHTML: false)?.end }
  }

  /// Returns the number of bytes of an opening brace: one, or three if it is percent-encoded.
  private static func opening(_ bytes: [UInt8], at position: Int) -> Int? {
    if bytes[position] == UInt8(ascii: "{") { return 1 }
    guard bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
      bytes[position + 1] == UInt8(ascii: "7"), bytes[position + 2] | 0x20 == UInt8(ascii: "b")
    else { return nil }
    return 3
  }

  private static func token(
    _ bytes: [UInt8], from start: Int, open: Int, isHTML: Bool
  ) -> (TemplateFragment, end: Int)? {
    let isEncoded = open == 3
    var end = start + open
    let limit = min(bytes.count, end + longest)
    while end < limit {
      let byte = bytes[end]
      if isEncoded {
        if byte == UInt8(ascii: "%"), end + 2 < bytes.count,
          bytes[end + 1] == UInt8(ascii: "7"), bytes[end + 2] | 0x20 == UInt8(ascii: "d")
        {
          break
        }
        // An encoded token is part of a URL.
        if byte <= 0x20 || byte == 0x22 || byte == 0x3C || byte == 0x3E { return nil }
        if opening(bytes, at: end) == 3 { return nil }
      } else {
        if byte == UInt8(ascii: "}") { break }
        if byte == UInt8(ascii: "{") || byte == 0x0A { return nil }
      }
      end += 1
    }
    guard end < limit else { return nil }
    var inner = String(decoding: bytes[(start + open)..<end], as: UTF8.self)
    if isHTML { inner = HTMLText.decoded(inner) }
    if isEncoded { inner = inner.removingPercentEncoding ?? inner }
    let after = end + open
    guard let piece = piece(inner, original: Array(bytes[start..<after])) else { return nil }
    return (piece, after)
  }

  private static func piece(_ inner: String, original: [UInt8]) -> TemplateFragment? {
    let name: Substring
    let argument: String?
    if let equals = inner.firstIndex(of: "=") {
      name = inner[..<equals]
      argument = String(inner[inner.index(after: equals)...])
    } else {
      name = inner[...]
      argument = nil
    }
    guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(isNameByte) else { return nil }
    if let argument {
      // What a form's submission brings (FRM-21); nothing in an e-mail that no form sends.
      if name.lowercased() == "formfield" { return .custom("formfield=\(argument)", original: []) }
      return self.piece(name.lowercased(), argument)
    }
    return simple[name.lowercased()] ?? .custom(String(name), original: original)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static let simple: [String: TemplateFragment] = [
    "unsubscribe_text": .block(.unsubscribe), "unsubscribe_url": .link(.unsubscribe),
    "dnc_url": .link(.dnc), "resubscribe_url": .link(.resubscribe),
    "webview_text": .block(.webview), "webview_url": .link(.webview),
    "signature": .block(.signature), "subject": .subject, "tracking_pixel": .pixel,
    "hidden_link": .trap,
  ]

  private static func piece(_ name: String, _ argument: String) -> TemplateFragment? {
    switch name {
    case "contactfield", "leadfield": return field(argument)
    case "ownerfield":
      let parts = argument.split(separator: "|", omittingEmptySubsequences: false)
      return TemplateFragment.OwnerField(rawValue: String(parts[0])).map { .owner($0) } ?? .nothing
    // These name objects of other modules; a missing object yields nothing.
    case "pagelink", "assetlink", "form", "focus": return .nothing
    case "dynamiccontent":
      return .dynamic(argument.trimmingCharacters(in: ["\"", "'"]))
    default: return nil
    }
  }

  /// Parses `alias|default`, `alias|true`, `alias|default|date`: a word for a format is not a default (EML-203).
  private static func field(_ argument: String) -> TemplateFragment? {
    var parts = argument.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let alias = parts.removeFirst().trimmingCharacters(in: [" "])
    guard !alias.isEmpty, alias.utf8.count <= 64 else { return nil }
    var format = FieldToken.Format.plain
    if let last = parts.last, let known = FieldToken.Format(rawValue: last), known != .plain {
      format = known
      parts.removeLast()
    }
    if parts.first.flatMap(FieldToken.Format.init) ?? .plain != .plain { parts = [] }
    return .field(
      FieldToken(alias: alias, fallback: parts.joined(separator: "|"), format: format))
  }
}
