/// E-mail addresses: the part of RFC 5322 and 6531 that is in use.
///
/// `local@domain`: the local part is a dot-atom of at most 64 bytes, no quoted strings; the domain has at
/// least two labels and is no address literal. Letters beyond ASCII are allowed on both sides, characters that
/// nobody sees (``Blank``) on neither.
package enum EmailAddress {
  /// The maximum number of characters of an address.
  package static let maximumLength = 254

  /// The address in a text as programs write it: `Max <max@x.test>`, `<max@x.test>`, `mailto:max@x.test`. The
  /// text itself if it is in none of these forms, or if the name is another address.
  package static func bare(_ text: ValueBytes) -> ValueBytes {
    let text = text.trimmed()
    guard text.last == 0x3E, let open = text.firstIndex(of: 0x3C),
      text.lastIndex(of: 0x3C) == open, text.firstIndex(of: 0x3E) == text.count - 1
    else { return withoutScheme(text) }
    let inner = withoutScheme(ValueBytes(rebasing: text[(open + 1)..<(text.count - 1)]).trimmed())
    let name = ValueBytes(rebasing: text[..<open]).trimmed()
    let isOther = name.contains(0x40) && !name.contains(inner)
    return isOther ? text : inner
  }

  /// The address of a link `mailto:`, without its subject and other parameters.
  private static func withoutScheme(_ text: ValueBytes) -> ValueBytes {
    guard text.count > 7, ValueBytes(rebasing: text[..<7]).isWord("mailto:") else { return text }
    let rest = text[7...]
    let end = rest.firstIndex(of: 0x3F) ?? rest.endIndex
    return ValueBytes(rebasing: rest[..<end]).trimmed()
  }

  /// Whether a text holds more than one address, with blanks, commas, semicolons or ` ::: ` between them.
  package static func areSeveral(_ text: ValueBytes) -> Bool {
    let parts = text.split { $0 <= 0x20 || $0 == 0x2C || $0 == 0x3B }
    return parts.count { isValid(bare(ValueBytes(rebasing: $0))) } > 1
  }

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
    return previous != 0x2E && isDomain(ValueBytes(rebasing: text[(at + 1)...])) && !text.holdsBlank
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
