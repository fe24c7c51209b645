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

  static func make(_ html: String) -> String {
    let bytes = Array(html.utf8)
    var writer = Writer()
    var position = 0
    var dropping: String?
    var link: String?
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
      switch tag.name {
      case "a" where !tag.isClosing:
        if let value = tag.attribute("href") { link = LinkRewriter.url(bytes[value]) }
      case "a":
        if let url = link, isWorthShowing(url), !(writer.lines.last ?? "").hasSuffix(url) {
          writer.write(" (\(url))")
        }
        link = nil
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
    return writer.text()
  }

  private static func isWorthShowing(_ url: String) -> Bool {
    !url.isEmpty && !url.hasPrefix("#") && !url.lowercased().hasPrefix("javascript:")
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    HTMLText.decoded(String(decoding: bytes, as: UTF8.self))
  }
}
