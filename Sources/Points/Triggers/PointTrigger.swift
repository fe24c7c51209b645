package import Contacts
import Postgres
package import Primitives
package import Query

/// A rule: when the points of a contact reach a number, its events run once (points-stages-forms.md 1.4).
package struct PointTrigger: Sendable, Identifiable, Equatable {
  /// The trigger's id.
  package var id: Int64
  /// Name, category, group and window.
  package var rule: Rule
  /// The points that a contact has to reach.
  package var points: Int
  /// The colour of contacts who have reached it, as hex digits.
  package var color: String?
  /// Whether saving it applies it to contacts that have the points already (PTS-23).
  package var firesExisting: Bool
  /// What it does, in order.
  package var events: [PointTriggerEvent]
  /// The category it is filed under.
  package var category: Category?
  /// The group whose score counts; `nil` for the points of contacts.
  package var group: PointGroup?
  /// When it was made and changed.
  package var dates: RecordDates
}

/// Something that a point trigger does with a contact, once.
package struct PointTriggerEvent: Sendable, Identifiable, Equatable {
  /// The event's id.
  package var id: Int64
  /// The trigger it belongs to.
  package var trigger: Int64
  package var name: String
  /// What it is for.
  package var description: String?
  /// What it does, one of ``PointTriggerEventType``.
  package var type: String
  /// The place among the events of the trigger.
  package var position: Int
  /// How, as it was sent.
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

/// What events of point triggers can do (PTS-25).
package enum PointTriggerEventType: String, Sendable, CaseIterable {
  case changeCampaigns = "campaign.changecampaign"
  case sendEmail = "email.send"
  case sendEmailToUser = "email.send.to.user"
  case changeSegments = "lead.changelists"
  case changeTags = "lead.changetags"
  case webhook = "webhook"

  /// The name as people read it.
  package var label: String {
    switch self {
    case .changeCampaigns: "Modify contact's campaigns"
    case .sendEmail: "Send an email to the contact"
    case .sendEmailToUser: "Send an email to a user"
    case .changeSegments: "Modify contact's segments"
    case .changeTags: "Modify contact's tags"
    case .webhook: "Send a webhook"
    }
  }
}

/// What is to be written of a point trigger; `nil` leaves a member as it is.
package struct PointTriggerInput: Sendable {
  /// Name, category, group and window.
  package var rule = RuleInput()
  /// The points that a contact has to reach; 0 where a new trigger names none.
  package var points: Int?
  /// The colour as hex digits; an empty text is none.
  package var color: String?
  /// Whether contacts that have the points already get it too.
  package var firesExisting: Bool?
  /// Its events: those with a known number are changed, the others are new. Those that are not named stay,
  /// unless everything is replaced.
  package var events: [PointTriggerEventInput]?

  /// Nothing.
  package init() {}
}

/// What is to be written of an event; `nil` leaves a member as it is.
package struct PointTriggerEventInput: Sendable {
  /// The number of one that is there.
  package var id: Int64?
  /// The name; without one that of its type.
  package var name: String?
  /// What it is for.
  package var description: String?
  /// What it does; never changes.
  package var type: String?
  /// The place among the events; without one the place in the list.
  package var position: Int?
  /// How.
  package var properties: JSONValue?

  /// Nothing.
  package init() {}
}

extension ListQuery {
  /// The list of point triggers: its conditions stand on the table `point_triggers`, called so.
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
