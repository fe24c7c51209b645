import Contacts
import Foundation
import JobQueue
import Mail
import ObjectStore
import ObjectStub
import Points
import Postgres
import Segments
import Synchronization
import TestSchema
import TestSupport
import Users

@testable import Assets

/// A database and a Redis prefix with the stores of assets.
struct AssetsBed: Sendable {
  let jobs: JobClient
  let offset: ClockOffset
  /// The bucket for new files; nil for none.
  var objects: ObjectStore?

  static let author = Author(id: nil, name: "Ada Admin")
  private static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all + AssetsMigrations.all

  var pool: PostgresPool { jobs.postgres }
  var now: Date { jobs.clock.now }
  var store: AssetStore { AssetStore(transactions: jobs.transactions) }

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (AssetsBed) async throws -> R
  ) async throws -> R {
    let offset = ClockOffset()
    return try await TestBed.with(
      migrations: migrations, clock: WallClock { offset.value }
    ) { base in
      try await body(AssetsBed(jobs: base.jobs, offset: offset, objects: nil))
    }
  }

  func files(_ change: @escaping @Sendable (inout AssetSettings) -> Void = { _ in })
    -> MediaFileStore
  {
    MediaFileStore(transactions: jobs.transactions, objects: objects) {
      var settings = AssetSettings()
      change(&settings)
      return settings
    }
  }

  /// Uploads bytes in chunks.
  func upload(
    _ bytes: [UInt8], as name: String = "Price list.pdf", to folder: String = "media",
    chunk: Int = 10_000
  ) async throws -> MediaFile {
    var rest = bytes[...]
    return try await files().receive(try MediaFolder(folder), name: name, by: nil) {
      () -> ArraySlice<UInt8>? in
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(chunk) }
      return rest.prefix(chunk)
    }
  }

  func read(_ file: MediaFile, _ range: Range<Int64>) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await files().read(range, of: file) { bytes += $0 }
    return bytes
  }

  /// The same stores, with new files in a bucket.
  func with(_ bucket: ObjectStub) -> AssetsBed {
    var bed = self
    bed.objects = ObjectStore(
      Bucket(
        name: ObjectStub.bucket, region: ObjectStub.region, endpoint: bucket.endpoint,
        accessKey: ObjectStub.accessKey, secretKey: ObjectStub.secretKey, prefix: "media"),
      patience: ObjectPatience(answer: .seconds(60), upload: .seconds(120), attempts: 2))
    return bed
  }

  /// Runs the pruning as a worker does, twice with a pause: what the first round notes, the second one deletes.
  func prune() async throws {
    var registry = JobRegistry()
    AssetJobs.register(in: &registry, observers: [], objects: objects)
    for _ in 0..<2 {
      try await jobs.transaction { try $0.outbox.add(PruneMedia()) }
      try await jobs.working(registry, periodic: []) {
        _ = try await eventually {
          try await texts("SELECT id::text FROM jobs WHERE name = 'assets.prune'") == []
        }
      }
      offset.advance(by: 3_600)
    }
  }

  func asset(_ title: String = "Price list") async throws -> Asset {
    var input = AssetInput()
    input.title = title
    input.storage = "local"
    input.file = try await upload([1, 2, 3]).name
    return try await store.create(input, by: Self.author, now: now)
  }

  /// Creates contacts with ids from 1.
  func contacts(_ count: Int) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified)
      SELECT id, \(now)::timestamptz, \(now)::timestamptz FROM generate_series(1, \(count)) AS id
      """)
  }

  @discardableResult
  func download(
    _ asset: Asset, contact: Int64? = nil, device: String? = nil, send: UUID? = nil
  ) async throws -> Int64 {
    try await jobs.transaction { transaction in
      try await DownloadStore.record(
        DownloadRequest(
          asset: asset.id, contact: contact, device: device, send: send, address: "203.0.113.9",
          referer: "https://example.com/prices"), in: transaction)
    }
  }

  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }
}

/// Keeps the downloads that it hears of.
final class DownloadWatch: AssetObserver {
  private let seen = Mutex<[AssetDownload]>([])
  var downloads: [AssetDownload] { seen.withLock { $0 } }

  func downloaded(_ download: AssetDownload, in transaction: Transaction) async throws {
    seen.withLock { $0.append(download) }
  }
}
