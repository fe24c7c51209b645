import Foundation
package import JobQueue
package import Postgres
import Primitives

/// Uploaded files in the database: the only type that reads and writes their bytes.
package struct MediaFileStore: Sendable {
  private static let partBytes = 1_048_576
  private static let pictures: Set<String> = ["gif", "jpg", "jpeg", "png", "webp"]

  let transactions: TransactionRunner
  let settings: @Sendable () async throws -> AssetSettings

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - settings: Reads what the operator has set.
  package init(
    transactions: TransactionRunner, settings: @escaping @Sendable () async throws -> AssetSettings
  ) {
    self.transactions = transactions
    self.settings = settings
  }

  var pool: PostgresPool { transactions.postgres }

  /// Receives a file as a stream. It is there once it is complete; if it is refused or breaks off, nothing remains.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - name: The name with which it comes; it gets one of its own in the folder.
  ///   - user: The user who sends it.
  ///   - next: Returns the next bytes, nil at the end.
  /// - Throws: ``MediaError``, or what `next` throws.
  package func receive<Chunk: Collection<UInt8>>(
    _ folder: MediaFolder, name: String, by user: Int64?,
    isolation: isolated (any Actor)? = #isolation,
    _ next: () async throws -> Chunk?
  ) async throws -> MediaFile {
    let settings = try await settings()
    let allowed = folder.isPublic ? Self.pictures : settings.extensions
    let end = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } : nil
    guard let end, allowed.contains(end) else {
      throw MediaError.extensionNotAllowed(String(name.prefix(60)), allowed: allowed.sorted())
    }
    let id: Int64 = try await pool.query(
      """
      INSERT INTO media_files (folder, name, original_name, extension, date_added, created_by)
      VALUES (\(folder.path), \(Self.newName(end)), \(Self.storable(name)), \(end), \(transactions.clock.now),
        \(user)::bigint)
      RETURNING id
      """
    )[0].decode(at: 0)
    do {
      let (size, hash) = try await write(id, limit: settings.largestFile, next)
      guard size > 0 else { throw MediaError.empty }
      let rows = try await pool.query(
        """
        UPDATE media_files SET size = \(size), sha256 = \(hash) WHERE id = \(id)
        RETURNING \(sql: MediaFile.columns)
        """)
      guard let row = rows.first else { throw MediaError.notFound(String(name.prefix(60))) }
      return try MediaFile(row)
    } catch {
      try await pool.query("DELETE FROM media_files WHERE id = \(id)")
      throw error
    }
  }

  /// Writes parts as they are complete, so that at most one is in memory.
  private func write<Chunk: Collection<UInt8>>(
    _ id: Int64, limit: Int64, isolation: isolated (any Actor)? = #isolation,
    _ next: () async throws -> Chunk?
  ) async throws -> (size: Int64, sha256: String) {
    guard let digest = Digest(.sha256) else { throw NoHash() }
    var (size, number) = (Int64(0), Int32(0))
    var part: [UInt8] = []
    part.reserveCapacity(Self.partBytes)
    while let chunk = try await next() {
      size += Int64(chunk.count)
      guard size <= limit else { throw MediaError.tooLarge(limit: limit) }
      part.append(contentsOf: chunk)
      while part.count >= Self.partBytes {
        try await store(Array(part.prefix(Self.partBytes)), number, of: id, digest)
        part.removeFirst(Self.partBytes)
        number += 1
      }
    }
    if !part.isEmpty { try await store(part, number, of: id, digest) }
    return (size, digest.finish())
  }

  private func store(
    _ bytes: [UInt8], _ number: Int32, of id: Int64, _ digest: Digest,
    isolation: isolated (any Actor)? = #isolation
  ) async throws {
    digest.update(bytes)
    try await pool.query(
      "INSERT INTO media_parts (file_id, number, bytes) VALUES (\(id), \(number), \(bytes))")
  }

  /// Reads a range of a file.
  ///
  /// - Parameters:
  ///   - range: The bytes to read, within the file.
  ///   - write: Receives them in order, in pieces; reading waits for it.
  /// - Throws: ``MediaError`` `notFound` if the file goes meanwhile.
  package func read(
    _ range: Range<Int64>, of file: MediaFile,
    isolation: isolated (any Actor)? = #isolation, _ write: ([UInt8]) async throws -> Void
  ) async throws {
    var position = max(0, range.lowerBound)
    let end = min(range.upperBound, file.size)
    while position < end {
      let partBytes = Int64(Self.partBytes)
      let start = position % partBytes
      let length = min(partBytes - start, end - position)
      let rows = try await pool.query(
        """
        SELECT substring(bytes FROM \(Int32(start + 1)) FOR \(Int32(length))) AS bytes FROM media_parts
        WHERE file_id = \(file.id) AND number = \(Int32(position / partBytes))
        """)
      guard let bytes = try rows.first?.decode("bytes", as: [UInt8].self), !bytes.isEmpty else {
        throw MediaError.notFound(file.name)
      }
      try await write(bytes)
      position += Int64(bytes.count)
    }
  }

  /// Returns the names of the complete files of a folder.
  package func names(_ folder: MediaFolder) async throws -> [String] {
    try await pool.query(
      """
      SELECT name FROM media_files
      WHERE folder = \(folder.path) AND sha256 IS NOT NULL AND deleted_at IS NULL ORDER BY name
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns a file by its name; `nil` if there is none.
  package func file(_ name: String, in folder: MediaFolder) async throws -> MediaFile? {
    try await pool.withConnection { try await Self.file(name, in: folder, on: $0) }
  }

  static func file(
    _ name: String, in folder: MediaFolder, locking lock: SQL = "",
    on connection: PostgresConnection
  ) async throws -> MediaFile? {
    try await connection.query(
      """
      SELECT \(sql: MediaFile.columns) FROM media_files
      WHERE folder = \(folder.path) AND name = \(name) AND sha256 IS NOT NULL AND deleted_at IS NULL
      \(sql: lock)
      """
    ).first.map(MediaFile.init)
  }

  /// Returns a file by its id, also one that was deleted while an asset has it.
  package func file(_ id: Int64) async throws -> MediaFile? {
    try await pool.query(
      "SELECT \(sql: MediaFile.columns) FROM media_files WHERE id = \(id) AND sha256 IS NOT NULL"
    ).first.map(MediaFile.init)
  }

  /// Deletes a file. Its content stays as long as an asset has it.
  ///
  /// - Returns: Whether there was one.
  package func delete(_ name: String, in folder: MediaFolder) async throws -> Bool {
    try await !pool.query(
      """
      UPDATE media_files SET deleted_at = \(transactions.clock.now)
      WHERE folder = \(folder.path) AND name = \(name) AND sha256 IS NOT NULL AND deleted_at IS NULL
      RETURNING id
      """
    ).isEmpty
  }

  /// Deletes files that nobody has, and those whose upload broke off with its process.
  ///
  /// - Returns: The number of files deleted, at most `count`.
  static func prune(_ count: Int, in transaction: Transaction) async throws -> Int {
    let limit = transaction.now.addingTimeInterval(-86_400)
    return try await transaction.query(
      """
      DELETE FROM media_files WHERE id IN (
        SELECT id FROM media_files f
        WHERE (f.deleted_at IS NOT NULL OR f.sha256 IS NULL)
          AND coalesce(f.deleted_at, f.date_added) < \(limit)
          AND NOT EXISTS (SELECT FROM assets a WHERE a.file_id = f.id)
        ORDER BY id LIMIT \(count) FOR UPDATE
      ) RETURNING id
      """
    ).count
  }

  /// A name that nobody can guess and that no other file has.
  private static func newName(_ end: String) -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return "\(Hex.encode(bytes)).\(end)"
  }

  /// A name of a client as it can be stored and sent: without control characters.
  private static func storable(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(191)))
  }
}

/// The library offers no SHA-256.
private struct NoHash: Error {}
