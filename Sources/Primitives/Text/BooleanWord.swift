/// The words for true and false (contacts.md 3.2, IMP-30), in any case.
package enum BooleanWord {
  /// `true`, `t`, `1`, `on`, `yes`, `y`; `false`, `f`, `0`, `off`, `no`, `n`; anything else is `nil`.
  package static func parse(_ text: ValueBytes) -> Bool? {
    let text = text.trimmed()
    switch text.count {
    case 1:
      switch text[0].lowered {
      case 0x31, 0x74, 0x79: return true
      case 0x30, 0x66, 0x6E: return false
      default: return nil
      }
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
    var copy = text
    return copy.withUTF8 { bytes in
      !trimming && bytes.trimmed().count != bytes.count ? nil : parse(bytes)
    }
  }
}
