package import Contacts

extension MergeTable {
  /// The changes of a merge to imports. The import that created the loser is identified by the
  /// loser's id, which is deleted, so it is recorded for the winner.
  package static let imports: [MergeTable] = [
    MergeTable("import_rows") { pairs, _ in
      [
        """
        WITH pair AS (\(sql: pairs))
        INSERT INTO import_rows (contact_id, import_id, row_number, action)
        SELECT pair.winner, b.import_id, pair.loser - b.first_id + 1, \(literal: RowAction.inserted)
        FROM pair JOIN import_blocks b ON pair.loser BETWEEN b.first_id AND b.last_id
        ON CONFLICT DO NOTHING
        """,
        MergeTable("import_rows", key: ["import_id", "row_number"]).moving(pairs),
      ]
    }
  ]
}
