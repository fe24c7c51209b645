/// The words for true and false (contacts.md 3.2, IMP-30), in any case.
package enum BooleanWord {
  /// `true`, `1`, `on`, `yes`; `false`, `0`, `off`, `no`; anything else is `nil`.
  package static func parse(_ text: ValueBytes) -> Bool? {
    let text = text.trimmed()
    switch text.count {
    case 1:
      if text[0] == 0x31 { return true }
      return text[0] == 0x30 ? false : nil
    case 2:
      if text.isWord("on") { return true }
      return text.isWord("no") ? false : nil
    case 3:
      if text.isWord("yes") { return true }
      return text.isWord("off") ? false : nil
    case 4: return text.isWord("true") ? true : nil
    case 5: return text.isWord("false") ? false : nil
    default: return nil
    }
  }

  /// The same for a string.
  package static func parse(_ text: String) -> Bool? {
    var copy = text
    return copy.withUTF8 { parse($0) }
  }
}

/// E-mail addresses: the part of RFC 5322 and 6531 that is in use.
///
/// `local@domain`: the local part is a dot-atom of at most 64 bytes, no quoted strings; the domain has at
/// least two labels and is no address literal. Letters beyond ASCII are allowed on both sides.
package enum EmailAddress {
  /// The most characters of an address.
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

/// Web addresses: http, https, or no scheme (contacts.md 3.2).
enum WebAddress {
  /// Whether the text names no scheme, or http or https.
  ///
  /// What stands before a colon is a host and no scheme if it has a dot and a port follows:
  /// `example.com:8080/path`. Control characters are refused, since browsers leave them out and may
  /// then see another scheme.
  static func hasAcceptedScheme(_ text: ValueBytes) -> Bool {
    var colon = -1
    for index in 0..<text.count {
      if text[index] < 0x20, text[index] != 0 { return false }
      if text[index] == 0x3A, colon < 0 { colon = index }
    }
    guard colon > 0, text[0].isLetter else { return true }
    var hasDot = false
    for index in 0..<colon {
      let byte = text[index]
      if byte == 0x2E { hasDot = true }
      guard byte.isLetter || byte.isDigit || byte == 0x2B || byte == 0x2D || byte == 0x2E else {
        return true
      }
    }
    let scheme = ValueBytes(rebasing: text[..<colon])
    if scheme.isWord("http") || scheme.isWord("https") {
      return text.count > colon + 3 && text[colon + 1] == 0x2F && text[colon + 2] == 0x2F
    }
    let isHost = hasDot || scheme.isWord("localhost")
    return isHost && colon + 1 < text.count && text[colon + 1].isDigit
  }
}
