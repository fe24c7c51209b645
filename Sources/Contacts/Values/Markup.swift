/// Takes markup out of values (api.md 1, rule 6; contacts.md 3.2).
enum Markup {
  /// The text without tags, comments, and the contents of scripts and styles.
  ///
  /// A `<` that begins no tag stays: `1 < 2`. What is left is read again until nothing changes, so that no
  /// tag is put together out of the rests of others.
  static func withoutTags(_ text: ValueBytes) -> [UInt8] {
    repeated(text) { tag, _ in
      tag.name.isEmpty || !silent.contains(tag.name) ? .drop : .dropWithContent
    }
  }

  /// The text with its tags, but without those that run or load code, without handlers (`on…`) and
  /// without addresses that are code.
  static func withoutScripts(_ text: ValueBytes) -> [UInt8] {
    repeated(text) { tag, bytes in
      if dangerous.contains(tag.name) {
        return silent.contains(tag.name) ? .dropWithContent : .drop
      }
      return hasCode(bytes) ? .rewrite : .keep
    }
  }

  private static let silent: Set<String> = ["script", "style"]
  private static let dangerous: Set<String> = [
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "meta", "link",
    "base", "form",
  ]

  private enum Verdict { case keep, drop, dropWithContent, rewrite }

  private struct Tag {
    var name: String
    var isClosing: Bool
    var end: Int
  }

  private static func repeated(
    _ text: ValueBytes, _ judge: (Tag, ArraySlice<UInt8>) -> Verdict
  ) -> [UInt8] {
    var current = Array(text)
    while true {
      let next = pass(current, judge)
      if next.count == current.count { return next }
      current = next
    }
  }

  private static func pass(
    _ text: [UInt8], _ judge: (Tag, ArraySlice<UInt8>) -> Verdict
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      guard text[position] == 0x3C, let tag = tag(in: text, at: position) else {
        output.append(text[position])
        position += 1
        continue
      }
      switch judge(tag, text[position..<tag.end]) {
      case .keep:
        output.append(contentsOf: text[position..<tag.end])
        position = tag.end
      case .drop:
        position = tag.end
      case .rewrite:
        // Handlers and addresses that are code are the attributes' doing: the bare tag stays.
        output.append(0x3C)
        if tag.isClosing { output.append(0x2F) }
        output.append(contentsOf: tag.name.utf8)
        output.append(0x3E)
        position = tag.end
      case .dropWithContent:
        position = tag.isClosing ? tag.end : endOfContent(of: tag, in: text)
      }
    }
    return output
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
    let nameStart = position
    while position < text.count, text[position].isLetter || text[position].isDigit { position += 1 }
    let name = String(decoding: text[nameStart..<position].map(\.lowered), as: UTF8.self)
    var quote: UInt8 = 0
    var firstEnd: Int?
    while position < text.count {
      let byte = text[position]
      position += 1
      if quote != 0 {
        if byte == quote { quote = 0 }
        if byte == 0x3E, firstEnd == nil { firstEnd = position }
      } else if byte == 0x3E {
        return Tag(name: name, isClosing: isClosing, end: position)
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      }
    }
    // A quote that never ends does not save the tag.
    return firstEnd.map { Tag(name: name, isClosing: isClosing, end: $0) }
  }

  /// Where the content of a script or style ends, its closing tag included; the end if there is none.
  private static func endOfContent(of opening: Tag, in text: [UInt8]) -> Int {
    var position = opening.end
    while position < text.count {
      if text[position] == 0x3C, let tag = tag(in: text, at: position), tag.isClosing,
        tag.name == opening.name
      {
        return tag.end
      }
      position += 1
    }
    return text.count
  }

  /// Whether a tag's bytes name a handler or an address that is code, also in disguise (blanks, control
  /// characters and character references within the word).
  private static func hasCode(_ tag: ArraySlice<UInt8>) -> Bool {
    var plain: [UInt8] = []
    var previous: UInt8 = 0
    for byte in tag {
      let isName = byte.isLetter || byte.isDigit
      if byte.lowered == 0x6F, previous.isBlank || previous == 0x2F || previous == 0x22
        || previous == 0x27
      {
        // "o" at the beginning of an attribute's name.
        plain.append(0x00)
      }
      if isName || byte == 0x3A || byte == 0x26 || byte == 0x23 { plain.append(byte.lowered) }
      previous = byte
    }
    let text = String(decoding: plain, as: UTF8.self)
    return text.contains("\0on") || text.contains("javascript:") || text.contains("vbscript:")
      || text.contains("data:text") || text.contains("&#") || text.contains("&colon")
      || text.contains("&tab") || text.contains("&newline")
  }
}
