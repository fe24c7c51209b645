/// Takes the data of a COPY and hands them to the server in large pieces. To be used inside the
/// closure that received it, by one task at a time.
public final class CopyWriter {
  /// The size in bytes to which smaller writes are gathered.
  static let pieceSize = 64 * 1024
  /// The size in bytes of the slices of larger writes, so that a refusal is noticed on the way.
  static let largestPiece = 1024 * 1024

  private let connection: PostgresConnection
  private var buffer: [UInt8] = []
  /// The number of bytes written so far.
  public private(set) var bytesWritten = 0

  init(connection: PostgresConnection) { self.connection = connection }

  /// Writes bytes in COPY's format, which may begin and end anywhere.
  /// - Throws: if the server stopped reading or the connection is lost.
  public func write(
    _ bytes: [UInt8], isolation: isolated (any Actor)? = #isolation
  ) async throws {
    bytesWritten += bytes.count
    if buffer.isEmpty, bytes.count >= Self.pieceSize {
      try await put(bytes, isolation: isolation)
      return
    }
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.pieceSize { try await flush() }
  }

  /// Writes bytes in COPY's format from memory that is the caller's.
  public func write(
    _ bytes: UnsafeRawBufferPointer, isolation: isolated (any Actor)? = #isolation
  ) async throws {
    bytesWritten += bytes.count
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.pieceSize { try await flush() }
  }

  /// Writes one row of texts in COPY's text format; `nil` is NULL.
  public func write(
    row: [String?], isolation: isolated (any Actor)? = #isolation
  ) async throws {
    let before = buffer.count
    CopyText.append(row: row, to: &buffer)
    bytesWritten += buffer.count - before
    if buffer.count >= Self.pieceSize { try await flush() }
  }

  /// Sends what was gathered.
  func flush(isolation: isolated (any Actor)? = #isolation) async throws {
    guard !buffer.isEmpty else { return }
    let piece = buffer
    buffer = []
    try await put(piece, isolation: isolation)
  }

  private func put(
    _ bytes: [UInt8], isolation: isolated (any Actor)?
  ) async throws {
    do throws(PostgresError) {
      try await connection.putCopy(bytes)
    } catch {
      if error.message == CopyStopped.message { throw CopyStopped() }
      throw error
    }
  }
}

/// The server stopped reading a COPY; why is in the result that follows.
struct CopyStopped: Error {
  static let message = "the server stopped reading the COPY"
}
