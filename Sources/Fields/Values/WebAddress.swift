import Primitives

/// Web addresses: http, https, or no scheme (contacts.md 3.2).
enum WebAddress {
  /// Returns whether the text names no scheme, or http or https.
  ///
  /// The text before a colon is a host, not a scheme, if it has a dot and a port follows:
  /// `example.com:8080/path`. Control characters are refused, since browsers ignore them and may
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
