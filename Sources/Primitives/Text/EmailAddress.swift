/// E-mail addresses: the part of RFC 5322 and 6531 that is in use.
///
/// `local@domain`: the local part is a dot-atom of at most 64 bytes, no quoted strings; the domain has at
/// least two labels and is no address literal. Letters beyond ASCII are allowed on both sides.
package enum EmailAddress {
  /// The maximum number of characters of an address.
  package static let maximumLength = 254

  /// Whether the text is an address.
  package static func isValid(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { isValid($0) }
  }

  /// Whether these bytes are an address; surrounding blanks are not allowed.
  package static func isValid(_ text: ValueBytes) -> Bool {
    guard let at = text.firstIndex(of: 0x40), at > 0, at <= 64 else { return false }
    var previous: UInt8 = 0x2E
    for index in 0..<at {
      let byte = text[index]
      if byte == 0x2E {
        guard previous != 0x2E else { return false }
      } else if !isAtom(byte) {
        return false
      }
      previous = byte
    }
    return previous != 0x2E && isDomain(ValueBytes(rebasing: text[(at + 1)...]))
  }

  private static let atom = ASCIISet(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")

  @inline(__always)
  private static func isAtom(_ byte: UInt8) -> Bool { byte >= 0x80 || atom.contains(byte) }

  /// Labels of letters, digits and inner hyphens, joined by dots; the last is not all digits.
  private static func isDomain(_ text: ValueBytes) -> Bool {
    var labels = 0
    var length = 0
    var previous: UInt8 = 0x2E
    var hasLetter = false
    for byte in text {
      if byte == 0x2E {
        guard length > 0, length <= 63, previous != 0x2D else { return false }
        labels += 1
        length = 0
        hasLetter = false
      } else {
        if byte.isLetter || byte >= 0x80 {
          hasLetter = true
        } else if byte == 0x2D {
          guard length > 0 else { return false }
        } else if !byte.isDigit {
          return false
        }
        length += 1
      }
      previous = byte
    }
    return labels >= 1 && length > 0 && length <= 63 && previous != 0x2D && hasLetter
  }
}
