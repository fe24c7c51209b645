import Foundation
import Postgres

/// The SQL that groups dead jobs.
enum DeadGroupStore {
  /// The group of an error.
  ///
  /// - Parameter column: The column with the error.
  static func group(_ column: SQL) -> SQL {
    "left(regexp_replace(coalesce(\(sql: column), ''), '[0-9]+', '#', 'g'), 200)"
  }

  static func groups(limit: Int, on pool: PostgresPool) async throws -> [DeadGroup] {
    try await pool.query(
      """
      SELECT queue, name, \(sql: group("last_error")) AS error, count(*) AS n,
        min(last_error_at) AS first, max(last_error_at) AS last,
        (array_agg(id ORDER BY id DESC))[1] AS newest
      FROM jobs WHERE state = \(literal: JobRow.State.dead)
      GROUP BY 1, 2, 3 ORDER BY n DESC, queue, name LIMIT \(limit)
      """
    ).map {
      DeadGroup(
        queue: try $0.decode("queue"), name: try $0.decode("name"), error: try $0.decode("error"),
        count: try $0.decode("n"), first: try $0.decode("first"), last: try $0.decode("last"),
        newest: try $0.decode("newest"))
    }
  }
}
