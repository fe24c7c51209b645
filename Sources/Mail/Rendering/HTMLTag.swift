/// A tag within HTML, by the positions of its parts. What is no tag is text: the scanner takes whatever
/// people write.
struct HTMLTag {
  /// One attribute; positions are those of the value without its quotes.
  struct Attribute {
    var name: String
    var value: Range<Int>
  }

  /// In lower case; empty for comments and declarations.
  var name: String
  var isClosing: Bool
  /// From `<` to behind `>`.
  var range: Range<Int>
  var attributes: [Attribute]

  /// The value's position of an attribute.
  func attribute(_ name: String) -> Range<Int>? {
    attributes.first { $0.name == name }?.value
  }

  /// The tag that begins at a `<`, if one does and it ends.
  static func read(_ text: [UInt8], at start: Int) -> HTMLTag? {
    var position = start + 1
    guard position < text.count else { return nil }
    let isClosing = text[position] == 0x2F
    if isClosing { position += 1 }
    guard position < text.count else { return nil }
    if text[position] == 0x21 || text[position] == 0x3F {
      return declaration(text, from: start)
    }
    guard text[position].isLetter else { return nil }
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
    var end: Int?
    if text[start...].starts(with: "<!--".utf8) {
      var position = start + 4
      while position + 2 < text.count, end == nil {
        if text[position] == 0x2D, text[position + 1] == 0x2D, text[position + 2] == 0x3E {
          end = position + 3
        }
        position += 1
      }
    } else {
      end = text[start...].firstIndex(of: 0x3E).map { $0 + 1 }
    }
    guard let end else { return nil }
    return HTMLTag(name: "", isClosing: false, range: start..<end, attributes: [])
  }

  /// All tags in order. The contents of scripts, styles and comments have none.
  static func all(in text: [UInt8]) -> [HTMLTag] {
    var tags: [HTMLTag] = []
    var position = 0
    while let open = text[position...].firstIndex(of: 0x3C) {
      guard let tag = read(text, at: open) else {
        position = open + 1
        continue
      }
      tags.append(tag)
      position = tag.range.upperBound
      if !tag.isClosing, tag.name == "script" || tag.name == "style" {
        position = endOfContent(of: tag.name, in: text, from: position)
      }
    }
    return tags
  }

  private static func endOfContent(of name: String, in text: [UInt8], from start: Int) -> Int {
    var position = start
    while let open = text[position...].firstIndex(of: 0x3C) {
      if let tag = read(text, at: open), tag.isClosing, tag.name == name { return open }
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
