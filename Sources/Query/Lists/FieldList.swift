extension ListQuery {
  /// The list of fields: its conditions refer to the table `fields` by that name.
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
