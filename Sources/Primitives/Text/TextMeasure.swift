/// The properties of a text found in one pass over its bytes.
package struct TextMeasure {
  /// The number of characters, as the database counts them (Unicode scalars).
  package private(set) var characters = 0
  /// Whether the bytes are UTF-8 and hold no NUL, which the database cannot store.
  package private(set) var isStorable = true
  /// Whether there is a `<`, so that markup has to be looked for.
  package private(set) var hasAngle = false

  /// Measures bytes, eight at a time as long as they are ASCII.
  package init(_ bytes: ValueBytes) {
    characters = bytes.count
    var position = 0
    let raw = UnsafeRawBufferPointer(bytes)
    while position + 8 <= bytes.count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      if Self.hasZero(word) { isStorable = false }
      if Self.hasZero(word ^ 0x3C3C_3C3C_3C3C_3C3C) { hasAngle = true }
      position += 8
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte >= 0x80 {
        measureUnicode(bytes, from: position)
        return
      }
      if byte == 0 { isStorable = false }
      if byte == 0x3C { hasAngle = true }
      position += 1
    }
  }

  /// Whether one of eight ASCII bytes is zero.
  private static func hasZero(_ word: UInt64) -> Bool {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
  }

  /// Goes on from the first byte that is not ASCII, by the table of well-formed sequences in the Unicode
  /// standard: no overlong forms, no surrogates, nothing beyond U+10FFFF.
  private mutating func measureUnicode(_ bytes: ValueBytes, from start: Int) {
    var position = start
    characters = start
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0 { isStorable = false }
      if byte == 0x3C { hasAngle = true }
      characters += 1
      position += 1
      guard byte >= 0x80 else { continue }
      let more: Int
      var range: ClosedRange<UInt8> = 0x80...0xBF
      switch byte {
      case 0xC2...0xDF: more = 1
      case 0xE0:
        more = 2
        range = 0xA0...0xBF
      case 0xED:
        more = 2
        range = 0x80...0x9F
      case 0xE1...0xEF: more = 2
      case 0xF0:
        more = 3
        range = 0x90...0xBF
      case 0xF1...0xF3: more = 3
      case 0xF4:
        more = 3
        range = 0x80...0x8F
      default:
        isStorable = false
        continue
      }
      for _ in 0..<more {
        guard position < bytes.count, range.contains(bytes[position]) else {
          isStorable = false
          break
        }
        range = 0x80...0xBF
        position += 1
      }
    }
  }
}
