package import Postgres
package import Query

/// The list of segments: fields for searches, conditions and orders (segments.md 12, api.md 6).
package enum SegmentList {
  /// The list query on `segments AS s`.
  package static let query = ListQuery(
    columns: [
      column("id", .integer), name, column("public_name", .text), column("alias", .text),
      column("description", .text), column("is_published", .boolean),
      column("is_global", .boolean), column("is_preference_center", .boolean),
      QueryColumn("category_id", .integer, of: "s", otherNames: ["category"]),
      column("date_added", .instant), column("date_modified", .instant),
      column("created_by", .integer), column("created_by_user", .text),
      column("modified_by", .integer), column("modified_by_user", .text),
      QueryColumn("last_built_at", .instant, of: "s", otherNames: ["last_built_date"]),
    ],
    mainColumns: ["name", "alias"], states: ["global": { _ in "s.is_global" }],
    own: { "s.is_global OR s.created_by = \($0.user)" },
    defaultOrder: [QueryOrder(name)])

  private static let name = column("name", .text)

  private static func column(_ name: String, _ kind: QueryColumn.Kind) -> QueryColumn {
    QueryColumn(name, kind, of: "s")
  }

  /// Returns the condition on `segments AS s` for those an actor sees (segments.md 11).
  package static func visible(to actor: SegmentActor) -> SQL {
    actor.isAdministrator ? "true" : "s.is_global OR s.created_by = \(actor.id)"
  }
}
