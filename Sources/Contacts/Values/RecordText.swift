import Primitives

/// Texts of plain records: names, titles, descriptions.
package enum RecordText {
  /// A name that a record must have: without markup and blanks at its ends, 1 to 191 characters.
  ///
  /// - Throws: ``InvalidInput`` naming the member.
  package static func name(_ text: String?, _ member: String) throws(InvalidInput) -> String {
    let name = CleanText.plain(text ?? "")
    guard !name.isEmpty else { throw InvalidInput(member, "a value is required") }
    try check(name, member)
    return name
  }

  /// A text that may be missing, within a limit; an empty one is none.
  ///
  /// - Throws: ``InvalidInput`` naming the member.
  package static func optional(
    _ text: String?, _ member: String, limit: Int = 65_535, html: Bool = false
  ) throws(InvalidInput) -> String? {
    guard let text else { return nil }
    let cleaned = html ? CleanText.html(text) : CleanText.plain(text)
    guard !cleaned.isEmpty else { return nil }
    try check(cleaned, member, limit: limit)
    return cleaned
  }

  /// A colour as 3 or 6 hex digits, with or without `#` before them; an empty text is none.
  ///
  /// - Throws: ``InvalidInput`` naming the member.
  package static func color(
    _ text: String?, _ member: String = "color"
  ) throws(InvalidInput) -> String? {
    guard let text = try optional(text, member) else { return nil }
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard [3, 6].contains(digits.count), digits.allSatisfy(\.isHexDigit) else {
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is not a colour in hex digits")
    }
    return String(digits)
  }

  private static func check(
    _ text: String, _ member: String, limit: Int = 191
  ) throws(InvalidInput) {
    if text.unicodeScalars.count > limit {
      throw InvalidInput(
        member, "\(InvalidInput.shown(text)) is longer than \(limit) characters")
    }
    if text.contains("\0") { throw InvalidInput(member, "not valid text") }
  }
}
