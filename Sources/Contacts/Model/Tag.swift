import Primitives

/// A word that contacts are marked with (contacts.md 5).
package struct Tag: Sendable, Identifiable, Equatable {
  /// The tag's id.
  package var id: Int64
  /// The name as it was written first.
  package var tag: String
  /// The description.
  package var description: String?

  package init(id: Int64, tag: String, description: String? = nil) {
    self.id = id
    self.tag = tag
    self.description = description
  }
}

/// Names of tags as people write them.
package enum TagName {
  /// The name without markup and surrounding blanks (CON-40), or `nil` if nothing is left or the rest is
  /// longer than 191 characters.
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

  /// The names in a list, in order: which are added, and which are removed, being written with a leading
  /// `-` (CON-42, CON-43). Empty names are dropped.
  package static func list(
    _ text: some StringProtocol, separator: Character
  ) -> [(name: String, isRemoval: Bool)] {
    text.split(separator: separator).compactMap { change($0) }
  }

  /// One name of such a list; `nil` if it is none.
  package static func change(_ text: some StringProtocol) -> (name: String, isRemoval: Bool)? {
    let trimmed = text.trimmingBlanks()
    let isRemoval = trimmed.hasPrefix("-")
    return clean(isRemoval ? trimmed.dropFirst() : trimmed[...]).map { ($0, isRemoval) }
  }
}
