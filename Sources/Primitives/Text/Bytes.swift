/// UTF-8 bytes of one value, borrowed from where they were read.
@usableFromInline package typealias ValueBytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
  /// The bytes without the blanks (``Blank``) at both ends.
  @inlinable package func trimmed() -> ValueBytes {
    var start = 0
    var end = count
    while start < end {
      let length =
        self[start] < 0x80 ? (self[start].isBlank ? 1 : 0) : Blank.length(in: self, at: start)
      if length == 0 { break }
      start += length
    }
    while end > start {
      let last = self[end - 1]
      let length = last < 0x80 ? (last.isBlank ? 1 : 0) : Blank.length(in: self, before: end)
      if length == 0 { break }
      end -= length
    }
    return ValueBytes(rebasing: self[start..<end])
  }

  /// Whether there is a blank (``Blank``) anywhere in the text.
  package var holdsBlank: Bool {
    var index = 0
    while index < count {
      if self[index] < 0x80 ? self[index].isBlank : Blank.length(in: self, at: index) > 0 {
        return true
      }
      index += 1
    }
    return false
  }

  /// Whether the bytes are this ASCII word, in any case. `word` is given in lower case.
  @inlinable package func isWord(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index].lowered != word.utf8Start[index] { return false }
    return true
  }

  /// The bytes as a string; invalid sequences are replaced.
  @inlinable package var string: String { String(decoding: self, as: UTF8.self) }
}

extension UInt8 {
  /// Whether this is a blank of ASCII: the blank itself, a control that counts as one, or NUL.
  @inlinable package var isBlank: Bool {
    self == 0x20 || (self >= 0x09 && self <= 0x0D) || self == 0
  }

  /// The lower-case form of an ASCII letter; every other byte as it is.
  @inlinable package var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// Whether this is an ASCII digit.
  @inlinable package var isDigit: Bool { self &- 0x30 < 10 }

  /// Whether this is an ASCII letter.
  @inlinable package var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
}

/// A set of ASCII characters, asked without branches.
package struct ASCIISet: Sendable {
  @usableFromInline package let low: UInt64
  @usableFromInline package let high: UInt64

  /// The set of the characters in a string.
  package init(_ characters: StaticString) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    for index in 0..<characters.utf8CodeUnitCount {
      let byte = characters.utf8Start[index]
      if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }
    self.low = low
    self.high = high
  }

  /// Whether a byte is one of the characters; bytes beyond ASCII never are.
  @inlinable package func contains(_ byte: UInt8) -> Bool {
    byte < 0x80 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }
}

extension StringProtocol {
  /// The text without the blanks (``Blank``) at both ends.
  package func trimmingBlanks() -> String {
    var copy = String(self)
    return copy.withUTF8 { String(decoding: $0.trimmed(), as: UTF8.self) }
  }
}
