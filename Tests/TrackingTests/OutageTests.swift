import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Postgres
import Redis
import TestSupport
import Testing

@testable import Tracking

@Suite("Hits while a server is away (tracking.md 18)")
struct OutageTests {
  /// Redis and PostgreSQL of the test's own, to be killed, and tracking on them.
  private static func with(
    _ body: (PrivateRedis, PrivatePostgres, JobClient, TrackingEnvironment) async throws -> Void
  ) async throws {
    let (redis, postgres) = (
      try await PrivateRedis.start(persistent: true), try await PrivatePostgres.start()
    )
    let connection = RedisConnection(
      try RedisConfiguration(url: redis.url), name: "test", logger: .silent)
    let pool = PostgresPool(
      try PostgresConfiguration(url: postgres.url, maximumConnections: 8), logger: .silent)
    try await Migrator(TrackingBed.migrations).run(on: pool)
    let jobs = JobClient(redis: connection, postgres: pool, prefix: "test", logger: .silent)
    let environment = TrackingEnvironment(
      jobs: jobs, prefix: "test", fields: FieldStore(pool: pool),
      tables: MergeTable.contacts + MergeTable.tracking, site: TrackingBed.site,
      settings: { TrackingSettings() }, companies: { CompanyRules() }, freshness: .zero,
      patience: .seconds(20), logger: .silent)
    try await body(redis, postgres, jobs, environment)
    await connection.close()
    await pool.close()
  }

  private static func request(_ page: String, device: String? = nil, hit: UUID = UUID())
    -> VisitRequest
  {
    VisitRequest(
      parameters: ["page_url": page, "hit_id": hit.uuidString],
      cookies: device.map { ["mautic_device_id": $0] } ?? [:], address: "198.51.100.7",
      agent: TrackingBed.firefox, at: Date(), claim: DeviceTrackingStore.makeID())
  }

  private static func record(_ environment: TrackingEnvironment) async throws {
    for part in 0..<TrackingQueue.parts { try await environment.handler.drain(part) {} }
  }

  private static func device(_ outcome: Tracker.Outcome) throws -> String {
    guard case .tracked(let device, _, _) = outcome else { throw NotTracked() }
    return device
  }

  private struct NotTracked: Error {}

  @Test(
    "Redis emptied or away: the database keeps them. The database away: Redis does. Both: an error, and the same id later"
  )
  func outages() async throws {
    try await Self.with { redis, postgres, jobs, environment in
      let tracker = environment.tracker
      func hit(_ page: String, _ device: String?, _ id: UUID = UUID()) async throws -> String {
        try Self.device(
          try await tracker.hit(Self.request(page, device: device, hit: id), isStrict: true))
      }
      let known = try await hit("/1", nil)
      try await Self.record(environment)
      let second = UUID()
      #expect(try await hit("/2", known, second) == known)
      _ = try await jobs.redis.send("FLUSHALL")
      #expect(try await !environment.backlog.isEmpty())
      redis.kill()
      // Sent again, it counts once.
      #expect(try await hit("/2", known, second) == known)
      try await redis.start()

      postgres.kill()
      // A known browser, a new one, and the second page of the new one.
      #expect(try await hit("/3", known) == known)
      let new = try await hit("/4", nil)
      #expect(try await hit("/5", new) == new)

      redis.kill()
      let id = UUID()
      await #expect(throws: (any Error).self) { _ = try await hit("/6", known, id) }
      try await redis.start()
      try await postgres.start()
      // The breakers let a request try again after a second.
      let isBack = await eventually {
        do { return try await hit("/6", known, id) == known } catch { return false }
      }
      #expect(isBack)
      let isDone = await eventually {
        do {
          try await Self.record(environment)
          let rows = try await jobs.postgres.query("SELECT url FROM page_hits ORDER BY url")
          return try rows.map { try $0.decode(at: 0, as: String.self) }
            == ["/1", "/2", "/3", "/4", "/5", "/6"]
        } catch { return false }
      }
      #expect(isDone)
      let visitors = try await jobs.postgres.query(
        "SELECT count(DISTINCT contact_id)::integer, count(contact_id)::integer FROM page_hits")
      #expect(try visitors[0].decode(at: 0, as: Int.self) == 2)
      #expect(try visitors[0].decode(at: 1, as: Int.self) == 6)
      #expect(try await hit("/7", new) == new)
    }
  }

  @Test(
    "MSG-02, MSG-03: Redis keeps messages while the database is away; they count once all the same")
  func messages() async throws {
    try await Self.with { redis, postgres, jobs, environment in
      let key = WriteKey(id: 1, name: "app", isServer: true, origins: [], dateAdded: Date())
      func take(_ messages: [Message]) async throws {
        let source = MessageSource(
          key: key, address: "198.51.100.7", agent: TrackingBed.firefox, at: Date())
        try await environment.messages.take(messages, from: source)
      }
      var identify = Message(.identify, at: Date())
      identify.user = "u1"
      identify.values = .object(["city": .string("Oslo")])
      var track = Message(.track, at: Date())
      track.user = "u1"
      track.name = "Paid"
      let both = [identify, track]
      // The process has read the definitions of fields.
      try await take([])
      postgres.kill()
      try await take(both)
      redis.kill()
      await #expect(throws: (any Error).self) { try await take(both) }
      try await redis.start()
      try await postgres.start()
      let isBack = await eventually {
        do {
          try await take(both)
          return true
        } catch { return false }
      }
      #expect(isBack)
      let isDone = await eventually {
        do {
          try await Self.record(environment)
          let rows = try await jobs.postgres.query(
            "SELECT c.city || ' ' || e.name FROM tracked_events e JOIN contacts c ON c.id = e.contact_id"
          )
          return try rows.map { try $0.decode(at: 0, as: String.self) } == ["Oslo Paid"]
        } catch { return false }
      }
      #expect(isDone)
      #expect(try await environment.backlog.isEmpty())
      let contacts = try await jobs.postgres.query("SELECT FROM contacts")
      #expect(contacts.count == 1)
    }
  }
}
