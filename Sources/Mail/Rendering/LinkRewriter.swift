import Foundation

/// Finds the links of a message, and replaces those that are tracked by tracking links (EML-350).
struct LinkRewriter {
  /// The prefixes of URLs that are not tracked.
  let untracked: [String]
  /// The aliases of fields that hold URLs: their tokens are links in plain text too.
  var urlFields: Set<String> = []

  /// A URL in the message, with its position.
  struct Found {
    var range: Range<Int>
    /// The URL with entities decoded, so that `&` and `&amp;` are the same (EML-351).
    var url: String
    /// Whether its clicks are counted.
    var isTracked: Bool
  }

  /// Returns the tracked links in HTML.
  func links(html: [UInt8]) -> [Found] { found(html: html).filter(\.isTracked) }

  /// Returns the links in HTML: those of `a` and `area`. Those that opt out are not tracked.
  func found(html: [UInt8]) -> [Found] {
    HTMLTag.all(in: html).compactMap { tag in
      guard tag.name == "a" || tag.name == "area", !tag.isClosing,
        let range = tag.attribute("href")
      else { return nil }
      let url = Self.url(html[range])
      guard Self.isLink(url) else { return nil }
      return Found(range: range, url: url, isTracked: isTracked(url) && !wantsNone(tag, html))
    }
  }

  /// Returns the URL in an attribute as browsers read it: without line breaks and tabs, blanks encoded. A token's
  /// default keeps its blanks.
  static func url(_ value: ArraySlice<UInt8>) -> String {
    let text = HTMLText.decoded(String(decoding: value, as: UTF8.self))
    let bytes = Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
    var output: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if let end = TokenScanner.end(ofTokenIn: bytes, at: position) {
        output += bytes[position..<end]
        position = end
        continue
      }
      switch bytes[position] {
      case 0x09, 0x0A, 0x0D: break
      case 0x20: output += "%20".utf8
      default: output.append(bytes[position])
      }
      position += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private func wantsNone(_ tag: HTMLTag, _ html: [UInt8]) -> Bool {
    ["mautic:disable:tracking", "mautic:disable-tracking"].contains { name in
      guard let value = tag.attribute(name) else { return false }
      return String(decoding: html[value], as: UTF8.self).lowercased() != "false"
    }
  }

  /// Returns the tracked links in plain text.
  func links(plain: [UInt8]) -> [Found] { found(plain: plain).filter(\.isTracked) }

  /// Returns the links in plain text: from `http`, or from a token that is a link, to the next blank, without the
  /// punctuation that ends a sentence. Text inside a token is not a link.
  ///
  /// - Parameter html: The links of the HTML with the same content: a token is a link if it is one there, and what is not
  ///   tracked there is not tracked here.
  func found(plain: [UInt8], with html: [Found] = []) -> [Found] {
    let shown = Dictionary(
      html.map { (LinkForm.normal($0.url), $0.isTracked) }, uniquingKeysWith: { $0 || $1 })
    let aliases = urlFields.union(html.compactMap { Self.firstField(Array($0.url.utf8)) })
    var found: [Found] = []
    var position = 0
    while position < plain.count {
      let tokenEnd = TokenScanner.end(ofTokenIn: plain, at: position)
      let isFree = position == 0 || !plain[position - 1].isLetter
      let field = tokenEnd.flatMap { Self.firstField(Array(plain[position..<$0])) }
      let begins =
        tokenEnd == nil ? Self.begins(plain, at: position) : field.map(aliases.contains) ?? false
      guard isFree, begins else {
        position = tokenEnd ?? position + 1
        continue
      }
      var end = Self.end(of: plain, from: position)
      var url = String(decoding: plain[position..<end], as: UTF8.self)
      var normal = LinkForm.normal(url)
      if shown[normal] == nil, let bracket = Self.bracket(around: plain, position..<end) {
        // The text goes on behind the bracket without a blank.
        end = bracket
        url = String(decoding: plain[position..<end], as: UTF8.self)
        normal = LinkForm.normal(url)
      }
      let isKnown = field.map(urlFields.contains) ?? true
      if isKnown || shown[normal] != nil, Self.isLink(url) {
        found.append(
          Found(
            range: position..<end, url: url, isTracked: isTracked(url) && shown[normal] != false))
      }
      position = end
    }
    return found
  }

  /// Returns the alias of the contact's field whose token a text begins with.
  private static func firstField(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, let end = TokenScanner.end(ofTokenIn: bytes, at: 0),
      case .field(let token)? = TokenScanner.pieces(Array(bytes[..<end])).first
    else { return nil }
    return token.alias
  }

  private static func begins(_ plain: [UInt8], at position: Int) -> Bool {
    let head = plain[position..<min(plain.count, position + 8)].lazy.map { $0 | 0x20 }
    return head.starts(with: "http://".utf8) || head.starts(with: "https://".utf8)
  }

  private static func end(of plain: [UInt8], from start: Int) -> Int {
    var end = start
    // The number of open brackets.
    var depth = 0
    while end < plain.count {
      // A default inside a token may contain blanks.
      if let after = TokenScanner.end(ofTokenIn: plain, at: end) {
        end = after
        continue
      }
      let byte = plain[end]
      if byte.isBlank || "<>\"".utf8.contains(byte) { break }
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      end += 1
    }
    while ".,;:!?)]'".utf8.contains(plain[end - 1]) {
      if plain[end - 1] == UInt8(ascii: ")") {
        // A bracket that was opened inside belongs to the URL.
        if depth >= 0 { break }
        depth += 1
      }
      end -= 1
    }
    return end
  }

  /// Returns the position of the bracket that closes the one directly before a link, if it is inside of the link.
  private static func bracket(around plain: [UInt8], _ link: Range<Int>) -> Int? {
    guard link.lowerBound > 0, plain[link.lowerBound - 1] == UInt8(ascii: "(") else { return nil }
    var (position, depth) = (link.lowerBound, 0)
    while position < link.upperBound {
      if let after = TokenScanner.end(ofTokenIn: plain, at: position) {
        position = after
        continue
      }
      if plain[position] == UInt8(ascii: "(") { depth += 1 }
      if plain[position] == UInt8(ascii: ")") {
        if depth == 0 { return position }
        depth -= 1
      }
      position += 1
    }
    return nil
  }

  /// Whether a URL is a link to a page: http or https, or one that begins with a token of the contact (EML-352).
  private static func isLink(_ url: String) -> Bool {
    guard url.utf8.count <= 8192, !url.contains("\0") else { return false }
    return LinkForm.isWeb(url) && url.utf8.count > 8 || isContactToken(url)
  }

  /// Whether a URL is tracked.
  func isTracked(_ url: String) -> Bool {
    guard Self.isLink(url), Self.isFillable(url) else { return false }
    let lower = url.lowercased()
    return !untracked.contains { !$0.isEmpty && lower.hasPrefix($0.lowercased()) }
  }

  /// Whether a URL begins with a token of the contact, with braces that may be percent-encoded.
  private static func isContactToken(_ url: String) -> Bool {
    firstField(Array(url.utf8)) != nil
  }

  /// Whether a redirect can fill all tokens of a URL: those of the contact, not those of the message.
  private static func isFillable(_ url: String) -> Bool {
    TokenScanner.pieces(url).allSatisfy { piece in
      switch piece {
      case .bytes, .field, .nothing: true
      default: false
      }
    }
  }

  /// Returns the pieces of a text with its links replaced: `<site>/r/<key>?ct=…` where clicks are counted, else the link
  /// with the e-mail's own parameters.
  ///
  /// - Parameter keys: The keys of tracked links by the normal form of their URLs.
  static func pieces(
    _ text: [UInt8], _ links: [Found], keys: [String: String], tags: [UTMTag], site: String,
    isHTML: Bool
  ) -> [TemplateFragment] {
    var pieces: [TemplateFragment] = []
    var position = 0
    for link in links {
      let key = link.isTracked ? keys[LinkForm.normal(link.url)] : nil
      guard key != nil || !tags.isEmpty else { continue }
      pieces += TokenScanner.pieces(
        Array(text[position..<link.range.lowerBound]), isHTML: isHTML)
      position = link.range.upperBound
      guard let key else {
        pieces.append(.tagged(TokenScanner.pieces(link.url), tags))
        continue
      }
      let target = "\(site)/r/\(key)?ct="
      pieces.append(.bytes(Array((isHTML ? HTMLText.escaped(target) : target).utf8)))
      pieces.append(.clickthrough)
    }
    pieces += TokenScanner.pieces(Array(text[position...]), isHTML: isHTML)
    return merged(pieces)
  }

  /// Returns the pieces with neighbouring bytes merged.
  private static func merged(_ pieces: [TemplateFragment]) -> [TemplateFragment] {
    var result: [TemplateFragment] = []
    for piece in pieces {
      if case .bytes(let more) = piece, case .bytes(let before)? = result.last {
        result[result.count - 1] = .bytes(before + more)
      } else {
        result.append(piece)
      }
    }
    return result
  }
}
