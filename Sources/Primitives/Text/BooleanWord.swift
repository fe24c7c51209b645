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

  /// The same for a string; where `trimming` is false, only for one without blanks around the word.
  package static func parse(_ text: String, trimming: Bool = true) -> Bool? {
    if !trimming, let first = text.utf8.first, let last = text.utf8.last,
      first.isBlank || last.isBlank
    {
      return nil
    }
    var copy = text
    return copy.withUTF8 { parse($0) }
  }
}
