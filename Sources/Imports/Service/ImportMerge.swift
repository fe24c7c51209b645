package import Contacts

extension MergeTable {
  /// What a merge moves of imports. The import that created the loser is told by its id alone, which goes:
  /// it is written down for the winner.
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
