import Foundation
import Postgres
package import Primitives

/// The contacts that filters would match, before the filters are saved.
package struct SegmentPreview: Sendable, Equatable {
  /// The number of matching contacts.
  package var count: Int
  /// Some of them, newest first.
  package var sample: [Int64]

  /// The maximum size of a sample.
  package static let maximumSample = 100
  /// The default time limit of the query, in seconds.
  package static let standardLimit = 5
}

extension SegmentEditor {
  /// Finds the contacts that match filters, without any write. The filters are checked as for saving.
  ///
  /// - Parameters:
  ///   - filters: Filters as clients send them.
  ///   - segment: The segment they are for, if it exists already: it may not reference itself.
  ///   - sample: The number of contacts to list, at most ``SegmentPreview/maximumSample``.
  ///   - limit: The time limit of the query, in seconds.
  ///   - owner: The user whose contacts alone are looked at; nil for all.
  ///   - actor: The actor who asks.
  /// - Throws: `SegmentError.invalid`, `.forbidden`, `.tooSlow`, `PostgresError`.
  package func preview(
    _ filters: JSONValue, of segment: Int64? = nil, sample: Int = 10,
    limit: Int = SegmentPreview.standardLimit, owner: Int64? = nil, by actor: SegmentActor = .system
  ) async throws -> SegmentPreview {
    let tools = try await tools(for: filters)
    return try await read(within: limit) { connection in
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
        compiled.condition(excludesVisitors: tools.options.excludesVisitors), owner,
        min(sample, SegmentPreview.maximumSample), connection)
    }
  }

  /// Reads in one transaction whose statements have a time limit.
  ///
  /// - Throws: `SegmentError.tooSlow` after the limit; what the body throws.
  func read<Result: Sendable>(
    within seconds: Int, _ body: @Sendable (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    do {
      return try await jobs.postgres.transaction(
        isolation: .repeatableRead, readOnly: true, retries: 0
      ) { connection in
        try await connection.query(
          SQL(unsafeText: "SET LOCAL statement_timeout = \(seconds * 1000)"))
        return try await body(connection)
      }
    } catch {
      guard let error = error as? PostgresError, error.sqlState == .queryCanceled else {
        throw error
      }
      throw SegmentError.tooSlow(seconds: seconds)
    }
  }

  private static func find(
    _ condition: SQL, _ owner: Int64?, _ sample: Int, _ connection: PostgresConnection
  ) async throws -> SegmentPreview {
    let limit: SQL = owner.map { "AND c.owner_id = \($0)" } ?? ""
    let rows = try await connection.query(
      """
      WITH matched AS MATERIALIZED
        (SELECT c.id FROM contacts AS c WHERE (\(sql: condition)) \(sql: limit))
      SELECT (SELECT count(*) FROM matched) AS total,
        ARRAY(SELECT id FROM matched ORDER BY id DESC LIMIT \(max(0, sample))) AS sample
      """)
    return SegmentPreview(
      count: try rows[0].decode("total"), sample: try rows[0].decode("sample"))
  }
}
