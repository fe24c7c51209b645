package import Contacts
import Foundation
import Mail
import Primitives

extension DynamicContentValues {
  /// The maximum number of characters of a content.
  private static let longestContent = 1_000_000

  /// Applies an input to the values that there are; filters and parent are checked by the store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new content.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: `InvalidInput`.
  package init(
    _ input: DynamicContentInput, before: DynamicContentValues?, replacing: Bool
  ) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? DynamicContentValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    category = input.category ?? category
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    if let text = input.content {
      content =
        try RecordText.optional(text, "content", limit: Self.longestContent, html: true) ?? ""
    }
    if let given = input.utm { try utm.set(given) }
    filters = input.filters ?? filters
    isCampaignBased = input.isCampaignBased ?? isCampaignBased
    if let text = input.slot {
      slot = try RecordText.optional(text, "slotName", limit: SlotName.longest)
    }
    variantParent = input.variantParent ?? variantParent
    variantWeight = input.variantWeight ?? variantWeight
    isPublished = input.isPublished ?? isPublished
    try check()
  }

  private func check() throws(InvalidInput) {
    try checkWindow("the content")
    if !isCampaignBased, slot == nil, variantParent == nil {
      throw InvalidInput("slotName", "a value is required: campaigns do not push this content")
    }
    if let weight = variantWeight, !(0...100).contains(weight) {
      throw InvalidInput("variantSettings", "the weight \(weight) is not from 0 to 100")
    }
  }
}

/// The names of slots.
package enum SlotName {
  /// The maximum number of characters.
  package static let longest = 191
}
