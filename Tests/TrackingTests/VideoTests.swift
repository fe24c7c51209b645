import Contacts
import Foundation
import JobQueue
import Query
import TestSupport
import Testing

@testable import Tracking

@Suite("Views of videos (tracking.md 1)")
struct VideoTests {
  /// The first view's instant, so that the time the test takes is no part of what is watched.
  private let start = Date()

  private func watch(
    _ bed: TrackingBed, _ seconds: Int, guid: String = "a-1", duration: Int? = 60,
    cookies: [String: String] = [:], after pause: TimeInterval = 0
  ) async throws -> Visitor? {
    var request = bed.request(cookies: cookies)
    request.at = start.addingTimeInterval(pause)
    return try await bed.tracker.watch(
      VideoView(
        guid: guid, url: "https://v.example/film.mp4", duration: duration, watched: seconds,
        referrer: "https://a.example/page", language: "de"), request)
  }

  @Test("A view is one row with the most that was told, whatever order it came in")
  func rows() async throws {
    try await TrackingBed.with { bed in
      let visitor = try #require(try await watch(bed, 10, duration: nil))
      let cookies = ["mautic_device_id": visitor.device.trackingID]
      for (seconds, pause) in [(30, 30.0), (20, 20.0), (30, 30.0)] {
        #expect(try await watch(bed, seconds, cookies: cookies, after: pause) == visitor)
      }
      _ = try await watch(bed, 5, guid: "a-2", cookies: cookies)
      let views = try await bed.texts(
        """
        SELECT concat_ws(' ', guid, time_watched, duration, language,
          extract(epoch FROM left_at - at)::integer) FROM video_hits ORDER BY id
        """)
      #expect(views == ["a-1 30 60 de 30", "a-2 5 60 de 0"])
      #expect(try await bed.count("video_hits WHERE contact_id = \(visitor.contact)") == 2)
    }
  }

  @Test("Nobody changes the view of another visitor")
  func others() async throws {
    try await TrackingBed.with { bed in
      _ = try await watch(bed, 10)
      #expect(try await watch(bed, 50) == nil)
      #expect(try await bed.texts("SELECT time_watched::text FROM video_hits") == ["10"])
    }
  }

  @Test("CON-100, CON-76: it is in the history, which a merge moves; it stays without its contact")
  func history() async throws {
    try await TrackingBed.with { bed in
      let visitor = try #require(try await watch(bed, 10))
      let known = try await bed.contact("ada@example.com")
      try await bed.browse(
        [["page_url": "/", "email": "ada@example.com"]],
        cookies: ["mautic_device_id": visitor.device.trackingID])
      let store = TimelineStore(pool: bed.pool, sources: [.videoHits])
      let page = try await store.page(of: known, limit: 10)
      #expect(page.events.map(\.label) == ["https://v.example/film.mp4"])
      #expect(page.events.map(\.type.rawValue) == ["page.videohit"])
      // The view goes on, though its browser has become somebody else's.
      let cookies = ["mautic_device_id": visitor.device.trackingID]
      #expect(try await watch(bed, 20, cookies: cookies)?.contact == known)
      try await bed.pool.query("SELECT delete_contacts(ARRAY[\(known)]::bigint[])")
      #expect(try await bed.count("video_hits WHERE contact_id IS NULL") == 1)
    }
  }

  @Test("The table of raw rows has the columns of api.md 8.14")
  func stats() async throws {
    try await TrackingBed.with { bed in
      _ = try await watch(bed, 10)
      let table = try #require(StatsTable.tracking.first { $0.name == "video_hits" })
      let rows = try await bed.pool.query(
        "SELECT guid || ' ' || time_watched || ' ' || referer FROM \(sql: table.source)")
      #expect(
        try rows.map { try $0.decode(at: 0, as: String.self) } == [
          "a-1 10 https://a.example/page"
        ])
    }
  }

  @Test("Old views go with the hits of their days")
  func retention() async throws {
    var settings = TrackingSettings()
    settings.hitDays = 30
    try await TrackingBed.with(settings) { bed in
      _ = try await watch(bed, 10)
      _ = try await watch(bed, 10, guid: "a-2", after: -40 * 86_400)
      var registry = JobRegistry()
      TrackingJobs.register(in: &registry, environment: bed.environment)
      try await bed.jobs.working(registry, periodic: []) {
        try await bed.jobs.enqueue(PruneHits())
        let isDone = try await eventually { try await bed.count("jobs WHERE state <> 2") == 0 }
        #expect(isDone)
      }
      #expect(try await bed.texts("SELECT guid FROM video_hits") == ["a-1"])
    }
  }
}
