import Contacts
import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Tracking

@Suite("Hits and devices are kept for the days of the settings (tracking.md 17)")
struct RetentionTests {
  private func prune(_ bed: TrackingBed) async throws {
    var registry = JobRegistry()
    TrackingJobs.register(in: &registry, environment: bed.environment)
    try await bed.jobs.working(registry, periodic: []) {
      try await bed.jobs.enqueue(PruneHits())
      let isDone = try await eventually { try await bed.count("jobs WHERE state <> 2") == 0 }
      #expect(isDone)
    }
  }

  /// Visits, half of them made 40 days ago by contacts who were not active since.
  private func visits(_ bed: TrackingBed) async throws {
    for number in 1...4 {
      try await bed.browse([["page_url": "https://a.example/\(number)"]])
    }
    let old = bed.jobs.clock.now.addingTimeInterval(-40 * 86_400)
    try await bed.pool.query("UPDATE page_hits SET at = \(old) WHERE id <= 2")
    try await bed.pool.query(
      """
      UPDATE contacts SET last_active = \(old), date_added = \(old)
      WHERE id IN (SELECT contact_id FROM page_hits WHERE id <= 2)
      """)
    // One device is new, though its contact was not active.
    try await bed.pool.query(
      "UPDATE devices SET date_added = \(old) WHERE contact_id <> (SELECT min(contact_id) FROM page_hits)"
    )
    try await bed.pool.query("DELETE FROM contact_changes")
  }

  @Test("On a new system nothing is deleted")
  func keeps() async throws {
    try await TrackingBed.with { bed in
      try await visits(bed)
      try await prune(bed)
      #expect(try await bed.count("page_hits") == 4)
      #expect(try await bed.count("devices") == 4)
    }
  }

  @Test("Old hits go, and segments hear of it; the others stay")
  func hits() async throws {
    var settings = TrackingSettings()
    settings.hitDays = 30
    try await TrackingBed.with(settings) { bed in
      try await visits(bed)
      for (days, isTried) in [(40, true), (40, false), (1, false)] {
        let at = bed.jobs.clock.now.addingTimeInterval(-Double(days) * 86_400)
        try await bed.pool.query(
          """
          INSERT INTO page_hits_aside (part, attempts, content, error, date_added, retry_at)
          VALUES (0, 5, 'x', 'broken', \(at), CASE WHEN \(isTried) THEN \(at)::timestamptz + interval '1 year' END)
          """)
      }
      try await prune(bed)
      #expect(try await bed.texts("SELECT url FROM page_hits ORDER BY id").count == 2)
      #expect(try await bed.count("page_hits_aside") == 2)
      #expect(try await bed.count("devices") == 4)
      #expect(
        try await bed.texts("SELECT DISTINCT unnest(topics) FROM contact_changes") == ["hits"])
    }
  }

  @Test("Hits that failed for good go a bounded number at a time, the oldest first")
  func bounded() async throws {
    try await TrackingBed.with { bed in
      let now = bed.jobs.clock.now
      try await bed.pool.query(
        """
        INSERT INTO page_hits_aside (part, attempts, content, error, date_added)
        SELECT 0, 5, n::text, 'broken', \(now)::timestamptz - n * interval '1 day'
        FROM generate_series(1, 3) AS n
        """)
      for (left, hasMore) in [(["1"], true), ([], false)] {
        let found = try await bed.jobs.transaction { transaction in
          try await HitPruningStore.pruneAside(before: now, count: 2, in: transaction)
        }
        #expect(found == hasMore)
        #expect(try await bed.texts("SELECT content FROM page_hits_aside") == left)
      }
    }
  }

  @Test("Devices go whose contacts were not active; their browsers are new visitors")
  func devices() async throws {
    var settings = TrackingSettings()
    settings.deviceDays = 30
    try await TrackingBed.with(settings) { bed in
      try await visits(bed)
      let gone = try await bed.texts(
        "SELECT tracking_id FROM page_hits WHERE id = 2")[0]
      let contact = try await bed.texts("SELECT contact_id::text FROM page_hits WHERE id = 2")[0]
      try await prune(bed)
      #expect(try await bed.count("devices") == 3)
      #expect(try await bed.count("page_hits") == 4)
      let visitor = try await bed.visitor(bed.request(cookies: ["mautic_device_id": gone]))
      #expect(visitor.map { String($0.contact) } != contact)
    }
  }
}
