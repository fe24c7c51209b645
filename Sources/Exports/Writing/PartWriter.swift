import JobQueue
import Postgres

/// Writes the parts of one run of an export while the next ones are being encoded.
///
/// Each step is a transaction that commits only while this worker has the job and the export is in
/// this run: writes of a worker believed dead are refused, and nothing has to be undone.
actor PartWriter {
  private let context: JobContext
  private let export: Int64
  private let run: Int
  private var cutter: PartCutter

  init(_ export: Export, partBytes: Int, _ context: JobContext) throws {
    self.context = context
    self.export = export.id
    run = export.run
    cutter = try PartCutter(partBytes: partBytes, packs: export.options.packs)
  }

  /// Writes a batch of the file and the progress.
  func write(_ batch: ExportBatch) async throws {
    try await store(try cutter.add(batch.bytes), batch)
  }

  /// Writes the rest.
  /// - Returns: The size and hash of the whole file.
  func finish(_ batch: ExportBatch) async throws -> (size: Int64, sha256: String) {
    let (parts, hash) = try cutter.finish()
    try await store(parts, batch)
    return (cutter.size, hash)
  }

  private func store(_ parts: [Part], _ batch: ExportBatch) async throws {
    let (export, run) = (export, run)
    context.progress(done: batch.processed, total: batch.total)
    try await context.transaction { transaction in
      // If the server loses these, it also loses the later commit that marks the file as ready,
      // which does wait for the disk.
      await transaction.sendWithNext("SET LOCAL synchronous_commit = off")
      let isCurrent = try await ExportStore.saveProgress(
        total: batch.total, processed: batch.processed, neutralised: batch.neutralised,
        shortened: batch.shortened, of: export, run: run, on: transaction.connection)
      guard isCurrent else { throw ExportGone() }
      guard !parts.isEmpty else { return }
      try await ExportStore.copyParts(Self.binary(parts, export, run), on: transaction.connection)
    }
  }

  /// Returns parts in COPY's binary form, which takes bytes unescaped.
  private static func binary(_ parts: [Part], _ export: Int64, _ run: Int) -> [UInt8] {
    var output: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0]
    output.reserveCapacity(parts.reduce(64) { $0 + $1.bytes.count + 64 })
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.bigEndian) { output.append(contentsOf: $0) }
    }
    append(Int32(0))  // no flags
    append(Int32(0))  // no extension
    for part in parts {
      append(Int16(4))
      append(Int32(8))
      append(export)
      append(Int32(4))
      append(Int32(truncatingIfNeeded: run))
      append(Int32(4))
      append(Int32(truncatingIfNeeded: part.number))
      append(Int32(truncatingIfNeeded: part.bytes.count))
      output.append(contentsOf: part.bytes)
    }
    append(Int16(-1))
    return output
  }
}

/// A batch of file content on its way to the database.
struct ExportBatch: Sendable {
  var bytes: [UInt8] = []
  /// The number of rows in the snapshot.
  var total: Int64 = 0
  /// The number of rows written so far.
  var processed: Int64 = 0
  var neutralised: Int64 = 0
  var shortened: Int64 = 0
}

/// The error for an export that was stopped, deleted or restarted: this run has nothing left to do.
struct ExportGone: Error {}
