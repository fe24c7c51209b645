extension ListQuery {
  /// Returns the columns of the publish block.
  package static func published(_ table: String) -> [QueryColumn] {
    [
      QueryColumn("is_published", .boolean, of: table),
      QueryColumn("date_added", .instant, of: table),
      QueryColumn("date_modified", .instant, of: table),
      QueryColumn("created_by", .integer, of: table),
      QueryColumn("created_by_user", .text, of: table),
      QueryColumn("modified_by", .integer, of: table),
      QueryColumn("modified_by_user", .text, of: table),
    ]
  }
}
