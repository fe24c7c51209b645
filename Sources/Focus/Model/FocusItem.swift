package import Contacts
package import Foundation
package import Mail
package import Primitives
package import Query

/// A focus item: a bar, a window, a notification or a page that a script shows over the pages of a web site (api.md 10).
package struct FocusItem: TableRecord, Equatable {
  /// The item's id.
  package var id: Int64
  /// The values that users set.
  package var values: FocusValues
  /// The category it is filed under.
  package var category: Category?
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// What an item is for.
package enum FocusKind: String, Sendable, CaseIterable {
  case form, link, notice
}

/// How an item looks.
package enum FocusStyle: String, Sendable, CaseIterable {
  case bar, modal, notification, page
}

/// Where the content of an item comes from: its texts, an editor's HTML, or HTML.
package enum FocusMode: String, Sendable, CaseIterable {
  case basic, editor, html
}

/// The values of an item that users set.
package struct FocusValues: Sendable, Equatable, Published {
  package var name = ""
  package var description: String?
  /// The category's id.
  package var category: Int64?
  package var kind = FocusKind.notice
  package var style = FocusStyle.bar
  /// The site that it is for.
  package var website: String?
  /// The instant from which it is shown.
  package var publishUp: Date?
  /// The instant until which it is shown.
  package var publishDown: Date?
  /// Texts, colours and times as sent; the script takes what it knows.
  package var properties = JSONValue.object([:])
  /// The parameters that are added to its link.
  package var utm = UTMValues()
  /// The form that it shows.
  package var form: Int64?
  package var mode = FocusMode.basic
  /// The HTML of the mode `html`.
  package var html: String?
  /// The HTML of the mode `editor`.
  package var editor: String?
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for an item; `nil` leaves a value as it is.
package struct FocusInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// Texts of this and the next members are removed by an empty one.
  package var description: String?
  package var website: String?
  package var html: String?
  package var editor: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// One of ``FocusKind``.
  package var kind: String?
  /// One of ``FocusStyle``.
  package var style: String?
  /// One of ``FocusMode``, or a word for yes (HTML) or no.
  package var mode: String?
  package var publishUp: Date??
  package var publishDown: Date??
  package var properties: JSONValue?
  /// The parameters of its link by their names on the wire, such as `utmSource`.
  package var utm: [String: String?]?
  /// The form; `.some(nil)` for none.
  package var form: Int64??
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of items; its conditions refer to the table `focus_items` by that name.
  package static let focus = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "focus_items"), QueryColumn("name", .text, of: "focus_items"),
      QueryColumn("description", .text, of: "focus_items"),
      QueryColumn("style", .text, of: "focus_items"),
      QueryColumn("website", .text, of: "focus_items"),
      QueryColumn("publish_up", .instant, of: "focus_items"),
      QueryColumn("publish_down", .instant, of: "focus_items"),
    ] + published("focus_items"),
    mainColumns: ["name", "description"])
}
