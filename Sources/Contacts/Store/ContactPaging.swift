import Postgres
import Query

/// Finds the contacts of a page and the total number, even among a million contacts.
///
/// A condition with few matches is expensive to check and cheap to sort; one with many is the other
/// way round. So one scan counts the matches and remembers up to ``few``, from which the page is
/// taken. If there are more, the page is read in the order of an index, if there is one.
struct ContactPaging {
  var start: Int
  var limit: Int
  var order: [QueryOrder]
  /// A condition on the table `contacts`; nil for all contacts.
  var condition: SQL?
  /// The maximum number of matches from which a page is taken directly.
  var few = 20_000

  /// Returns the contacts of the page in order, and the total.
  func find(on connection: PostgresConnection) async throws -> (ids: [Int64], total: Int) {
    let (total, found) = try await count(on: connection)
    guard start < total, limit > 0 else { return ([], total) }
    let ids =
      if let found {
        try await connection.query(sorted("contacts.id = ANY (\(found))")).map(Self.id)
      } else if order.isEmpty {
        try await byActivity(on: connection)
      } else {
        try await connection.query(sorted(condition ?? "true")).map(Self.id)
      }
    return (ids, total)
  }

  /// Returns the number of contacts, and the contacts themselves if they are few.
  private func count(on connection: PostgresConnection) async throws -> (Int, few: [Int64]?) {
    guard let condition else {
      let rows = try await connection.query("SELECT count(*) FROM contacts")
      return (try rows.first?.decode(at: 0) ?? 0, nil)
    }
    let rows = try await connection.query(
      """
      SELECT count(*), array_agg(id) FILTER (WHERE place <= \(self.few)) FROM (
        SELECT contacts.id, row_number() OVER () AS place FROM contacts WHERE \(sql: condition)
      ) AS found
      """)
    guard let row = rows.first else { return (0, nil) }
    let total: Int = try row.decode(at: 0)
    return (total, total <= self.few ? try row.decode(at: 1, as: [Int64]?.self) : nil)
  }

  private func sorted(_ condition: SQL) -> SQL {
    let clause: SQL =
      order.isEmpty
      ? "ORDER BY contacts.last_active DESC NULLS LAST, contacts.id DESC"
      : QueryOrder.clause(order, id: "contacts.id")
    return """
      SELECT contacts.id FROM contacts WHERE \(sql: condition) \(sql: clause)
      LIMIT \(limit) OFFSET \(start)
      """
  }

  /// Returns the page in the default order. Active contacts come first and have their own index,
  /// the others follow by id (CON-115), and are read only if the active ones do not fill the page.
  private func byActivity(on connection: PostgresConnection) async throws -> [Int64] {
    let condition = condition ?? "true"
    let active = try await connection.query(
      """
      SELECT contacts.id FROM contacts WHERE last_active IS NOT NULL AND (\(sql: condition))
      ORDER BY last_active DESC, id DESC LIMIT \(limit) OFFSET \(start)
      """
    ).map(Self.id)
    guard active.count < limit else { return active }
    var skipped = 0
    if active.isEmpty, start > 0 {
      let rows = try await connection.query(
        """
        SELECT count(*) FROM contacts WHERE last_active IS NOT NULL AND (\(sql: condition))
        """)
      skipped = start - (try rows.first?.decode(at: 0) ?? 0)
    }
    let others = try await connection.query(
      """
      SELECT contacts.id FROM contacts WHERE last_active IS NULL AND (\(sql: condition))
      ORDER BY id DESC LIMIT \(limit - active.count) OFFSET \(skipped)
      """
    ).map(Self.id)
    return active + others
  }

  private static func id(_ row: PostgresRow) throws -> Int64 { try row.decode(at: 0) }
}
