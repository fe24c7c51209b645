/// Takes markup out of values (api.md 1, rule 6; contacts.md 3.2).
///
/// A tag is what begins with `<` and a letter, `/`, `!` or `?`, and ends with the next `>`, quotes or not. It is none
/// where `@` or `:` follows the name: `<max@acme.test>`, `<https://acme.test>`. In plain texts only elements of HTML
/// are tags: `if x<y and y>z`.
/// A `<` before a tag that goes is read again with what follows, so that no tag is put together out of the rests
/// of others. The time is linear in the length of the text, whatever it holds.
package enum Markup {
  /// The text without tags, comments, and the contents of scripts and styles. A `<` that begins no tag
  /// stays: `1 < 2`.
  package static func withoutTags(_ text: ValueBytes) -> [UInt8] {
    var reader = MarkupReader(text)
    while let position = reader.nextOpening() {
      guard let tag = reader.tag(at: position, amongElements: true) else {
        reader.keep()
        continue
      }
      reader.remove(through: reader.end(of: tag))
    }
    return reader.output
  }

  /// The text with its tags, but without those that run or load code, without handlers (`on…`) and
  /// without addresses that are code. Comments go, and a tag that never ends is shown as text.
  package static func withoutScripts(_ text: ValueBytes) -> [UInt8] {
    var reader = MarkupReader(text)
    while let position = reader.nextOpening() {
      guard let tag = reader.tag(at: position) else {
        // Whatever follows the value on a page could end it.
        if reader.beginsTag(at: position) { reader.escape() } else { reader.keep() }
        continue
      }
      if tag.name.isEmpty || tag.isRaw || dangerous.contains(tag.name) {
        reader.remove(through: reader.end(of: tag))
      } else {
        reader.replace(through: tag.end) { tagBytes, output in
          TagCleaner.append(tagBytes, name: tag.name, to: &output)
        }
      }
    }
    return reader.output
  }

  /// Elements that load or run something, or within which markup is read by other rules.
  private static let dangerous: Set<String> = [
    "iframe", "frame", "frameset", "object", "embed", "applet", "meta", "link", "base", "form",
    "svg", "math", "template", "noscript", "noembed", "noframes", "xmp", "plaintext", "title",
    "textarea", "select", "option", "animate", "set",
  ]
}

/// Reads a text from `<` to `<` and collects what stays of it.
private struct MarkupReader {
  struct Tag {
    /// In lower case; empty for comments and declarations.
    var name: String
    var isClosing: Bool
    var end: Int

    /// Whether the element's content is no text.
    var isRaw: Bool { name == "script" || name == "style" }
  }

  private(set) var output: [UInt8] = []
  private var text: [UInt8]
  private var position = 0
  /// The last `>`, and the end of the last `-->`; -1 without any. Nothing is looked for beyond them.
  private let lastClose: Int
  private let lastCommentEnd: Int

  init(_ bytes: ValueBytes) {
    text = Array(bytes)
    output.reserveCapacity(text.count)
    lastClose = text.lastIndex(of: 0x3E) ?? -1
    var end = -1
    for index in text.indices.dropFirst(2).reversed()
    where text[index] == 0x3E && text[index - 1] == 0x2D && text[index - 2] == 0x2D {
      end = index + 1
      break
    }
    lastCommentEnd = end
  }

  /// Takes what comes before the next `<`, and returns its place.
  mutating func nextOpening() -> Int? {
    let next = text[position...].firstIndex(of: 0x3C) ?? text.endIndex
    output.append(contentsOf: text[position..<next])
    position = next
    return next < text.endIndex ? next : nil
  }

  /// Takes the `<` as text.
  mutating func keep() {
    output.append(0x3C)
    position += 1
  }

  /// Takes the `<` as text that no browser reads as the beginning of a tag.
  mutating func escape() {
    output.append(contentsOf: "&lt;".utf8)
    position += 1
  }

  /// Leaves out what goes up to `end`. A `<` before it, with what may be the beginning of a tag's name, is read again
  /// with what follows.
  mutating func remove(through end: Int) {
    position = end
    var start = output.endIndex
    while start > 0, output.endIndex - start < Self.longestName {
      let byte = output[start - 1]
      guard byte.isLetter || byte.isDigit || byte == 0x2F || byte == 0x3C else { return }
      start -= 1
      if byte == 0x3C { break }
    }
    guard start < output.endIndex, output[start] == 0x3C else { return }
    // At least as much has been read as stays of it.
    let rest = Array(output[start...])
    position -= rest.count
    for (index, byte) in rest.enumerated() { text[position + index] = byte }
    output.removeSubrange(start...)
  }

  /// The length up to which the beginning of a tag may name an element.
  private static let longestName = 32

  /// Replaces what goes up to `end`.
  mutating func replace(through end: Int, _ body: (ArraySlice<UInt8>, inout [UInt8]) -> Void) {
    body(text[position..<end], &output)
    position = end
  }

  /// Whether the `<` is followed by what may begin a tag's name.
  func beginsTag(at start: Int) -> Bool {
    guard start + 1 < text.count else { return false }
    let next = text[start + 1]
    return next.isLetter || next == 0x2F || next == 0x21 || next == 0x3F
  }

  /// The tag or comment that begins at a `<`, if one does and it ends.
  ///
  /// - Parameter amongElements: Whether only a tag of an element of HTML is one.
  func tag(at start: Int, amongElements: Bool = false) -> Tag? {
    guard start < lastClose else { return nil }
    var position = start + 1
    let isClosing = text[position] == 0x2F
    if isClosing { position += 1 }
    guard position < text.count else { return nil }
    let first = text[position]
    guard first.isLetter || first == 0x21 || first == 0x3F else { return nil }
    if text[start...].starts(with: "<!--".utf8), let end = endOfComment(from: start + 4) {
      return Tag(name: "", isClosing: false, end: end)
    }
    let (name, nameEnd) = self.name(at: position)
    guard nameEnd <= lastClose else { return nil }
    // Before the end is looked for, so that what is no tag costs no more than its name.
    let next = text[nameEnd]
    if !name.isEmpty {
      if next == 0x40 || next == 0x3A { return nil }
      if amongElements {
        guard next.isBlank || next == 0x2F || next == 0x3E, Self.elements.contains(name) else {
          return nil
        }
      }
    }
    guard let close = text[nameEnd...].firstIndex(of: 0x3E) else { return nil }
    return Tag(name: name, isClosing: isClosing, end: close + 1)
  }

  /// The elements of HTML, and those of SVG and MathML that run code.
  private static let elements = Set(
    """
    a abbr acronym address animate animatemotion animatetransform annotation applet area article
    aside audio b base basefont bdi bdo bgsound big blink blockquote body br button canvas caption
    center circle cite code col colgroup content data datalist dd defs del desc details dfn dialog
    dir div dl dt ellipse em embed fieldset figcaption figure font footer foreignobject form frame
    frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex
    kbd keygen label layer legend li line lineargradient link listing main map mark marquee math
    menu menuitem meta meter mi mn mo ms mtext multicol nav nextid nobr noembed noframes noscript
    object ol optgroup option output p param path pattern picture plaintext polygon polyline
    portal pre progress q rb rect rp rt rtc ruby s samp script search section select set shadow
    slot small source spacer span stop strike strong style sub summary sup svg symbol table tbody
    td template text textarea tfoot th thead time title tr track tspan tt u ul use var video wbr
    xml xmp xss
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  private func name(at start: Int) -> (name: String, end: Int) {
    var end = start
    while end < text.count, text[end].isLetter || text[end].isDigit { end += 1 }
    return (String(decoding: text[start..<end].map(\.lowered), as: UTF8.self), end)
  }

  private func endOfComment(from start: Int) -> Int? {
    guard start + 3 <= lastCommentEnd else { return nil }
    var position = start
    while position + 2 < text.count {
      if text[position] == 0x2D, text[position + 1] == 0x2D, text[position + 2] == 0x3E {
        return position + 3
      }
      position += 1
    }
    return nil
  }

  /// The end of what goes with a tag: of a script or style its content too, up to and with its closing tag, or to the
  /// end of the text.
  func end(of tag: Tag) -> Int {
    guard tag.isRaw, !tag.isClosing else { return tag.end }
    var position = tag.end
    while let opening = text[position...].firstIndex(of: 0x3C) {
      position = opening + 1
      guard position < text.count, text[position] == 0x2F else { continue }
      let (name, nameEnd) = self.name(at: position + 1)
      guard name == tag.name else { continue }
      guard nameEnd <= lastClose, let close = text[nameEnd...].firstIndex(of: 0x3E) else { break }
      return close + 1
    }
    return text.count
  }
}

/// Writes a tag with those of its attributes that are harmless.
///
/// Attributes are read by a narrower grammar than browsers have. A tag that does not follow it loses all of
/// them, since a browser may see its attributes, and its end, elsewhere.
enum TagCleaner {
  /// - Parameters:
  ///   - tag: From `<` to `>`.
  ///   - name: The tag's name in lower case.
  ///   - output: Gets the tag.
  static func append(_ tag: ArraySlice<UInt8>, name: String, to output: inout [UInt8]) {
    let isClosing = tag[tag.startIndex + 1] == 0x2F
    output.append(0x3C)
    if isClosing { output.append(0x2F) }
    output.append(contentsOf: name.utf8)
    let start = tag.startIndex + 1 + (isClosing ? 1 : 0) + name.utf8.count
    let inner = tag[start..<(tag.endIndex - 1)]
    if let attributes = attributes(inner) {
      for attribute in attributes where isHarmless(attribute) {
        output.append(0x20)
        output.append(contentsOf: inner[attribute.all])
      }
      if inner.last == 0x2F { output.append(contentsOf: " /".utf8) }
    }
    output.append(0x3E)
  }

  private struct Attribute {
    var all: Range<Int>
    var name: String
    var value: [UInt8]
  }

  /// The attributes, or `nil` if the bytes are anything else too.
  private static func attributes(_ bytes: ArraySlice<UInt8>) -> [Attribute]? {
    var attributes: [Attribute] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      if bytes[position] == 0x2F, position == bytes.endIndex - 1 { return attributes }
      guard bytes[position].isBlank else { return nil }
      while position < bytes.endIndex, bytes[position].isBlank { position += 1 }
      guard position < bytes.endIndex, bytes[position] != 0x2F else { continue }
      let start = position
      while position < bytes.endIndex, isName(bytes[position]) { position += 1 }
      guard position > start else { return nil }
      let name = String(decoding: bytes[start..<position].map(\.lowered), as: UTF8.self)
      var value = position..<position
      if position < bytes.endIndex, bytes[position] == 0x3D {
        position += 1
        guard let found = self.value(bytes, from: position) else { return nil }
        value = found
        position = found.upperBound
        if position < bytes.endIndex, bytes[position] == 0x22 || bytes[position] == 0x27 {
          position += 1
        }
      }
      attributes.append(
        Attribute(all: start..<position, name: name, value: Array(bytes[value])))
    }
    return attributes
  }

  /// The bytes of a value, without its quotes.
  private static func value(_ bytes: ArraySlice<UInt8>, from start: Int) -> Range<Int>? {
    guard start < bytes.endIndex else { return nil }
    let quote = bytes[start]
    if quote == 0x22 || quote == 0x27 {
      guard let end = bytes[(start + 1)...].firstIndex(of: quote) else { return nil }
      return bytes[(start + 1)..<end].contains(0x3C) ? nil : start + 1..<end
    }
    var end = start
    while end < bytes.endIndex, !bytes[end].isBlank {
      switch bytes[end] {
      case 0x22, 0x27, 0x3C, 0x3D, 0x60: return nil
      default: end += 1
      }
    }
    // A slash at the end may belong to the value or close the tag.
    return end > start && bytes[end - 1] != 0x2F ? start..<end : nil
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == 0x2D || byte == 0x3A || byte == 0x5F
  }

  private static func isHarmless(_ attribute: Attribute) -> Bool {
    if attribute.name.hasPrefix("on") || attribute.name == "srcdoc" { return false }
    // Blanks and control characters within the word do not keep a browser from reading it.
    let plain = attribute.value.filter { $0 > 0x20 && $0 != 0x7F }.map(\.lowered)
    let text = String(decoding: plain, as: UTF8.self)
    return !["javascript:", "vbscript:", "data:", "&#", "&colon", "&tab", "&newline"]
      .contains { text.contains($0) }
  }
}
