import Primitives

/// Checks texts of plain records: names, titles, descriptions.
package enum RecordText {
  /// Returns a required name without markup and surrounding blanks, 1 to 191 characters.
  ///
  /// - Throws: ``InvalidInput`` naming the member.
  package static func name(_ text: String?, _ member: String) throws(InvalidInput) -> String {
    try checkRaw(text ?? "", member, limit: 191)
    let name = CleanText.plain(text ?? "")
    guard !name.isEmpty else { throw InvalidInput(member, "a value is required") }
    try check(name, member)
    return name
  }

  /// Returns an optional text within a limit; nil for an empty one.
  ///
  /// - Throws: ``InvalidInput`` naming the member.
  package static func optional(
    _ text: String?, _ member: String, limit: Int = 65_535, html: Bool = false
  ) throws(InvalidInput) -> String? {
    guard let text else { return nil }
    try checkRaw(text, member, limit: limit)
    let cleaned = html ? CleanText.html(text) : CleanText.plain(text)
    guard !cleaned.isEmpty else { return nil }
    try check(cleaned, member, limit: limit)
    return cleaned
  }

  /// Returns a color of 3 or 6 hexadecimal digits, with or without a leading `#`; nil for an empty
  /// text.
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

  /// Refuses a text so long that no markup explains it, before it is cleaned.
  private static func checkRaw(
    _ text: String, _ member: String, limit: Int
  ) throws(InvalidInput) {
    guard text.utf8.count > 16 * limit else { return }
    throw InvalidInput(member, "\(InvalidInput.shown(text)) is longer than \(limit) characters")
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
