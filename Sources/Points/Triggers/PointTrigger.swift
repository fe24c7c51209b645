public import Contacts
import Postgres

/// A rule: when the points of a contact reach a number, its events run once (points-stages-forms.md 1.4).
public struct PointTrigger: Sendable, Identifiable, Equatable {
  /// The trigger's number.
  public var id: Int64
  /// Name, category, group and window.
  public var rule: Rule
  /// The points that a contact has to reach.
  public var points: Int
  /// The colour of contacts who have reached it, as hex digits.
  public var color: String?
  /// Whether saving it applies it to contacts that have the points already (PTS-23).
  public var firesExisting: Bool
  /// What it does, in order.
  public var events: [PointTriggerEvent]
  /// The category it is filed under.
  public var category: Category?
  /// The group whose score counts; `nil` for the points of contacts.
  public var group: PointGroup?
  /// When it was made and changed.
  public var dates: RecordDates
}

/// Something that a point trigger does with a contact, once.
public struct PointTriggerEvent: Sendable, Identifiable, Equatable {
  /// The event's number.
  public var id: Int64
  /// The trigger it belongs to.
  public var trigger: Int64
  /// The name.
  public var name: String
  /// What it is for.
  public var description: String?
  /// What it does, one of ``PointTriggerEventType``.
  public var type: String
  /// The place among the events of the trigger.
  public var position: Int
  /// How, as it was sent.
  public var properties: JSONValue

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
public enum PointTriggerEventType: String, Sendable, CaseIterable {
  case changeCampaigns = "campaign.changecampaign"
  case sendEmail = "email.send"
  case sendEmailToUser = "email.send.to.user"
  case changeSegments = "lead.changelists"
  case changeTags = "lead.changetags"
  case webhook = "webhook"

  /// The name as people read it.
  public var label: String {
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
public struct PointTriggerInput: Sendable {
  /// Name, category, group and window.
  public var rule = RuleInput()
  /// The points that a contact has to reach; 0 where a new trigger names none.
  public var points: Int?
  /// The colour as hex digits; an empty text is none.
  public var color: String?
  /// Whether contacts that have the points already get it too.
  public var firesExisting: Bool?
  /// Its events: those with a known number are changed, the others are new. Those that are not named stay,
  /// unless everything is replaced.
  public var events: [PointTriggerEventInput]?

  /// Nothing.
  public init() {}
}

/// What is to be written of an event; `nil` leaves a member as it is.
public struct PointTriggerEventInput: Sendable {
  /// The number of one that is there.
  public var id: Int64?
  /// The name; without one that of its type.
  public var name: String?
  /// What it is for.
  public var description: String?
  /// What it does; never changes.
  public var type: String?
  /// The place among the events; without one the place in the list.
  public var position: Int?
  /// How.
  public var properties: JSONValue?

  /// Nothing.
  public init() {}
}

extension ListQuery {
  /// The list of point triggers: its conditions stand on the table `point_triggers`, called so.
  public static let pointTriggers = ListQuery(
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
