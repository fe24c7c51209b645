package import Contacts
import Postgres
package import Primitives
package import Query

/// A rule that runs its events once when the points of a contact reach a number (points-stages-forms.md 1.4).
package struct PointTrigger: Sendable, Identifiable, Equatable {
  /// The trigger's id.
  package var id: Int64
  /// The name, category, group and publication window.
  package var rule: Rule
  /// The points that a contact has to reach.
  package var points: Int
  /// The colour of contacts who have reached it, as hex digits.
  package var color: String?
  /// Whether saving it applies it to contacts who already have the points (PTS-23).
  package var firesExisting: Bool
  /// The events, in order.
  package var events: [PointTriggerEvent]
  /// The category it is filed under.
  package var category: Category?
  /// The group whose score counts; `nil` for the points of contacts.
  package var group: PointGroup?
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// An action that a point trigger performs once for a contact.
package struct PointTriggerEvent: Sendable, Identifiable, Equatable {
  /// The event's id.
  package var id: Int64
  /// The trigger it belongs to.
  package var trigger: Int64
  package var name: String
  /// The description.
  package var description: String?
  /// The type of the event, one of ``PointTriggerEventType``.
  package var type: String
  /// The position among the events of the trigger.
  package var position: Int
  /// The properties, as received.
  package var properties: JSONValue

  static let columns: SQL = "id, trigger_id, name, description, type, position, properties"

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    trigger = try row.decode("trigger_id")
    name = try row.decode("name")
    description = try row.decode("description")
    type = try row.decode("type")
    position = try row.decode("position")
    let json: JSON = try row.decode("properties")
    properties = try json.decode()
  }
}

/// The types of events of point triggers (PTS-25).
package enum PointTriggerEventType: String, Sendable, CaseIterable {
  case changeCampaigns = "campaign.changecampaign"
  case sendEmail = "email.send"
  case sendEmailToUser = "email.send.to.user"
  case changeSegments = "lead.changelists"
  case changeTags = "lead.changetags"
  case changeStage = "stage.change"
  case webhook = "webhook"

  /// The name in plain text.
  package var label: String {
    switch self {
    case .changeCampaigns: "Modify contact's campaigns"
    case .sendEmail: "Send an email to the contact"
    case .sendEmailToUser: "Send an email to a user"
    case .changeSegments: "Modify contact's segments"
    case .changeTags: "Modify contact's tags"
    case .changeStage: "Change contact's stage"
    case .webhook: "Send a webhook"
    }
  }
}

/// The input for a point trigger; `nil` leaves a value as it is.
package struct PointTriggerInput: Sendable {
  /// The name, category, group and publication window.
  package var rule = RuleInput()
  /// The points that a contact has to reach; by default 0 for a new trigger.
  package var points: Int?
  /// The colour as hex digits; an empty text removes it.
  package var color: String?
  /// Whether it applies to contacts who already have the points.
  package var firesExisting: Bool?
  /// The events: those with a known id are changed, the others are new. Events that are not listed remain, unless
  /// everything is replaced.
  package var events: [PointTriggerEventInput]?

  /// Creates an empty input.
  package init() {}
}

/// The input for an event; `nil` leaves a value as it is.
package struct PointTriggerEventInput: Sendable {
  /// The id of an existing event.
  package var id: Int64?
  /// The name; by default that of its type.
  package var name: String?
  /// The description.
  package var description: String?
  /// The type, which never changes.
  package var type: String?
  /// The position among the events; by default that in the list.
  package var position: Int?
  /// The properties.
  package var properties: JSONValue?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of point triggers; its conditions refer to the table `point_triggers` by that name.
  package static let pointTriggers = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "point_triggers"),
      QueryColumn("name", .text, of: "point_triggers"),
      QueryColumn("description", .text, of: "point_triggers"),
      QueryColumn("category_id", .integer, of: "point_triggers", otherNames: ["category"]),
      QueryColumn("group_id", .integer, of: "point_triggers", otherNames: ["group"]),
      QueryColumn("points", .integer, of: "point_triggers"),
      QueryColumn("color", .text, of: "point_triggers"),
      QueryColumn(
        "fires_existing", .boolean, of: "point_triggers",
        otherNames: ["trigger_existing_leads"]),
      QueryColumn("publish_up", .instant, of: "point_triggers"),
      QueryColumn("publish_down", .instant, of: "point_triggers"),
    ] + published("point_triggers"),
    mainColumns: ["name", "description"])
}
