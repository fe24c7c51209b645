import Postgres

/// The file of a completed export, read one part at a time from any position.
package struct ExportFile: Sendable {
  package let export: Export
  /// The size in bytes.
  package let size: Int64
  /// The SHA-256 that identifies the content.
  package let sha256: String
  let pool: PostgresPool

  /// Reads a range.
  ///
  /// - Parameters:
  ///   - range: The bytes to read, within the file.
  ///   - write: Receives them in order, in pieces; reading waits for it.
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
