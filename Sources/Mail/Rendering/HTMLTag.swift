/// A tag within HTML, by the positions of its parts. Everything else is text: the scanner accepts any input.
package struct HTMLTag {
  /// An attribute; the positions are those of its value without quotes.
  package struct Attribute {
    package var name: String
    package var value: Range<Int>
  }

  /// The name in lower case; empty for comments and declarations.
  package var name: String
  package var isClosing: Bool
  /// The range from `<` to behind `>`.
  package var range: Range<Int>
  package var attributes: [Attribute]

  /// Returns the position of an attribute's value.
  func attribute(_ name: String) -> Range<Int>? {
    attributes.first { $0.name == name }?.value
  }

  /// Returns the tag or declaration that begins at a `<`; nil if it never ends.
  private static func read(_ text: [UInt8], at start: Int) -> HTMLTag? {
    var position = start + 1
    if text[position] == 0x21 || text[position] == 0x3F {
      return declaration(text, from: start)
    }
    let isClosing = text[position] == 0x2F
    if isClosing { position += 1 }
    let nameStart = position
    while position < text.count, text[position].isNameByte { position += 1 }
    let name = String(decoding: text[nameStart..<position], as: UTF8.self).lowercased()
    var attributes: [Attribute] = []
    while position < text.count {
      while position < text.count, text[position].isBlank || text[position] == 0x2F {
        position += 1
      }
      guard position < text.count else { return nil }
      if text[position] == 0x3E {
        return HTMLTag(
          name: name, isClosing: isClosing, range: start..<(position + 1), attributes: attributes)
      }
      guard let attribute = readAttribute(text, &position) else { return nil }
      if attributes.count < 100 { attributes.append(attribute) }
    }
    return nil
  }

  private static func readAttribute(_ text: [UInt8], _ position: inout Int) -> Attribute? {
    let start = position
    while position < text.count, !text[position].isBlank, text[position] != 0x3E,
      text[position] != 0x3D || position == start
    {
      position += 1
    }
    let name = String(decoding: text[start..<position], as: UTF8.self).lowercased()
    var next = position
    while next < text.count, text[next].isBlank { next += 1 }
    guard next < text.count, text[next] == 0x3D else {
      return Attribute(name: name, value: position..<position)
    }
    next += 1
    while next < text.count, text[next].isBlank { next += 1 }
    guard next < text.count else { return nil }
    if text[next] == 0x22 || text[next] == 0x27 {
      let quote = text[next]
      guard let end = text[(next + 1)...].firstIndex(of: quote) else { return nil }
      position = end + 1
      return Attribute(name: name, value: (next + 1)..<end)
    }
    let valueStart = next
    while next < text.count, !text[next].isBlank, text[next] != 0x3E { next += 1 }
    position = next
    return Attribute(name: name, value: valueStart..<next)
  }

  private static func declaration(_ text: [UInt8], from start: Int) -> HTMLTag? {
    let end =
      text[start...].starts(with: "<!--".utf8)
      // The hyphens that begin a comment may also end it.
      ? self.end(of: "-->", in: text, from: start + 2)
      : text[start...].firstIndex(of: 0x3E).map { $0 + 1 }
    return end.map { HTMLTag(name: "", isClosing: false, range: start..<$0, attributes: []) }
  }

  private static func end(of mark: StaticString, in text: [UInt8], from start: Int) -> Int? {
    let mark = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
    var position = start
    while let found = text[position...].firstIndex(of: mark[0]) {
      if text[found...].starts(with: mark) { return found + mark.count }
      position = found + 1
    }
    return nil
  }

  /// Returns all tags in order. Scripts, styles and comments contain none, and there are none behind a tag or
  /// comment that never ends, as in a browser.
  package static func all(in text: [UInt8]) -> [HTMLTag] {
    var tags: [HTMLTag] = []
    var position = 0
    while let open = text[position...].firstIndex(of: 0x3C) {
      guard begins(text, at: open) else {
        position = open + 1
        continue
      }
      guard let tag = read(text, at: open) else { break }
      tags.append(tag)
      position = tag.range.upperBound
      if !tag.isClosing, tag.name == "script" || tag.name == "style" {
        position = endOfContent(of: tag.name, in: text, from: position)
      }
    }
    return tags
  }

  /// Whether a `<` begins a tag or a declaration.
  private static func begins(_ text: [UInt8], at start: Int) -> Bool {
    let next = start + 1 < text.count ? text[start + 1] : 0
    if next == 0x21 || next == 0x3F { return true }
    if next != 0x2F { return next.isLetter }
    return start + 2 < text.count && text[start + 2].isLetter
  }

  private static func endOfContent(of name: String, in text: [UInt8], from start: Int) -> Int {
    var position = start
    while let open = text[position...].firstIndex(of: 0x3C) {
      let end = open + 2 + name.utf8.count
      if end < text.count, text[open + 1] == 0x2F, !text[end].isNameByte,
        text[(open + 2)..<end].lazy.map({ $0 | 0x20 }).elementsEqual(name.utf8)
      {
        return open
      }
      position = open + 1
    }
    return text.count
  }
}

extension UInt8 {
  var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  fileprivate var isNameByte: Bool {
    isLetter || self &- 0x30 < 10 || self == 0x2D || self == 0x3A
  }
}
