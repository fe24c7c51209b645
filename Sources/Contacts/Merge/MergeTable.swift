package import Foundation
package import Postgres

/// A table keyed by `contact_id` whose rows a merge moves to the winner (CON-76). Other modules add
/// theirs.
package struct MergeTable: Sendable {
  package let name: String
  /// The statements that move the rows if that takes more than a key, given the pairs as a query
  /// with the columns `winner` and `loser`, and the time of the merge.
  private var steps: (@Sendable (_ pairs: SQL, _ now: Date) -> [SQL])?

  /// The columns that are unique per contact: if the winner has a row with the same values, the
  /// loser's is dropped. Empty: all rows move.
  package let key: [String]
  /// The integer column that is added to the winner's row if it has one.
  package let sum: String?

  /// The statement of a table with its own rules.
  private let statement: (@Sendable (_ pairs: SQL) -> SQL)?

  package init(_ name: String, key: [String] = [], adding sum: String? = nil) {
    self.name = name
    self.key = key
    self.sum = sum
    statement = nil
  }

  /// Creates a table with its own rules.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - statement: Returns the statement that moves the rows, given a query for the pairs:
  ///     `winner`, `loser`.
  package init(_ name: String, by statement: @escaping @Sendable (_ pairs: SQL) -> SQL) {
    self.name = name
    key = []
    sum = nil
    self.statement = statement
  }

  /// The tables of this module without their own rules.
  package static let contacts: [MergeTable] = [
    MergeTable("notes"), MergeTable("devices"), MergeTable("utm_tags"), MergeTable("points_log"),
    MergeTable("stage_log"), MergeTable("do_not_contact_log"),
    MergeTable("contact_tags", key: ["tag_id"]), MergeTable("contact_ips", key: ["ip_id"]),
    MergeTable("contact_categories", key: ["category_id"]),
    MergeTable("frequency_rules", key: ["channel"]),
  ]

  /// Creates a table with its own statements, which leave rows that do not move with the loser.
  ///
  /// - Parameters:
  ///   - name: The table's name.
  ///   - steps: Returns the statements, given the pairs as a query with the columns `winner` and
  ///     `loser`, and the time of the merge.
  package init(_ name: String, steps: @escaping @Sendable (_ pairs: SQL, _ now: Date) -> [SQL]) {
    self.init(name)
    self.steps = steps
  }

  /// Returns the statements of a merge.
  func statements(_ pairs: SQL, now: Date) -> [SQL] { steps?(pairs, now) ?? [moving(pairs)] }

  /// Returns the statement that moves the rows. Rows that do not move are deleted with the loser.
  package func moving(_ pairs: SQL) -> SQL {
    if let statement { return statement(pairs) }
    let same = key.map { "w.\(identifier: $0) = t.\(identifier: $0)" as SQL }
    let isSame = same.joined(separator: " AND ")
    var sql: SQL = "WITH pair AS (\(sql: pairs))"
    if let sum {
      // Clamped to the limit of points (PTS-03, PTS-04).
      sql += """
        , added AS (
          UPDATE \(identifier: name) AS w SET \(identifier: sum) = \(sql: total(sum))
          FROM pair JOIN \(identifier: name) AS t ON t.contact_id = pair.loser
          WHERE w.contact_id = pair.winner AND \(sql: isSame)
        )
        """
    }
    sql += """

      UPDATE \(identifier: name) AS t SET contact_id = pair.winner
      FROM pair WHERE t.contact_id = pair.loser
      """
    guard !key.isEmpty else { return sql }
    sql += """
       AND NOT EXISTS (SELECT FROM \(identifier: name) AS w WHERE w.contact_id = pair.winner
        AND \(sql: isSame))
      """
    return sql
  }

  private func total(_ sum: String) -> SQL {
    let limit = ContactPoints.limit
    return """
      greatest(-\(limit)::bigint, least(\(limit)::bigint,
        w.\(identifier: sum)::bigint + t.\(identifier: sum)))::integer
      """
  }
}
