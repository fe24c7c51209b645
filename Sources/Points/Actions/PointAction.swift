package import Contacts
package import Primitives
package import Query

/// A rule that gives a contact points for an engagement (points-stages-forms.md 1.3).
package struct PointAction: Sendable, Identifiable, Equatable {
  /// The rule's id.
  package var id: Int64
  /// The name, category, group and publication window.
  package var rule: Rule
  /// The type of engagement.
  package var type: PointActionType
  /// The properties of the engagement, as received.
  package var properties: JSONValue
  /// The points that are added, or subtracted if negative; never 0.
  package var delta: Int
  /// Whether it gives points each time, not only the first (PTS-10, PTS-11).
  package var isRepeatable: Bool
  /// The category it is filed under.
  package var category: Category?
  /// The group whose score changes; `nil` for the points of contacts.
  package var group: PointGroup?
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The input for a point action; `nil` leaves a value as it is.
package struct PointActionInput: Sendable {
  /// The name, category, group and publication window.
  package var rule = RuleInput()
  /// The type of engagement: one of ``PointActionType``.
  package var type: String?
  /// The properties of the engagement.
  package var properties: JSONValue?
  /// The points; not 0.
  package var delta: Int?
  /// Whether it gives points each time.
  package var isRepeatable: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of point actions; its conditions refer to the table `point_actions` by that name.
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
