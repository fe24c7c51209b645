package import Contacts
package import Fields
package import Postgres
package import Users

/// Reads the rows of reports.
package struct ReportReader: Sendable {
  private let pool: PostgresPool
  private let fields: FieldStore
  private let tables: [StatsTable]
  private let slots: ReadSlots
  private let fileSlots: ReadSlots

  /// - Parameters:
  ///   - fields: The fields of contacts and companies.
  ///   - tables: The statistics tables of all modules.
  ///   - slots: Shared by all readers of a process.
  ///   - fileSlots: Those of files, which last as long as their clients take.
  package init(
    pool: PostgresPool, fields: FieldStore, tables: [StatsTable], slots: ReadSlots,
    fileSlots: ReadSlots = ReadSlots(count: 2, mostWaiting: 20)
  ) {
    self.pool = pool
    self.fields = fields
    self.tables = tables
    self.slots = slots
    self.fileSlots = fileSlots
  }

  /// Returns what reports can be about, with the columns that there are at present.
  ///
  /// - Throws: `PostgresError`.
  package func catalogue() async throws -> ReportCatalogue {
    ReportCatalogue(try await fields.current(), tables: tables)
  }

  /// Returns the statements of a report for a user, who sees no rows that he may not.
  ///
  /// - Throws: `InvalidInput` where the report names what its source lacks; ``ReportError``; `PostgresError`.
  package func statement(
    _ report: ReportValues, within window: ReportWindow?, for rights: PermissionSet, user: Int64
  ) async throws -> ReportStatement {
    let source = try await catalogue().source(report.source)
    return try ReportCompiler.compile(
      report, of: source, within: window,
      where: try source.limits.condition(for: rights, user: user))
  }

  /// Returns a page of rows and the number of all rows, from one snapshot. Each value is a text or nil.
  ///
  /// - Throws: ``ReportError/tooSlow(seconds:)``; `PostgresError`.
  package func page(
    _ statement: ReportStatement, start: Int, limit: Int
  ) async throws -> (rows: [[String?]], total: Int) {
    let width = statement.columns.count
    return try await pool.bounded(by: slots, seconds: ReportLimits.pageSeconds) { connection in
      let results = try await connection.pipeline([
        statement.count, statement.rows(start: start, limit: limit),
      ])
      return (
        try Self.texts(results[1], width), try results[0].first?.decode(at: 0, as: Int.self) ?? 0
      )
    }
  }

  /// Reads all rows, some hundreds at a time, from one snapshot.
  ///
  /// - Throws: What `body` throws; ``ReportError/tooSlow(seconds:)``; `PostgresError`.
  package func rows(
    _ statement: ReportStatement, isolation: isolated (any Actor)? = #isolation,
    _ body: ([[String?]]) async throws -> Void
  ) async throws {
    let width = statement.columns.count
    let all = statement.rows(start: 0, limit: ReportLimits.fileRows)
    let begun = ContinuousClock.now
    try await pool.bounded(by: fileSlots, seconds: ReportLimits.pieceSeconds) { connection in
      try await connection.batches(of: all, size: 500) { rows in
        guard begun.duration(to: .now) < .seconds(ReportLimits.fileSeconds) else {
          throw ReportError.tooSlow(seconds: ReportLimits.fileSeconds)
        }
        try await body(Self.texts(rows, width))
      }
    }
  }

  private static func texts(_ rows: PostgresRows, _ width: Int) throws -> [[String?]] {
    try rows.map { row in try (0..<width).map { try row.decode(at: $0, as: String?.self) } }
  }
}
