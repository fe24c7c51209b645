package import Contacts
import Postgres
package import Query

/// A named additional score of contacts (points-stages-forms.md 1.1).
package struct PointGroup: Sendable, Identifiable, Equatable {
  /// The group's id.
  package var id: Int64
  package var name: String
  /// The description.
  package var description: String?
  /// Whether it is in use.
  package var isPublished: Bool
  /// The dates of creation and last change.
  package var dates: RecordDates

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

/// The input for a point group; `nil` leaves a value as it is.
package struct PointGroupInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

/// The score of a contact in a group.
package struct GroupScore: Sendable, Equatable {
  package var group: PointGroup
  package var score: Int
}

extension ListQuery {
  /// The list of point groups; its conditions refer to the table `point_groups` by that name.
  package static let pointGroups = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "point_groups"),
      QueryColumn("name", .text, of: "point_groups"),
      QueryColumn("description", .text, of: "point_groups"),
    ] + published("point_groups"),
    mainColumns: ["name", "description"])
}
