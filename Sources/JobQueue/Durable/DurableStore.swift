import Foundation
import Postgres

/// The SQL of durable jobs. Every function runs on the connection it is given, inside the
/// transaction that is open there.
enum DurableStore {
  /// Inserts jobs.
  ///
  /// - Returns: the jobs that were left out, because one with their unique key is queued.
  static func insert(_ rows: [JobRow], on connection: PostgresConnection) async throws -> Set<JobID>
  {
    guard let first = rows.first else { return [] }
    if rows.count == 1 {
      let inserted = try await connection.query(single(first))
      return inserted.affected == 0 ? [first.id] : []
    }
    guard rows.contains(where: { $0.uniqueKey != nil }) else {
      try await connection.query(many(rows))
      return []
    }
    let answer = try await connection.query(many(rows) + " \(sql: skipTaken) RETURNING id")
    var missing = Set(rows.map(\.id))
    for row in answer { missing.remove(try row.decode("id")) }
    return missing
  }

  private static let skipTaken: SQL =
    """
    ON CONFLICT (name, unique_key)
      WHERE unique_key IS NOT NULL AND state <> \(literal: JobRow.State.dead) DO NOTHING
    """

  /// Most jobs have few of the optional columns, and a short statement is planned faster.
  private static func single(_ row: JobRow) -> SQL {
    let isPlain =
      row.runAt == nil && row.group == nil && row.uniqueKey == nil && row.batch == nil
      && row.object == nil && row.createdBy == nil && row.keepSeconds == nil
    if isPlain {
      return """
        INSERT INTO jobs (id, queue, name, version, payload, max_attempts, timeout_ms, created_at)
        VALUES (\(row.id), \(row.queue), \(row.name), \(Int32(row.version)), \(row.payload),
          \(Int32(row.maxAttempts)), \(row.timeoutMilliseconds), \(row.createdAt))
        """
    }
    return """
      INSERT INTO jobs (\(sql: JobRow.columns))
      VALUES (\(row.id), \(row.queue), \(row.name), \(Int32(row.version)), \(row.payload),
        \(Int32(row.attempt)), \(Int32(row.maxAttempts)), \(row.timeoutMilliseconds),
        \(row.keepSeconds), \(row.runAt), \(row.group), \(row.groupLimit.map { Int32($0) }),
        \(row.groupWeight), \(row.uniqueKey), \(row.batch), \(row.object?.type), \(row.object?.id),
        \(row.createdBy), \(row.createdAt))
      \(sql: row.uniqueKey == nil ? SQL(unsafeText: "") : skipTaken)
      """
  }

  private static func many(_ rows: [JobRow]) -> SQL {
    """
    INSERT INTO jobs (\(sql: JobRow.columns))
    SELECT * FROM unnest(
      \(rows.map(\.id.uuid))::uuid[], \(rows.map(\.queue))::text[], \(rows.map(\.name))::text[],
      \(rows.map { Int32($0.version) })::integer[], \(rows.map(\.payload))::text[],
      \(rows.map { Int32($0.attempt) })::integer[], \(rows.map { Int32($0.maxAttempts) })::integer[],
      \(rows.map(\.timeoutMilliseconds))::bigint[], \(rows.map(\.keepSeconds))::bigint[],
      \(rows.map(\.runAt))::timestamptz[], \(rows.map(\.group))::text[],
      \(rows.map { $0.groupLimit.map { Int32($0) } })::integer[],
      \(rows.map(\.groupWeight))::double precision[], \(rows.map(\.uniqueKey))::text[],
      \(rows.map(\.batch?.uuid))::uuid[], \(rows.map(\.object?.type))::text[],
      \(rows.map(\.object?.id))::bigint[], \(rows.map(\.createdBy))::bigint[],
      \(rows.map(\.createdAt))::timestamptz[])
    """
  }
}
