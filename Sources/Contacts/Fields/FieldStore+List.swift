package import Postgres

extension FieldStore {
  /// A page of an object's fields, and how many there are in all.
  ///
  /// - Parameters:
  ///   - object: Whose fields.
  ///   - start: How many to leave out from the beginning.
  ///   - limit: How many to return at most.
  ///   - condition: A condition on the table `fields`.
  ///   - order: `ORDER BY …`.
  package func page(
    _ object: FieldObject, start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY position, id"
  ) async throws -> (fields: [Field], total: Int) {
    try await pool.transaction(isolation: .repeatableRead) { connection in
      let known = try await self.current(on: connection)
      let types = known.all.map(\.id)
      // Those of a newer version of this program that it does not know are not counted either.
      let found: SQL = """
        FROM fields WHERE object = \(object.rawValue) AND id = ANY (\(types)) AND \(sql: condition)
        """
      let count = try await connection.query("SELECT count(*) \(sql: found)")
      let rows = try await connection.query(
        "SELECT id \(sql: found) \(sql: order) LIMIT \(limit) OFFSET \(start)")
      let fields = try rows.compactMap { known.field(id: try $0.decode(at: 0)) }
      return (fields, try count.first?.decode(at: 0) ?? 0)
    }
  }
}

extension ListQuery {
  /// The list of fields: its conditions stand on the table `fields`, called so.
  package static let fields = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "fields"), QueryColumn("label", .text, of: "fields"),
      QueryColumn("alias", .text, of: "fields", otherNames: ["name"]),
      QueryColumn("type", .text, of: "fields"), QueryColumn("group", .text, of: "fields"),
      QueryColumn("position", .integer, of: "fields", otherNames: ["order"]),
      QueryColumn("object", .text, of: "fields"),
      QueryColumn("default_value", .text, of: "fields"),
      QueryColumn("is_required", .boolean, of: "fields"),
      QueryColumn("is_fixed", .boolean, of: "fields"),
      QueryColumn("is_visible", .boolean, of: "fields"),
      QueryColumn("is_short_visible", .boolean, of: "fields"),
      QueryColumn("is_listable", .boolean, of: "fields"),
      QueryColumn("is_publicly_updatable", .boolean, of: "fields"),
      QueryColumn(
        "is_unique_identifier", .boolean, of: "fields", otherNames: ["is_unique_identifer"]),
      QueryColumn("is_index", .boolean, of: "fields"),
    ] + published("fields"),
    mainColumns: ["label", "alias"],
    commands: [
      "type": find(QueryColumn("type", .text, of: "fields"), at: .whole),
      "group": find(QueryColumn("group", .text, of: "fields"), at: .whole),
      "name": find(QueryColumn("label", .text, of: "fields")),
      "alias": find(QueryColumn("alias", .text, of: "fields"), at: .whole),
      "label": find(QueryColumn("label", .text, of: "fields")),
    ],
    states: [
      "indexed": { _ in "(fields.is_index OR fields.is_unique_identifier)" },
      "unique": { _ in "fields.is_unique_identifier" },
    ],
    defaultOrder: [QueryOrder(QueryColumn("position", .integer, of: "fields"))])
}
