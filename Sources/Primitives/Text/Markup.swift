/// Takes markup out of values (api.md 1, rule 6; contacts.md 3.2).
///
/// A tag begins with `<` and a letter, `/`, `!` or `?`, and ends with the next `>`, quotes or not. The result of a pass
/// is read again until nothing changes, so that no tag is formed from the remains of others.
package enum Markup {
  /// The text without tags, comments, and the contents of scripts and styles. A `<` that begins no tag
  /// stays: `1 < 2`.
  package static func withoutTags(_ text: ValueBytes) -> [UInt8] {
    repeated(text) { text, position, output in
      guard let tag = tag(in: text, at: position) else {
        output.append(0x3C)
        return position + 1
      }
      return raw.contains(tag.name) ? endOfContent(of: tag, in: text) : tag.end
    }
  }

  /// The text with its tags, but without those that run or load code, without handlers (`on…`) and
  /// without addresses that are code. Comments go, and a tag that never ends is shown as text.
  package static func withoutScripts(_ text: ValueBytes) -> [UInt8] {
    repeated(text) { text, position, output in
      guard let tag = tag(in: text, at: position) else {
        let next = position + 1 < text.count ? text[position + 1] : 0x20
        // Whatever follows the value on a page could end it.
        let isOpen = next.isLetter || next == 0x2F || next == 0x21 || next == 0x3F
        output.append(contentsOf: isOpen ? Array("&lt;".utf8) : [0x3C])
        return position + 1
      }
      if raw.contains(tag.name) { return endOfContent(of: tag, in: text) }
      if !tag.name.isEmpty, !dangerous.contains(tag.name) {
        TagCleaner.append(text[position..<tag.end], name: tag.name, to: &output)
      }
      return tag.end
    }
  }

  /// Elements whose content is not text.
  private static let raw: Set<String> = ["script", "style"]
  /// Elements that load or run something, or within which markup is read by other rules.
  private static let dangerous: Set<String> = [
    "iframe", "frame", "frameset", "object", "embed", "applet", "meta", "link", "base", "form",
    "svg", "math", "template", "noscript", "noembed", "noframes", "xmp", "plaintext", "title",
    "textarea", "select", "option", "animate", "set",
  ]

  private struct Tag {
    /// In lower case; empty for comments and declarations.
    var name: String
    var isClosing: Bool
    var end: Int
  }

  /// Runs passes until nothing changes; `step` handles a `<` and returns where to go on.
  private static func repeated(
    _ text: ValueBytes, _ step: ([UInt8], Int, inout [UInt8]) -> Int
  ) -> [UInt8] {
    var current = Array(text)
    while true {
      var output: [UInt8] = []
      output.reserveCapacity(current.count)
      var position = 0
      while position < current.count {
        if current[position] == 0x3C {
          position = step(current, position, &output)
        } else {
          output.append(current[position])
          position += 1
        }
      }
      if output == current { return output }
      current = output
    }
  }

  /// The tag or comment that begins at a `<`, if one does and it ends.
  private static func tag(in text: [UInt8], at start: Int) -> Tag? {
    var position = start + 1
    guard position < text.count else { return nil }
    let isClosing = text[position] == 0x2F
    if isClosing { position += 1 }
    guard position < text.count else { return nil }
    let first = text[position]
    guard first.isLetter || first == 0x21 || first == 0x3F else { return nil }
    if text[start...].starts(with: "<!--".utf8), let end = endOfComment(from: start + 4, in: text) {
      return Tag(name: "", isClosing: false, end: end)
    }
    let nameStart = position
    while position < text.count, text[position].isLetter || text[position].isDigit { position += 1 }
    let name = String(decoding: text[nameStart..<position].map(\.lowered), as: UTF8.self)
    guard let close = text[position...].firstIndex(of: 0x3E) else { return nil }
    return Tag(name: name, isClosing: isClosing, end: close + 1)
  }

  private static func endOfComment(from start: Int, in text: [UInt8]) -> Int? {
    var position = start
    while position + 2 < text.count {
      if text[position] == 0x2D, text[position + 1] == 0x2D, text[position + 2] == 0x3E {
        return position + 3
      }
      position += 1
    }
    return nil
  }

  /// The end of a script's or style's content, including its closing tag; the text's end if it is not closed.
  private static func endOfContent(of tag: Tag, in text: [UInt8]) -> Int {
    guard !tag.isClosing else { return tag.end }
    var position = tag.end
    while position < text.count {
      if text[position] == 0x3C, let closing = self.tag(in: text, at: position),
        closing.isClosing, closing.name == tag.name
      {
        return closing.end
      }
      position += 1
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
