/// Checks that bytes are UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing
/// above U+10FFFF.
enum UTF8Validation {
  /// Returns the offset of the first byte that is not valid UTF-8; nil if all are valid.
  ///
  /// With `mayBeCutOff` an incomplete character at the very end is not an error, because more bytes
  /// will follow.
  static func firstFault(
    in bytes: UnsafeRawBufferPointer, mayBeCutOff: Bool = false
  ) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    let end = bytes.count
    var i = 0
    while i < end {
      if end - i >= 8, Word.load(base, i) & Word.highs == 0 {
        i += 8
        continue
      }
      let lead = bytes[i]
      if lead < 0x80 {
        i += 1
        continue
      }
      guard let form = Form(lead) else { return i }
      let available = min(form.length, end - i)
      if available > 1 {
        guard form.second.contains(bytes[i + 1]) else { return i }
        for k in 2..<max(2, available) where bytes[i + k] & 0xC0 != 0x80 { return i }
      }
      if available < form.length { return mayBeCutOff ? nil : i }
      i += form.length
    }
    return nil
  }

  /// The bytes allowed after a first byte.
  private struct Form {
    let length: Int
    let second: ClosedRange<UInt8>

    @inline(__always)
    init?(_ lead: UInt8) {
      switch lead {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return nil
      }
    }
  }
}
