import Foundation
package import JobQueue
package import ObjectStore
package import Postgres
import Primitives

/// What an upload may be.
package struct MediaBounds: Sendable, Equatable {
  /// The ends of names that are allowed, in small letters.
  package var extensions: Set<String>
  /// The greatest size in bytes.
  package var size: Int64

  package init(extensions: Set<String>, size: Int64) {
    self.extensions = extensions
    self.size = size
  }
}

/// Uploaded files, their bytes in a bucket or in the database: the only type that reads and writes these.
package struct MediaFileStore: Sendable {
  /// The longest that an upload may take, well below the age at which `PruneMedia` takes it for broken off.
  private static let longestUpload = Duration.seconds(12 * 3_600)
  /// The most that is read at once, in bytes.
  private static let pieceBytes = Int64(MediaParts.partBytes)
  private static let pictures: Set<String> = ["gif", "jpg", "jpeg", "png", "webp"]

  let transactions: TransactionRunner
  let objects: ObjectStore?
  let settings: @Sendable () async throws -> AssetSettings

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - objects: The bucket for the bytes of new files; nil to keep these in the database.
  ///   - settings: Reads what the operator has set.
  package init(
    transactions: TransactionRunner, objects: ObjectStore? = nil,
    settings: @escaping @Sendable () async throws -> AssetSettings
  ) {
    self.transactions = transactions
    self.objects = objects
    self.settings = settings
  }

  var pool: PostgresPool { transactions.postgres }

  /// Receives a file as a stream. It is there once it is complete; if it is refused or breaks off, nothing remains. An
  /// object in the bucket is written after its row, by which it is found and deleted if the process dies.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - name: The name with which it comes; it gets one of its own in the folder.
  ///   - user: The user who sends it.
  ///   - bounds: What it may be; nil for what the operator has set.
  ///   - next: Returns the next bytes, nil at the end.
  /// - Throws: ``MediaError``, `ObjectError`, or what `next` throws.
  package func receive<Chunk: Collection<UInt8>>(
    _ folder: MediaFolder, name: String, by user: Int64?, within bounds: MediaBounds? = nil,
    isolation: isolated (any Actor)? = #isolation,
    _ next: () async throws -> Chunk?
  ) async throws -> MediaFile {
    let settings = try await settings()
    let allowed =
      bounds?.extensions ?? (folder.isPublic ? Self.pictures : settings.extensions)
    let now = transactions.clock.now
    let end = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } : nil
    guard let end, allowed.contains(end) else {
      throw MediaError.extensionNotAllowed(String(name.prefix(60)), allowed: allowed.sorted())
    }
    let newName = Self.newName(end)
    let key = objects.map { $0.bucket.key(newName) }
    let id: Int64 = try await pool.query(
      """
      INSERT INTO media_files (folder, name, original_name, extension, date_added, created_by,
        deleted_at, object_key)
      VALUES (\(folder.path), \(newName), \(Self.storable(name)), \(end), \(now),
        \(user)::bigint, \(folder.isLent ? now : nil)::timestamptz, \(key)::text)
      RETURNING id
      """
    )[0].decode(at: 0)
    do {
      let limit = min(settings.largestFile, bounds?.size ?? .max)
      let (size, hash) =
        if let objects, let key {
          try await write(to: ObjectWriter(objects, key: key), limit: limit, next)
        } else {
          try await write(to: MediaParts(of: id, pool: pool), limit: limit, next)
        }
      let rows = try await pool.query(
        """
        UPDATE media_files SET size = \(size), sha256 = \(hash) WHERE id = \(id)
        RETURNING \(sql: MediaFile.columns)
        """)
      guard let row = rows.first else { throw MediaError.notFound(String(name.prefix(60))) }
      return try MediaFile(row)
    } catch {
      try await remove(id, key)
      throw error
    }
  }

  /// Removes a file that did not come to be. Its object is noted here as well as by the trigger: the row may have gone
  /// before the object came.
  private func remove(_ id: Int64, _ key: String?) async throws {
    try await pool.query(
      """
      WITH gone AS (DELETE FROM media_files WHERE id = \(id))
      INSERT INTO media_objects_gone (object_key)
      SELECT key FROM (VALUES (\(key)::text)) AS v (key) WHERE key IS NOT NULL
      ON CONFLICT DO NOTHING
      """)
  }

  /// Writes parts as they are complete, so that at most one is in memory.
  private func write<Chunk: Collection<UInt8>, Sink: PartSink>(
    to sink: Sink, limit: Int64, isolation: isolated (any Actor)? = #isolation,
    _ next: () async throws -> Chunk?
  ) async throws -> (size: Int64, sha256: String) {
    guard let digest = Digest(.sha256) else { throw NoHash() }
    let end = ContinuousClock.now + Self.longestUpload
    var sink = sink
    var size = Int64(0)
    var part: [UInt8] = []
    part.reserveCapacity(Sink.partBytes)
    while let chunk = try await next() {
      guard .now < end else { throw MediaError.tooSlow }
      size += Int64(chunk.count)
      guard size <= limit else { throw MediaError.tooLarge(limit: limit) }
      part.append(contentsOf: chunk)
      // What follows tells whether a part is the last one.
      while part.count > Sink.partBytes {
        let full = Array(part.prefix(Sink.partBytes))
        digest.update(full)
        try await sink.write(full, isLast: false)
        part.removeFirst(Sink.partBytes)
      }
    }
    guard .now < end else { throw MediaError.tooSlow }
    guard size > 0 else { throw MediaError.empty }
    digest.update(part)
    try await sink.write(part, isLast: true)
    return (size, digest.finish())
  }

  static func insert(
    _ bytes: [UInt8], number: Int32, of file: Int64, on pool: PostgresPool
  ) async throws {
    try await pool.query(
      "INSERT INTO media_parts (file_id, number, bytes) VALUES (\(file), \(number), \(bytes))")
  }

  /// Reads a range of a file.
  ///
  /// - Parameters:
  ///   - range: The bytes to read, within the file.
  ///   - write: Receives them in order, in pieces; reading waits for it.
  /// - Throws: ``MediaError`` `notFound` if the file goes meanwhile; `ObjectError`.
  package func read(
    _ range: Range<Int64>, of file: MediaFile,
    isolation: isolated (any Actor)? = #isolation, _ write: ([UInt8]) async throws -> Void
  ) async throws {
    var position = max(0, range.lowerBound)
    let end = min(range.upperBound, file.size)
    while position < end {
      let length = min(Self.pieceBytes - position % Self.pieceBytes, end - position)
      let bytes = try await piece(position..<(position + length), of: file)
      guard !bytes.isEmpty else { throw MediaError.notFound(file.name) }
      try await write(bytes)
      position += Int64(bytes.count)
    }
  }

  /// Checks that the bytes of a file can be read, before an answer with them begins.
  ///
  /// - Throws: ``MediaError`` `notFound`, `ObjectError`.
  package func check(_ file: MediaFile) async throws {
    guard let key = file.objectKey else { return }
    let bucket = try bucket
    let size = try await found(file) { () async throws(ObjectError) in
      try await bucket.size(of: key)
    }
    guard size == file.size else { throw MediaError.notFound(file.name) }
  }

  /// The bytes of a range within a piece; empty if they are gone.
  private func piece(_ range: Range<Int64>, of file: MediaFile) async throws -> [UInt8] {
    if let key = file.objectKey {
      let bucket = try bucket
      return try await found(file) { () async throws(ObjectError) in
        try await bucket.read(range, of: key)
      }
    }
    let start = Int32(range.lowerBound % Self.pieceBytes)
    let rows = try await pool.query(
      """
      SELECT substring(bytes FROM \(start + 1) FOR \(Int32(range.count))) AS bytes FROM media_parts
      WHERE file_id = \(file.id) AND number = \(Int32(range.lowerBound / Self.pieceBytes))
      """)
    return try rows.first?.decode("bytes", as: [UInt8].self) ?? []
  }

  private var bucket: ObjectStore {
    get throws(ObjectError) {
      guard let objects else {
        throw ObjectError(.notConfigured, "the file is in a bucket, and none is configured")
      }
      return objects
    }
  }

  /// What is asked of the bucket about a file; an object that it does not find is a file that is not there.
  private func found<R: Sendable>(
    _ file: MediaFile, _ ask: () async throws(ObjectError) -> R
  ) async throws -> R {
    do throws(ObjectError) {
      return try await ask()
    } catch {
      if error.code == .notFound { throw MediaError.notFound(file.name) }
      throw error
    }
  }

  /// Whether the bytes of any file are in a bucket.
  package static func usesBucket(on pool: PostgresPool) async throws -> Bool {
    try await pool.query("SELECT EXISTS (SELECT FROM media_files WHERE object_key IS NOT NULL)")[0]
      .decode(at: 0)
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

  /// Keeps files that would go away by themselves, for a record of this transaction.
  ///
  /// - Returns: Whether all of them are there.
  package static func keep(_ files: Set<Int64>, in transaction: Transaction) async throws -> Bool {
    try await transaction.query(
      """
      UPDATE media_files SET deleted_at = NULL
      WHERE id IN (SELECT id FROM media_files WHERE id = ANY (\(files.sorted()))
        AND sha256 IS NOT NULL AND deleted_at > '-infinity' ORDER BY id FOR UPDATE)
      RETURNING id
      """
    ).count == files.count
  }

  /// Removes files that no record has kept.
  package func discard(_ files: [Int64]) async throws {
    guard !files.isEmpty else { return }
    try await pool.query(
      "DELETE FROM media_files WHERE id = ANY (\(files)) AND deleted_at IS NOT NULL")
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
