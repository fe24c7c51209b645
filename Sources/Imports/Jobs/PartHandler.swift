import CSV
import Foundation
import JobQueue
import Postgres

/// The handler of ``ImportPart`` and ``ContestedRowsJob``: reads rows, then applies them and marks
/// them as done in the transaction that removes the job.
struct PartHandler: Sendable {
  let loader: RunLoader
  let settings: ImportSettings
  let metrics: ImportMetrics

  func handle(_ job: ImportPart, _ context: JobContext) async throws {
    guard let (item, format) = try await current(job.importID, job.run, context) else { return }
    do {
      let parts = PartStore(pool: context.client.postgres)
      let run = try await loader.run(item, settings)
      let part = try await parts.read(job.part, of: item.id)
      let contested = try await parts.contested(of: job.part, item.id)
      let contents = PartReader(run: run, format: format).read(part, contested: contested)
      try await apply(contents, run, context) { connection in
        guard try await ImportStore.isRunning(job.importID, run: job.run, on: connection) else {
          return false
        }
        // A completed part is not imported again.
        return try await PartStore.complete(job.part, of: job.importID, on: connection)
      } after: { connection in
        try await Self.put(contents.deferred, item, on: connection)
      }
    } catch let error as ImportError {
      // A cancellation deleted the file; the part did not fail.
      guard try await current(job.importID, job.run, context) != nil else { return }
      try await failed(job, error.message, context)
      throw PermanentJobFailure(error.message)
    } catch let error where context.isLastAttempt && Self.isOwn(error) {
      try await failed(job, "\(error)", context)
      throw error
    }
  }

  func handle(_ job: ContestedRowsJob, _ context: JobContext) async throws {
    guard let (item, format) = try await current(job.importID, job.run, context) else { return }
    let run = try await loader.run(item, settings)
    // All rows of one identifier are in one bucket, however many, so they are taken in ranges, in
    // file order.
    let stretch = max(1, settings.contestedRows) * 4
    var isLast = false
    while !isLast {
      try context.checkLease()
      let rows = try await deferred(job, limit: stretch, context)
      isLast = rows.count < stretch
      let contents = PartReader(run: run, format: format).read(rows)
      let last = rows.last?.row ?? 0
      let isDone = try await apply(contents, run, context, endsJob: isLast) { connection in
        guard try await ImportStore.isRunning(job.importID, run: job.run, on: connection) else {
          return false
        }
        let claimed = try await PartStore.deleteContested(
          of: job.importID, bucket: job.bucket, through: last, on: connection)
        guard claimed == 0 || claimed == rows.count else {
          throw RetryJob(after: .seconds(1), "the rows put aside have changed meanwhile")
        }
        return claimed == rows.count
      } after: { _ in
      }
      guard isDone else { return }
    }
  }

  /// Returns the first pending rows of a bucket.
  private func deferred(
    _ job: ContestedRowsJob, limit: Int, _ context: JobContext
  ) async throws -> [DeferredRow] {
    try await PartStore(pool: context.client.postgres).contestedRows(
      of: job.importID, bucket: job.bucket, limit: limit
    ).map { DeferredRow(row: $0.row, line: $0.line, hash: 0, record: $0.record) }
  }

  /// Returns the import if the job still belongs to it.
  private func current(
    _ importID: Int64, _ runNumber: Int, _ context: JobContext
  ) async throws -> (Import, CSVFormat)? {
    let item: Import
    do {
      item = try await ImportStore(pool: context.client.postgres).get(importID)
    } catch let error as ImportError where error.code == .notFound {
      return nil
    }
    guard item.status == .inProgress, item.runNumber == runNumber, let format = item.format else {
      return nil
    }
    return (item, format)
  }

  /// - Parameters:
  ///   - endsJob: Whether the transaction removes the job too.
  ///   - claim: Marks the rows as done; returns false if they must not be processed.
  ///   - after: Further writes, before the counts.
  /// - Returns: The result of `claim`.
  @discardableResult
  private func apply(
    _ contents: PartContents, _ run: ImportRun, _ context: JobContext, endsJob: Bool = true,
    claim: @escaping @Sendable (PostgresConnection) async throws -> Bool,
    after: @escaping @Sendable (PostgresConnection) async throws -> Void
  ) async throws -> Bool {
    let writer = try await ContentsWriter(
      run: run, contents: contents, transactions: context.client.transactions)
    // Another transaction may create a contact at the same moment; the second attempt then finds
    // it. If that does not help, rows in the part conflict with each other.
    var attempt = 0
    while true {
      let carefully = attempt >= 2
      let effect = {
        @Sendable (transaction: Transaction) async throws -> ContentsWriter.Outcome? in
        let connection = transaction.connection
        guard try await claim(connection) else { return nil }
        // Rows and the end of their job are lost or kept together, so there is no need to wait for
        // the disk here: after a server crash the job runs again. The end of the import, which is
        // announced to users, waits for everything before it.
        await connection.sendWithNext("SET LOCAL synchronous_commit = off")
        var outcome = try await writer.write(in: transaction.at(run.started), carefully: carefully)
        outcome.failed += contents.failed
        try await Self.put(outcome.failed, run.importID, on: connection)
        let failed = Set(outcome.failed.map(\.row))
        let warned = contents.warned.filter { !failed.contains($0.row) }
        try await Self.put(warned, run.importID, on: connection)
        try await after(connection)
        // Last, so that parts that end at the same time wait for each other only here.
        try await ImportStore.count(
          inserted: outcome.inserted, updated: outcome.updated, ignored: outcome.failed.count,
          leftOut: warned.reduce(0) { $0 + $1.leftOut }, in: run.importID, in: transaction)
        return outcome
      }
      do {
        let outcome =
          endsJob
          ? try await context.complete(effect) : try await context.transaction(effect)
        guard let outcome else { return false }
        metrics.count(outcome)
        return true
      } catch  where error is RowsRefused && !carefully {
        attempt = 2
      } catch  where ContentsWriter.concernsRows(error) && !carefully {
        attempt += 1
      }
    }
  }

  private static func put(
    _ failed: [FailedRow], _ importID: Int64, on connection: PostgresConnection
  ) async throws {
    guard !failed.isEmpty else { return }
    var buffer = CopyBuffer()
    for row in failed {
      buffer.append(importID)
      buffer.append(Int64(row.row))
      buffer.append(Int64(row.line))
      buffer.append(row.error)
      buffer.append(binary: row.record)
      buffer.endRow()
    }
    try await buffer.copy(into: PartStore.copyFailures, on: connection)
  }

  private static func put(
    _ warned: [WarnedRow], _ importID: Int64, on connection: PostgresConnection
  ) async throws {
    guard !warned.isEmpty else { return }
    var buffer = CopyBuffer()
    for row in warned {
      buffer.append(importID)
      buffer.append(Int64(row.row))
      buffer.append(Int64(row.line))
      buffer.append(row.text)
      buffer.endRow()
    }
    try await buffer.copy(into: PartStore.copyWarnings, on: connection)
  }

  private static func put(
    _ deferred: [DeferredRow], _ item: Import, on connection: PostgresConnection
  ) async throws {
    guard !deferred.isEmpty else { return }
    var buffer = CopyBuffer()
    for row in deferred {
      buffer.append(item.id)
      buffer.append(Int64(row.hash % UInt64(max(1, item.bucketCount))))
      buffer.append(Int64(row.row))
      buffer.append(Int64(row.line))
      buffer.append(binary: row.record)
      buffer.endRow()
    }
    try await buffer.copy(into: PartStore.copyContested, on: connection)
  }

  /// Returns whether an error is the job's own, rather than a lost lease, a stop or an unavailable
  /// server, for which the queue hands the job back without counting an attempt.
  static func isOwn(_ error: any Error) -> Bool {
    guard !(error is CancellationError) else { return false }
    return JobOutcome(error, isLastAttempt: true) == .dead
  }

  private func failed(_ job: ImportPart, _ reason: String, _ context: JobContext) async throws {
    try await context.transaction { transaction in
      try await PartStore.fail(job.part, of: job.importID, reason, on: transaction.connection)
    }
  }
}
