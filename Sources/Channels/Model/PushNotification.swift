package import Contacts
package import Foundation
package import Mail
package import Query

/// A notification for browsers and apps (api.md 10). Nothing sends it: there is no transport.
package struct PushNotification: TableRecord, Equatable {
  /// The notification's id.
  package var id: Int64
  /// The values that users set.
  package var values: PushNotificationValues
  /// The category it is filed under.
  package var category: Category?
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The values of a notification that users set.
package struct PushNotificationValues: Sendable, Equatable, Published {
  package var name = ""
  /// What stands above the message.
  package var heading = ""
  /// What it says.
  package var message = ""
  /// The address to which it leads.
  package var url: String?
  /// The text of its button.
  package var button: String?
  package var language = "en"
  /// The category's id.
  package var category: Int64?
  /// The parameters that are added to its address.
  package var utm = UTMValues()
  /// The instant from which it is in use.
  package var publishUp: Date?
  /// The instant until which it is in use.
  package var publishDown: Date?
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for a notification; `nil` leaves a value as it is.
package struct PushNotificationInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// What stands above the message, 1 to 65,535 characters.
  package var heading: String?
  /// What it says, 1 to 65,535 characters.
  package var message: String?
  /// The address to which it leads, at most 2,000 characters; an empty text removes it.
  package var url: String?
  /// The text of its button; an empty text removes it.
  package var button: String?
  /// The language, at most 35 characters; `en` where it is empty.
  package var language: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// The parameters of its address by their names on the wire, such as `utmSource`.
  package var utm: [String: String?]?
  /// The instant from which it is in use; `.some(nil)` for always.
  package var publishUp: Date??
  /// The instant until which it is in use; `.some(nil)` for no end.
  package var publishDown: Date??
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of notifications; its conditions refer to the table `push_notifications` by that name.
  package static let pushNotifications = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "push_notifications"),
      QueryColumn("name", .text, of: "push_notifications"),
      QueryColumn("heading", .text, of: "push_notifications"),
      QueryColumn("message", .text, of: "push_notifications"),
      QueryColumn("url", .text, of: "push_notifications"),
      QueryColumn("button", .text, of: "push_notifications"),
      QueryColumn("language", .text, of: "push_notifications", otherNames: ["lang"]),
      QueryColumn("category_id", .integer, of: "push_notifications", otherNames: ["category"]),
      QueryColumn("publish_up", .instant, of: "push_notifications"),
      QueryColumn("publish_down", .instant, of: "push_notifications"),
    ] + published("push_notifications"),
    mainColumns: ["name", "heading", "message"],
    commands: [
      "lang": find(QueryColumn("language", .text, of: "push_notifications"), at: .whole)
    ])
}
