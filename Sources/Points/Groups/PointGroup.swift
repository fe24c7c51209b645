public import Contacts
import Postgres

/// A named second score of contacts (points-stages-forms.md 1.1).
public struct PointGroup: Sendable, Identifiable, Equatable {
  /// The group's number.
  public var id: Int64
  /// The name.
  public var name: String
  /// What it is for.
  public var description: String?
  /// Whether it is in use.
  public var isPublished: Bool
  /// When it was made and changed.
  public var dates: RecordDates

  static let columns: SQL = """
    id, name, description, is_published, \(sql: RecordDates.columns(of: "point_groups"))
    """

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    name = try row.decode("name")
    description = try row.decode("description")
    isPublished = try row.decode("is_published")
    dates = try RecordDates(row)
  }
}

/// What is to be written of a point group; `nil` leaves a member as it is.
public struct PointGroupInput: Sendable {
  /// The name, 1 to 191 characters.
  public var name: String?
  /// What it is for; an empty text is none.
  public var description: String?
  /// Whether it is in use.
  public var isPublished: Bool?

  /// Nothing.
  public init() {}
}

/// The score of a contact in a group.
public struct GroupScore: Sendable, Equatable {
  /// The group.
  public var group: PointGroup
  /// The score.
  public var score: Int
}

extension ListQuery {
  /// The list of point groups: its conditions stand on the table `point_groups`, called so.
  public static let pointGroups = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "point_groups"),
      QueryColumn("name", .text, of: "point_groups"),
      QueryColumn("description", .text, of: "point_groups"),
    ] + published("point_groups"),
    mainColumns: ["name", "description"])
}
