import Contacts

/// Checks of the texts that go out on channels.
enum ChannelText {
  /// Returns a text that must be there, without markup and surrounding blanks.
  ///
  /// - Throws: `InvalidInput` naming the member.
  static func required(
    _ text: String?, _ member: String, limit: Int = 65_535
  ) throws(InvalidInput) -> String {
    guard let kept = try RecordText.optional(text, member, limit: limit) else {
      throw InvalidInput(member, "a value is required")
    }
    return kept
  }

  /// Returns a language; `en` for an empty text.
  ///
  /// - Throws: `InvalidInput`.
  static func language(_ text: String) throws(InvalidInput) -> String {
    try RecordText.optional(text, "language", limit: 35) ?? "en"
  }
}
