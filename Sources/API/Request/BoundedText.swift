import Contacts
import Primitives

/// Texts of a request that no module below bounds.
enum BoundedText {
  /// A text without markup and blanks at its ends, within a number of characters. Its length is checked before it is
  /// cleaned.
  ///
  /// - Throws: `APIError` 400 naming the member.
  static func plain(
    _ text: String, _ member: String, limit: Int = 191
  ) throws(APIError) -> String {
    // Markup may be a multiple of the text, but not any multiple.
    if text.utf8.count <= 16 * limit {
      let clean = CleanText.plain(text)
      if clean.unicodeScalars.count <= limit { return clean }
    }
    throw .validation([
      (member, ["\(InvalidInput.shown(text)): longer than \(limit) characters"])
    ])
  }
}
