import ObjectStore
import Postgres

/// Takes the bytes of one file in parts.
protocol PartSink: Sendable {
  /// The size of every part but the last one, in bytes.
  static var partBytes: Int { get }

  /// Keeps a part.
  mutating func write(_ part: [UInt8], isLast: Bool) async throws
}

extension ObjectWriter: PartSink {}

/// The parts of a file in PostgreSQL.
struct MediaParts: PartSink {
  static let partBytes = 1_048_576

  private let file: Int64
  private let pool: PostgresPool
  private var count: Int32 = 0

  init(of file: Int64, pool: PostgresPool) {
    self.file = file
    self.pool = pool
  }

  mutating func write(_ part: [UInt8], isLast: Bool) async throws {
    try await MediaFileStore.insert(part, number: count, of: file, on: pool)
    count += 1
  }
}
