package import Contacts
package import Fields
package import JobQueue
package import Postgres

/// Reads and writes reports (api.md 10).
package struct ReportStore: TableStore {
  package typealias Record = Report

  package let transactions: TransactionRunner
  let fields: FieldStore
  let tables: [StatsTable]
  let timing: ReportTiming

  /// - Parameters:
  ///   - fields: The fields of contacts and companies.
  ///   - tables: The statistics tables of all modules.
  ///   - timing: Tells when reports are sent.
  package init(
    transactions: TransactionRunner, fields: FieldStore, tables: [StatsTable],
    timing: ReportTiming
  ) {
    self.transactions = transactions
    self.fields = fields
    self.tables = tables
    self.timing = timing
  }

  package static let table = "reports"
  package static let noun = "report"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Report] {
    try await read(rows, on: connection) { row, values, _ in
      Report(id: try row.decode("id"), values: values, dates: try RecordDates(row))
    }
  }

  /// Checks that the source has what the report names, and that the values of filters are such.
  package func check(
    _ values: ReportValues, of id: Int64?, in transaction: Transaction
  ) async throws {
    let catalogue = ReportCatalogue(
      try await fields.current(on: transaction.connection), tables: tables)
    _ = try ReportCompiler.compile(values, of: try catalogue.source(values.source))
  }

  /// Plans the next sending where the schedule changed.
  package func follow(
    _ id: Int64, from before: ReportValues?, to after: ReportValues, in transaction: Transaction
  ) async throws {
    guard
      before?.schedule != after.schedule || before?.isPublished != after.isPublished
    else { return }
    let next = after.isPublished ? try await timing.next(after.schedule, transaction.now) : nil
    try await transaction.query(
      "UPDATE reports SET next_at = \(next)::timestamptz WHERE id = \(id)")
  }
}
