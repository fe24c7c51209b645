import Primitives

/// Reads bytes from left to right.
struct ByteScanner {
  private let bytes: ValueBytes
  private var position = 0

  init(_ bytes: ValueBytes) { self.bytes = bytes }

  /// The next byte, without consuming it.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Consumes and returns the next byte.
  mutating func take() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// Whether the next byte is one of a word: a letter, or beyond ASCII.
  var peekIsWord: Bool { peek.map(Self.isOfWord) ?? false }

  private static func isOfWord(_ byte: UInt8) -> Bool { byte.isLetter || byte >= 0x80 }

  /// Consumes the letters that follow.
  mutating func word() -> ValueBytes {
    let start = position
    skip(Self.isOfWord)
    return ValueBytes(rebasing: bytes[start..<position])
  }

  /// Consumes all bytes of a kind.
  mutating func skip(_ isMeant: (UInt8) -> Bool) {
    while position < bytes.count, isMeant(bytes[position]) { position += 1 }
  }

  /// Consumes blanks.
  mutating func skipBlanks() { skip { $0 == 0x20 } }

  /// Consumes what makes a day an ordinal number in English: `1st`, `2nd`, `3rd`, `4th`.
  mutating func skipOrdinal() {
    var ahead = self
    let word = ahead.word()
    let endings: [StaticString] = ["st", "nd", "rd", "th"]
    if endings.contains(where: { word.isWord($0) }) { self = ahead }
  }

  /// Consumes one to `limit` digits as a number.
  mutating func number(upTo limit: Int) -> (value: Int, digits: Int)? {
    var value = 0
    var digits = 0
    while digits < limit, position < bytes.count, bytes[position].isDigit {
      value = value * 10 + Int(bytes[position] - 0x30)
      position += 1
      digits += 1
    }
    return digits == 0 ? nil : (value, digits)
  }
}

extension [UInt8] {
  /// Appends a number from 0 to 99 as two digits.
  @inline(__always)
  mutating func appendTwoDigits(_ number: Int) {
    append(0x30 + UInt8(truncatingIfNeeded: number / 10))
    append(0x30 + UInt8(truncatingIfNeeded: number % 10))
  }
}
