import Foundation
import Postgres
package import Primitives

/// Who would be in a segment with filters that are not saved yet.
package struct SegmentPreview: Sendable, Equatable {
  /// How many contacts match.
  package var count: Int
  /// Some of them, the newest first.
  package var sample: [Int64]

  /// The most contacts of a sample.
  package static let maximumSample = 100
  /// So long the database may look, in seconds.
  package static let standardLimit = 5
}

extension SegmentEditor {
  /// Finds who matches filters, without writing anything. The filters are checked as for saving.
  ///
  /// - Parameters:
  ///   - filters: Filters as clients send them.
  ///   - segment: The segment that they are meant for, if it is there already: it may not come to refer
  ///     to itself.
  ///   - sample: How many contacts to name, at most ``SegmentPreview/maximumSample``.
  ///   - limit: How many seconds the database may look.
  ///   - actor: Who asks.
  /// - Throws: `SegmentError.invalid`, `.forbidden`, `.tooSlow`, `PostgresError`.
  package func preview(
    _ filters: JSONValue, of segment: Int64? = nil, sample: Int = 10,
    limit: Int = SegmentPreview.standardLimit, by actor: SegmentActor = .system
  ) async throws -> SegmentPreview {
    let tools = try await tools(for: filters)
    do {
      return try await jobs.postgres.transaction(
        isolation: .repeatableRead, readOnly: true, retries: 0
      ) { connection in
        try await connection.query(
          SQL(unsafeText: "SET LOCAL statement_timeout = \(limit * 1000)"))
        let catalog = try await SegmentStore.catalog(on: connection)
        if let segment, let entry = catalog[segment], !actor.mayUse(entry) {
          throw SegmentError.forbidden
        }
        let check = SegmentCheck(tools, catalog, segment: segment, by: actor)
        var problems: [SegmentProblem] = []
        let canonical = check.filters(filters, old: nil, &problems)
        guard problems.isEmpty else { throw SegmentError.invalid(problems) }
        let filters = try SegmentFilters(json: canonical)
        let compiled = try check.compiler.compile(filters, references: .inlined, of: segment)
        return try await Self.find(
          compiled.condition(excludesVisitors: tools.options.excludesVisitors),
          min(sample, SegmentPreview.maximumSample), connection)
      }
    } catch {
      guard let error = error as? PostgresError, error.sqlState == .queryCanceled else {
        throw error
      }
      throw SegmentError.tooSlow(seconds: limit)
    }
  }

  private static func find(
    _ condition: SQL, _ sample: Int, _ connection: PostgresConnection
  ) async throws -> SegmentPreview {
    let rows = try await connection.query(
      """
      WITH matched AS MATERIALIZED (SELECT c.id FROM contacts AS c WHERE \(sql: condition))
      SELECT (SELECT count(*) FROM matched) AS total,
        ARRAY(SELECT id FROM matched ORDER BY id DESC LIMIT \(max(0, sample))) AS sample
      """)
    return SegmentPreview(
      count: try rows[0].decode("total"), sample: try rows[0].decode("sample"))
  }
}
