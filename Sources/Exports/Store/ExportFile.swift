import Postgres

/// The file of an export that is ready: to be read from any place to any other, a part at a time.
package struct ExportFile: Sendable {
  package let export: Export
  /// Bytes.
  package let size: Int64
  /// The hash that tells this file from any other.
  package let sha256: String
  let pool: PostgresPool

  /// Reads a stretch.
  ///
  /// - Parameters:
  ///   - range: Which bytes; within the file.
  ///   - write: Gets them in order, in pieces; its slowness slows the reading.
  /// - Throws: ``ExportError`` `expired` if the file is deleted meanwhile.
  package func read(
    _ range: Range<Int64>, isolation: isolated (any Actor)? = #isolation,
    _ write: ([UInt8]) async throws -> Void
  ) async throws {
    let partBytes = Int64(export.partBytes)
    var position = max(0, range.lowerBound)
    let end = min(range.upperBound, size)
    while position < end {
      let start = position % partBytes
      let length = min(partBytes - start, end - position)
      let rows = try await pool.query(
        """
        SELECT substring(bytes FROM \(Int32(start + 1)) FOR \(Int32(length))) AS bytes
        FROM export_parts
        WHERE export_id = \(export.id) AND run = \(export.run) AND number = \(position / partBytes)
        """)
      guard let bytes = try rows.first?.decode("bytes", as: [UInt8].self), !bytes.isEmpty else {
        throw ExportError(.expired, "the file was deleted")
      }
      try await write(bytes)
      position += Int64(bytes.count)
    }
  }
}
