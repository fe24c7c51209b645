/// Derives the plain text of an e-mail that has none (EML-310): tags are dropped, links keep their URL, list
/// items get a star, paragraphs a blank line. Tokens stay as they are.
enum PlainText {
  private static let blocks: Set<String> = [
    "p", "div", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote",
    "section", "article", "header", "footer", "pre", "hr", "center",
  ]
  private static let paragraphs: Set<String> = [
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre",
  ]
  /// Elements that end where the next one of their name begins, without an end tag.
  private static let implied: Set<String> = ["p", "li", "td", "th", "tr", "dt", "dd"]
  private static let dropped: Set<String> = ["head", "style", "script", "title", "noscript"]

  private struct Writer {
    var lines: [String] = [""]
    /// Whether blank lines are due before the next word.
    var isGapDue = false

    mutating func write(_ text: String) {
      // Runs of blanks and line breaks become one blank.
      for character in text {
        if character.isWhitespace, character != "\u{A0}" {
          if let last = lines[lines.count - 1].last, last != " " { lines[lines.count - 1] += " " }
        } else {
          beginGap()
          lines[lines.count - 1].append(character == "\u{A0}" ? " " : character)
        }
      }
    }

    private mutating func beginGap() {
      guard isGapDue else { return }
      isGapDue = false
      endLine()
      if lines.count > 1, lines[lines.count - 2] != "" { lines.append("") }
    }

    mutating func endLine() {
      while lines[lines.count - 1].last == " " { lines[lines.count - 1].removeLast() }
      if lines[lines.count - 1] != "" { lines.append("") }
    }

    mutating func breakLine() {
      while lines[lines.count - 1].last == " " { lines[lines.count - 1].removeLast() }
      lines.append("")
    }

    func text() -> String {
      var lines = lines.drop { $0 == "" }
      while lines.last == "" { lines.removeLast() }
      return lines.joined(separator: "\n")
    }
  }

  /// The link whose text is being written. Without an end tag it ends with the element in which it stands, or where
  /// another one begins, as in a browser.
  private struct OpenLink {
    /// The elements around the current place.
    var elements: [String] = []
    private var url: String?
    private var depth = 0

    mutating func begin(_ url: String?, _ writer: inout Writer) {
      if self.url != nil {
        end(&writer)
        writer.write(" ")
      }
      self.url = url
      depth = elements.count
    }

    mutating func end(_ writer: inout Writer) {
      if let url, isWorthShowing(url), !(writer.lines.last ?? "").hasSuffix(url) {
        writer.write(" (\(url))")
      }
      url = nil
    }

    /// Follows the elements, and ends the link with the one in which it stands.
    mutating func pass(_ tag: HTMLTag, _ writer: inout Writer) {
      guard blocks.contains(tag.name) || implied.contains(tag.name), tag.name != "hr" else {
        return
      }
      if tag.isClosing {
        guard let place = elements.lastIndex(of: tag.name) else { return }
        elements.removeSubrange(place...)
      } else if implied.contains(tag.name), elements.last == tag.name {
        elements.removeLast()
      }
      if elements.count < depth { end(&writer) }
      if !tag.isClosing, elements.count < 500 { elements.append(tag.name) }
    }
  }

  static func make(_ html: String) -> String {
    let bytes = Array(html.utf8)
    var writer = Writer()
    var position = 0
    var dropping: String?
    var link = OpenLink()
    for tag in HTMLTag.all(in: bytes) {
      if dropping == nil, position < tag.range.lowerBound {
        writer.write(text(bytes[position..<tag.range.lowerBound]))
      }
      position = tag.range.upperBound
      if let name = dropping {
        if tag.isClosing, tag.name == name { dropping = nil }
        continue
      }
      if dropped.contains(tag.name), !tag.isClosing {
        dropping = tag.name
        continue
      }
      link.pass(tag, &writer)
      switch tag.name {
      case "a" where !tag.isClosing:
        link.begin(tag.attribute("href").map { LinkRewriter.url(bytes[$0]) }, &writer)
      case "a": link.end(&writer)
      case "br": writer.breakLine()
      case "li" where !tag.isClosing:
        writer.endLine()
        writer.write("* ")
      case let name where paragraphs.contains(name): writer.isGapDue = true
      case let name where blocks.contains(name): writer.endLine()
      case "td", "th": writer.write(" ")
      case "img":
        if let value = tag.attribute("alt"), !value.isEmpty { writer.write(text(bytes[value])) }
      default: break
      }
    }
    if dropping == nil, position < bytes.count { writer.write(text(bytes[position...])) }
    link.end(&writer)
    return writer.text()
  }

  private static func isWorthShowing(_ url: String) -> Bool {
    !url.isEmpty && !url.hasPrefix("#") && !url.lowercased().hasPrefix("javascript:")
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    HTMLText.decoded(String(decoding: bytes, as: UTF8.self))
  }
}
