package import Contacts
package import Foundation
package import Query

/// A text for telephones (api.md 10). Nothing sends it: there is no transport.
package struct SMS: TableRecord, Equatable {
  /// The text's id.
  package var id: Int64
  /// The values that users set.
  package var values: SMSValues
  /// The category it is filed under.
  package var category: Category?
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The values of a text for telephones that users set.
package struct SMSValues: Sendable, Equatable, Published {
  package var name = ""
  /// What it says.
  package var message = ""
  package var language = "en"
  /// The category's id.
  package var category: Int64?
  /// The instant from which it is in use.
  package var publishUp: Date?
  /// The instant until which it is in use.
  package var publishDown: Date?
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for a text for telephones; `nil` leaves a value as it is.
package struct SMSInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// What it says, 1 to 65,535 characters.
  package var message: String?
  /// The language, at most 35 characters; `en` where it is empty.
  package var language: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
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
  /// The list of texts for telephones; its conditions refer to the table `sms_messages` by that name.
  package static let smses = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "sms_messages"),
      QueryColumn("name", .text, of: "sms_messages"),
      QueryColumn("message", .text, of: "sms_messages"),
      QueryColumn("language", .text, of: "sms_messages", otherNames: ["lang"]),
      QueryColumn("category_id", .integer, of: "sms_messages", otherNames: ["category"]),
      QueryColumn("publish_up", .instant, of: "sms_messages"),
      QueryColumn("publish_down", .instant, of: "sms_messages"),
    ] + published("sms_messages"),
    mainColumns: ["name", "message"],
    commands: ["lang": find(QueryColumn("language", .text, of: "sms_messages"), at: .whole)])
}
