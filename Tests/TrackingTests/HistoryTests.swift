import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import Query
import Segments
import TestSupport
import Testing

@testable import Tracking

@Suite("Hits in histories, filters, tables and merges")
struct TrackingHistoryTests {
  @Test("CON-100, CON-108: a hit is an event of its contact; the newest of all are found by index")
  func timeline() async throws {
    try await TrackingBed.with { bed in
      let cookies = try await bed.browse([
        ["page_url": "/a", "page_title": "Start"], ["page_url": "screen:home"],
      ])
      let contact = try #require(cookies["mtc_id"].flatMap { Int64($0) })
      let store = TimelineStore(pool: bed.pool, sources: [.pageHits])
      let page = try await store.page(of: contact, limit: 10)
      #expect(page.events.map(\.label) == ["screen:home", "Start"])
      #expect(page.events.allSatisfy { $0.type.rawValue == "page.hit" })
      #expect(try await store.page(of: nil, limit: 10).total == 2)
    }
  }

  @Test("A read waits for the hits before it, and not for ever")
  func backlog() async throws {
    try await TrackingBed.with { bed in
      _ = try await bed.tracker.hit(bed.request(["page_url": "/a"]), isStrict: true)
      async let settled: Void = bed.environment.backlog.settle()
      try await bed.record()
      await settled
      #expect(try await bed.count("page_hits") == 1)
      // Nobody records this one: the read shows what is written.
      _ = try await bed.tracker.hit(bed.request(["page_url": "/b"]), isStrict: true)
      await bed.environment.backlog.settle()
      #expect(try await bed.count("page_hits") == 1)
    }
  }

  @Test("The table of raw rows has the columns of api.md 8.14")
  func stats() async throws {
    try await TrackingBed.with { bed in
      try await bed.browse([["page_url": "/a", "page_title": "T"]])
      bed.settings.value.anonymizesAddresses = true
      try await bed.browse([["page_url": "/b"]])
      let table = try #require(StatsTable.tracking.first)
      let rows = try await bed.pool.query(
        "SELECT url || coalesce(url_title, '') || (ip_id IS NULL)::text FROM \(sql: table.source) ORDER BY id"
      )
      #expect(try rows.map { try $0.decode(at: 0, as: String.self) } == ["/aTfalse", "/btrue"])
    }
  }

  /// The contacts that match a filter of segments.
  private func matches(
    _ bed: TrackingBed, _ field: String, _ comparison: String, _ value: String
  ) async throws -> [Int64] {
    var registry = FilterRegistry.contacts
    registry.addMail()
    registry.addTracking()
    let compiler = SegmentCompiler(
      registry: registry, fields: try await bed.fields.current(), timeZone: .gmt,
      now: bed.jobs.clock.now, segments: [:])
    let filter = JSONValue.object([
      "glue": .string("and"), "object": .string("behaviors"), "field": .string(field),
      "type": .string("text"), "operator": .string(comparison),
      "properties": .object(["filter": .string(value)]),
    ])
    let condition = try compiler.compile(
      SegmentFilters(json: .array([filter])), references: .stored
    ).condition
    return try await bed.pool.query(
      "SELECT c.id FROM contacts AS c WHERE \(sql: condition) ORDER BY c.id"
    ).map { try $0.decode(at: 0) }
  }

  @Test("SEG-64: filters on hits; a visit begins with a hit after half an hour without any")
  func filters() async throws {
    try await TrackingBed.with { bed in
      let one = try await bed.browse(
        [["page_url": "/a", "page_title": "T", "page_referrer": "r"], ["page_url": "/b"]])
      let two = try await bed.browse(
        Array(repeating: ["page_url": "/a/c"], count: 4), every: 1_801)
      let ids = [one, two].compactMap { $0["mtc_id"].flatMap { Int64($0) } }
      #expect(try await matches(bed, "hit_url", "=", "/a") == [ids[0]])
      #expect(try await matches(bed, "hit_url", "startsWith", "/a") == ids)
      #expect(try await matches(bed, "hit_url_count", "gt", "2") == [ids[1]])
      #expect(try await matches(bed, "sessions", "=", "4") == [ids[1]])
      #expect(try await matches(bed, "sessions", "=", "1") == [ids[0]])
      #expect(try await matches(bed, "url_title", "=", "T") == [ids[0]])
      #expect(try await matches(bed, "referer", "like", "%r%") == [ids[0]])
      #expect(try await matches(bed, "page_id", "=", "1") == [])
    }
  }
}
