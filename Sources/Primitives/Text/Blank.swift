/// What counts as blank around a value: white space, and characters that show nothing.
///
/// Files and requests bring both at the ends of values (a no-break space of a spreadsheet, a byte-order
/// mark, a zero-width space copied from a web page). Nobody sees them, so a value with and a value without
/// them are the same value.
@usableFromInline package enum Blank {
  /// Whether a character is blank: white space as Unicode defines it, NUL, and format characters and
  /// fillers without a glyph.
  ///
  /// Signs of Arabic and Syriac numbers are format characters too, but are seen; so are the tags at the
  /// end of a flag.
  package static func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00, 0x09...0x0D, 0x20: true
    // White space.
    case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    // Hyphenation, joiners, directions, invisible operators, byte-order marks, annotations.
    case 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0001:
      true
    // Fillers of Hangul, and the empty Braille cell.
    case 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0: true
    default: false
    }
  }

  /// The length of the blank character beyond ASCII that begins at an offset; 0 if there is none.
  @usableFromInline
  package static func length(in bytes: ValueBytes, at offset: Int) -> Int {
    guard let form = form(of: bytes[offset]), form.length <= bytes.count - offset else { return 0 }
    var value = form.bits
    for index in (offset + 1)..<(offset + form.length) {
      guard bytes[index] & 0xC0 == 0x80 else { return 0 }
      value = value << 6 | UInt32(bytes[index] & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value), contains(scalar) else { return 0 }
    return form.length
  }

  /// The length of the blank character beyond ASCII that ends before an offset; 0 if there is none.
  @usableFromInline
  static func length(in bytes: ValueBytes, before offset: Int) -> Int {
    var start = offset - 1
    while start > 0, offset - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    let length = length(in: bytes, at: start)
    return length == offset - start ? length : 0
  }

  /// The length of a sequence and the bits in its first byte; nil for a byte that begins none.
  private static func form(of lead: UInt8) -> (length: Int, bits: UInt32)? {
    switch lead {
    case 0xC2...0xDF: (2, UInt32(lead & 0x1F))
    case 0xE0...0xEF: (3, UInt32(lead & 0x0F))
    case 0xF0...0xF4: (4, UInt32(lead & 0x07))
    default: nil
    }
  }
}
