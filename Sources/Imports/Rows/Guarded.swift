/// Texts that exports guard against being run as formulas (EXP-12): one apostrophe before `=`, `+`, `-`, `@`, tab or
/// carriage return, and one more where the text itself has apostrophes there.
enum Guarded {
  /// Returns a cell without the apostrophe of its guard.
  static func bare(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard text.first == apostrophe else { return text }
    guard let next = text.first(where: { $0 != apostrophe }), beginsFormula(next) else {
      return text
    }
    return UnsafeRawBufferPointer(rebasing: text.dropFirst())
  }

  private static let apostrophe = UInt8(ascii: "'")

  private static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
      true
    default: false
    }
  }
}
