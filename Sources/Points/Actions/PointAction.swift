package import Contacts
package import Primitives
package import Query

/// A rule: when a contact does something, it gets points (points-stages-forms.md 1.3).
package struct PointAction: Sendable, Identifiable, Equatable {
  /// The rule's id.
  package var id: Int64
  /// Name, category, group and window.
  package var rule: Rule
  /// What the contact does.
  package var type: PointActionType
  /// About what, as it was sent.
  package var properties: JSONValue
  /// The points it gets, or loses; never 0.
  package var delta: Int
  /// Whether it gets them each time, not only the first (PTS-10, PTS-11).
  package var isRepeatable: Bool
  /// The category it is filed under.
  package var category: Category?
  /// The group whose score changes; `nil` for the points of contacts.
  package var group: PointGroup?
  /// When it was made and changed.
  package var dates: RecordDates
}

/// What is to be written of a point action; `nil` leaves a member as it is.
package struct PointActionInput: Sendable {
  /// Name, category, group and window.
  package var rule = RuleInput()
  /// What the contact does: one of ``PointActionType``.
  package var type: String?
  /// About what.
  package var properties: JSONValue?
  /// The points; not 0.
  package var delta: Int?
  /// Whether it gets them each time.
  package var isRepeatable: Bool?

  /// Nothing.
  package init() {}
}

extension ListQuery {
  /// The list of point actions: its conditions stand on the table `point_actions`, called so.
  package static let pointActions = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "point_actions"),
      QueryColumn("name", .text, of: "point_actions"),
      QueryColumn("description", .text, of: "point_actions"),
      QueryColumn("category_id", .integer, of: "point_actions", otherNames: ["category"]),
      QueryColumn("group_id", .integer, of: "point_actions", otherNames: ["group"]),
      QueryColumn("type", .text, of: "point_actions"),
      QueryColumn("delta", .integer, of: "point_actions"),
      QueryColumn("is_repeatable", .boolean, of: "point_actions", otherNames: ["repeatable"]),
      QueryColumn("publish_up", .instant, of: "point_actions"),
      QueryColumn("publish_down", .instant, of: "point_actions"),
    ] + published("point_actions"),
    mainColumns: ["name", "description"])
}
