import Contacts
import Foundation
import Mail
import Postgres
import Primitives

extension FocusValues {
  /// The maximum number of bytes of the properties.
  private static let mostProperties = 64 * 1024

  /// Applies an input to the values that there are; category and form are checked by the store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new item.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: `InvalidInput`.
  package init(_ input: FocusInput, before: FocusValues?, replacing: Bool) throws {
    let kept = replacing ? nil : before
    self = kept ?? FocusValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    if let text = input.description {
      description = try RecordText.optional(text, "description", html: true)
    }
    if let text = input.website {
      website = try RecordText.optional(text, "website", limit: 2_000)
    }
    if let text = input.html { html = try RecordText.optional(text, "html", html: true) }
    if let text = input.editor { editor = try RecordText.optional(text, "editor", html: true) }
    category = input.category ?? category
    kind = try Self.word(input.kind, "type") ?? kind
    style = try Self.word(input.style, "style") ?? style
    // Old clients say whether HTML is used at all.
    if let uses = input.mode.flatMap({ BooleanWord.parse($0) }) {
      mode = uses ? .html : .basic
    } else {
      mode = try Self.word(input.mode, "htmlMode") ?? mode
    }
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    try checkWindow("the item")
    if let given = input.properties {
      if try JSON(given).bytes.count > Self.mostProperties {
        throw InvalidInput("properties", "more than 64 KiB")
      }
      if let part = given.unstorable("properties") { throw InvalidInput(part, "not valid text") }
      properties = given
    }
    if let given = input.utm { try utm.set(given) }
    form = input.form ?? form
    isPublished = input.isPublished ?? isPublished
  }

  private static func word<W: RawRepresentable<String> & CaseIterable>(
    _ text: String?, _ member: String
  ) throws(InvalidInput) -> W? {
    guard let text, !text.isEmpty else { return nil }
    guard let word = W(rawValue: text) else {
      let known = W.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is none of \(known)")
    }
    return word
  }
}

/// Addresses to which an item may lead.
enum FocusLink {
  /// Whether an address leads to a page: a script must not hide in it.
  static func isWeb(_ text: String) -> Bool {
    let head = text.prefix(8).lowercased()
    return (head.hasPrefix("http://") || head.hasPrefix("https://"))
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }
  }
}
