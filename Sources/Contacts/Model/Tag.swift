import Primitives

/// A label of contacts (contacts.md 5).
package struct Tag: Sendable, Identifiable, Equatable {
  /// The tag's id.
  package var id: Int64
  /// The name as first written.
  package var tag: String
  /// The description.
  package var description: String?

  package init(id: Int64, tag: String, description: String? = nil) {
    self.id = id
    self.tag = tag
    self.description = description
  }
}

/// Parses tag names.
package enum TagName {
  /// Returns the name without markup and surrounding blanks (CON-40), or `nil` if the rest is empty
  /// or longer than 191 characters.
  package static func clean(_ name: some StringProtocol) -> String? {
    var copy = String(name)
    let isPlain = copy.withUTF8 { !TextMeasure($0).hasAngle }
    if !isPlain { copy = String(decoding: copy.withUTF8(Markup.withoutTags), as: UTF8.self) }
    let cleaned = copy.trimmingBlanks()
    guard !cleaned.isEmpty, !cleaned.contains("\0"), cleaned.unicodeScalars.count <= 191 else {
      return nil
    }
    return cleaned
  }

  /// Returns the names in a list, in order, and whether each is added or, with a leading `-`,
  /// removed (CON-42, CON-43). Empty names are dropped.
  package static func list(
    _ text: some StringProtocol, separator: Character
  ) -> [(name: String, isRemoval: Bool)] {
    text.split(separator: separator).compactMap { change($0) }
  }

  /// Parses one element of such a list; `nil` if it is invalid.
  package static func change(_ text: some StringProtocol) -> (name: String, isRemoval: Bool)? {
    let trimmed = text.trimmingBlanks()
    let isRemoval = trimmed.hasPrefix("-")
    return clean(isRemoval ? trimmed.dropFirst() : trimmed[...]).map { ($0, isRemoval) }
  }
}
