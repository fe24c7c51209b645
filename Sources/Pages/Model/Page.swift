package import Contacts
package import Foundation
package import Query

/// A landing page: a page of a site of its own, which visitors see at an address of this installation (api.md 9).
package struct Page: TableRecord, Equatable {
  /// The page's id.
  package var id: Int64
  /// The values that users set.
  package var values: PageValues
  /// The category it is filed under.
  package var category: Category?
  /// The number of changes since it was created.
  package var revision: Int
  /// The instant since which it takes part in a test of variants.
  package var variantStart: Date?
  package var counts: PageCounts
  package var family: PageFamily
  /// The dates of creation and last change.
  package var dates: RecordDates

  /// The short form.
  package var summary: PageSummary {
    PageSummary(id: id, title: values.title, alias: values.alias, category: category)
  }
}

/// How often a page was visited.
package struct PageCounts: Sendable, Equatable {
  /// The number of visits.
  package var hits = 0
  /// The number of devices that visited it.
  package var devices = 0
  /// The number of visits since its test of variants began.
  package var variantHits = 0
}

/// The pages that belong to a page: variants are compared with it, translations say the same in other languages.
package struct PageFamily: Sendable, Equatable {
  package var variantParent: PageSummary?
  package var variants: [PageSummary] = []
  package var translationParent: PageSummary?
  package var translations: [PageSummary] = []
}

/// A page in short form, inside others (api.md 4).
package struct PageSummary: Sendable, Identifiable, Equatable {
  package var id: Int64
  package var title: String
  package var alias: String
  package var category: Category?
}

/// How visitors of a page that is not published are sent on.
package enum PageRedirect: Int, Sendable, CaseIterable {
  /// For good: browsers may remember it.
  case permanent = 301
  case temporary = 302
}

/// The values of a page that users set.
package struct PageValues: Sendable, Equatable, Published {
  package var title = ""
  /// The last part of its address, unique among pages.
  package var alias = ""
  /// The category's id.
  package var category: Int64?
  package var language = "en"
  /// The instant from which it is shown.
  package var publishUp: Date?
  /// The instant until which it is shown.
  package var publishDown: Date?
  /// What search engines show of it.
  package var metaDescription: String?
  /// How visitors are sent on while it is not published; `nil` to send nobody on.
  package var redirect: PageRedirect?
  /// The address to which they are sent.
  package var redirectURL: String?
  /// Whether e-mails may offer it as their preference centre.
  package var isPreferenceCenter = false
  /// Whether search engines are to leave it out.
  package var isHiddenFromSearch = false
  /// The id of the page whose variant it is.
  package var variantParent: Int64?
  /// The share of visitors who are shown the variant, in percent.
  package var variantWeight: Int?
  /// The measure by which variants are compared, as sent.
  package var winnerCriteria: String?
  /// The id of the page whose translation it is.
  package var translationParent: Int64?
  /// The name of the theme.
  package var template: String?
  /// The page itself, as written.
  package var html: String?
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for a page; `nil` leaves a value as it is, an inner `nil` clears it.
package struct PageInput: Sendable {
  /// The title, 1 to 191 characters.
  package var title: String?
  /// The last part of the address; made of the title where there is none.
  package var alias: String?
  package var category: Int64??
  package var language: String?
  package var publishUp: Date??
  package var publishDown: Date??
  /// Up to 2,000 characters; an empty text removes it.
  package var metaDescription: String?
  /// `301` or `302`; an empty text for none.
  package var redirect: String?
  /// An `http` or `https` address; an empty text for none.
  package var redirectURL: String?
  package var isPreferenceCenter: Bool?
  package var isHiddenFromSearch: Bool?
  package var variantParent: Int64??
  /// The share in percent, 1 to 100.
  package var variantWeight: Int??
  package var winnerCriteria: String?
  package var translationParent: Int64??
  package var template: String?
  /// Up to 4 MiB; an empty text removes it.
  package var html: String?
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of pages; its conditions refer to the table `pages` by that name.
  package static let pages = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "pages"), QueryColumn("title", .text, of: "pages"),
      QueryColumn("alias", .text, of: "pages"),
      QueryColumn("category_id", .integer, of: "pages", otherNames: ["category"]),
      QueryColumn("language", .text, of: "pages", otherNames: ["lang"]),
      QueryColumn("meta_description", .text, of: "pages"),
      QueryColumn("template", .text, of: "pages"),
      QueryColumn("is_preference_center", .boolean, of: "pages"),
      QueryColumn("revision", .integer, of: "pages"),
      QueryColumn("hits", .integer, sql: "n.hits"),
      QueryColumn("unique_hits", .integer, sql: "n.devices"),
      QueryColumn("variant_hits", .integer, sql: "n.variant_hits"),
      QueryColumn("publish_up", .instant, of: "pages"),
      QueryColumn("publish_down", .instant, of: "pages"),
    ] + published("pages"),
    mainColumns: ["title", "alias", "meta_description"],
    commands: [
      "lang": find(QueryColumn("language", .text, of: "pages"), at: .whole),
      "name": find(QueryColumn("title", .text, of: "pages")),
    ])
}
