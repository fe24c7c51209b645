package import Contacts
package import Foundation
package import Mail
package import Primitives
package import Query

/// A text for slots of web pages (api.md 9, tracking.md 13): pushed by campaigns, or chosen by its filters.
package struct DynamicContent: TableRecord, Equatable {
  /// The content's id.
  package var id: Int64
  /// The values that users set.
  package var values: DynamicContentValues
  /// The category it is filed under.
  package var category: Category?
  /// The ids of its variants.
  package var variants: [Int64]
  /// How often it was shown to contacts.
  package var sent: Int
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The values of a content that users set.
package struct DynamicContentValues: Sendable, Equatable, Published {
  package var name = ""
  /// The category's id.
  package var category: Int64?
  /// The instant from which it is shown.
  package var publishUp: Date?
  /// The instant until which it is shown.
  package var publishDown: Date?
  /// The HTML, with tokens.
  package var content = ""
  /// The parameters that are added to its links.
  package var utm = UTMValues()
  /// The filters of the contacts who see it, as sent; without any, everybody.
  package var filters = JSONValue.array([])
  /// Whether campaigns push it; otherwise its filters choose.
  package var isCampaignBased = true
  /// The slot that it is for, if its filters choose.
  package var slot: String?
  /// The content of which it is a variant, whose slot and filters are its own too.
  package var variantParent: Int64?
  /// The share of a variant in percent.
  package var variantWeight: Int?
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for a content; `nil` leaves a value as it is.
package struct DynamicContentInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// The instant from which it is shown; `.some(nil)` for always.
  package var publishUp: Date??
  /// The instant until which it is shown; `.some(nil)` for no end.
  package var publishDown: Date??
  /// The HTML; what runs or loads code is taken out.
  package var content: String?
  /// The parameters of links by their names on the wire, such as `utmSource`.
  package var utm: [String: String?]?
  /// A list of filters in the language of segments.
  package var filters: JSONValue?
  /// Whether campaigns push it.
  package var isCampaignBased: Bool?
  /// The slot; an empty text removes it.
  package var slot: String?
  /// The content of which it is a variant; `.some(nil)` for none.
  package var variantParent: Int64??
  /// The share of a variant in percent, 0 to 100; `.some(nil)` for none.
  package var variantWeight: Int??
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of contents; its conditions refer to the table `dynamic_contents` by that name.
  package static let dynamicContents = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "dynamic_contents"),
      QueryColumn("name", .text, of: "dynamic_contents"),
      QueryColumn("content", .text, of: "dynamic_contents"),
      QueryColumn("slot_name", .text, of: "dynamic_contents"),
      QueryColumn("is_campaign_based", .boolean, of: "dynamic_contents"),
      QueryColumn("publish_up", .instant, of: "dynamic_contents"),
      QueryColumn("publish_down", .instant, of: "dynamic_contents"),
    ] + published("dynamic_contents"),
    mainColumns: ["name", "slot_name"])
}
