import CSV
import Foundation
import JobQueue
import Logging
import Postgres

/// Writes the file of one run: one session reads the snapshot and encodes rows while another stores
/// the results. At most two batches are in memory, however large the file.
struct FileMaker: Sendable {
  let export: Export
  let snapshot: Snapshot
  let settings: ExportSettings
  let context: JobContext

  /// The interval between progress updates while no part is full.
  private static let pause = Duration.seconds(1)

  /// Writes everything up to the last part.
  /// - Returns: The size and hash of the file.
  /// - Throws: ``ExportError`` if no contact matches, or too many; `ExportGone`.
  func make() async throws -> (batch: ExportBatch, size: Int64, sha256: String) {
    let writer = try PartWriter(export, partBytes: export.partBytes, context)
    let pool = context.client.postgres
    return try await withThrowingTaskGroup(of: Void.self) { group in
      var isWriting = false
      // Its own session: were it one of the pool's, exports that hold one each could wait forever
      // for each other's second.
      let last = try await PostgresConnection.with(
        pool.configuration, logger: context.logger
      ) { connection in
        try await read(on: connection) { batch in
          if isWriting { try await group.next() }
          isWriting = true
          group.addTask(executorPreference: globalConcurrentExecutor) {
            try await writer.write(batch)
          }
        }
      }
      try await group.waitForAll()
      let (size, hash) = try await writer.finish(last)
      return (last, size, hash)
    }
  }

  /// Reads the snapshot and passes batches on.
  /// - Returns: The final counts.
  private func read(
    on connection: PostgresConnection, _ hand: (ExportBatch) async throws -> Void
  ) async throws -> ExportBatch {
    var batch = ExportBatch()
    var encoder: (any RowEncoder)?
    defer { encoder?.discard() }
    try await connection.transaction(isolation: .repeatableRead) { connection in
      batch.total = try await snapshot.begin(on: connection)
      guard batch.total > 0 else { throw ExportError.nothing }
      if settings.limit > 0, batch.total > settings.limit {
        throw ExportError.tooMany(batch.total, limit: settings.limit)
      }
      try await hand(batch)
      var last = ContinuousClock.now
      var rows = try makeEncoder(expecting: batch.total)
      encoder = rows
      var output: [UInt8] = []
      try rows.begin(into: &output)
      try await snapshot.read(as: rows.input, on: connection) { piece in
        try piece.withUnsafeBytes { try rows.encode($0, into: &output) }
        let now = ContinuousClock.now
        guard output.count >= settings.batchBytes || now - last > Self.pause else { return }
        last = now
        batch.take(rows)
        var full = batch
        full.bytes = output
        output = []
        try await hand(full)
      }
      batch.take(rows)
      batch.bytes = output
      encoder = rows
    }
    // The snapshot is complete; compressing a workbook takes a while and does not need it.
    try await hand(batch)
    batch.bytes = []
    try await encoder?.finish { piece in
      var full = batch
      full.bytes = piece
      try await hand(full)
    }
    return batch
  }

  private func makeEncoder(expecting count: Int64) throws -> any RowEncoder {
    let columns = snapshot.columns
    switch export.options.format {
    case .csv:
      return CSVRowEncoder(
        columns, neutralises: export.options.neutralises,
        byteOrderMark: export.options.byteOrderMark,
        dialect: try CSVDialect(delimiter: export.options.delimiterByte))
    case .jsonl: return JSONRowEncoder(columns)
    case .xlsx:
      return try WorkbookRowEncoder(
        columns, expected: count, rowsPerSheet: settings.rowsPerSheet, folder: settings.folder)
    }
  }
}

extension ExportBatch {
  /// Records the progress of an encoder.
  fileprivate mutating func take(_ encoder: any RowEncoder) {
    processed = encoder.rows
    neutralised = encoder.neutralised
    shortened = encoder.shortened
  }
}
