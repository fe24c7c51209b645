import Contacts
import Foundation
import JobQueue
import Postgres
import Segments
import TestSupport
import Testing

@testable import Tracking

@Suite("Hits and their effects (tracking.md 3, 8 and 18)")
struct HitTests {
  @Test("A hit is a row with all that was sent; the next one of the browser ends it")
  func rows() async throws {
    try await TrackingBed.with { bed in
      let cookies = try await bed.browse([
        [
          "page_url": "https://a.example/x?utm_source=s", "page_title": "T\tab\\",
          "page_referrer": "r.example", "page_language": "de", "resolution": "800x600",
        ], ["page_url": "screen:home"],
      ])
      let row = try #require(
        try await bed.pool.query("SELECT * FROM page_hits ORDER BY at LIMIT 1").first)
      #expect(try row.decode("url", as: String.self) == "https://a.example/x?utm_source=s")
      #expect(try row.decode("title", as: String.self) == "Tab\\")
      #expect(try row.decode("referrer", as: String.self) == "r.example")
      #expect(try row.decode("tracking_id", as: String.self) == cookies["mautic_device_id"])
      #expect(try row.decode("ip_address", as: String.self) == "198.51.100.7")
      #expect(try row.decode("user_agent", as: String.self) == TrackingBed.firefox)
      let query: JSON = try row.decode("query")
      #expect(try query.decode([String: String].self)["resolution"] == "800x600")
      #expect(
        try await bed.texts(
          "SELECT (extract(epoch FROM left_at - at))::integer::text FROM page_hits ORDER BY at")
          == ["10", "-"])
      #expect(try await bed.count("contacts WHERE last_active IS NOT NULL") == 1)
    }
  }

  @Test("A hit that comes twice counts once, however it comes")
  func twice() async throws {
    try await TrackingBed.with { bed in
      let id = UUID()
      let page = ["page_url": "/a", "hit_id": id.uuidString]
      var cookies = try await bed.browse([page, page])
      cookies = try await bed.browse([page], cookies: cookies)
      // By the table too, as after a failure of Redis.
      var hit = Hit(id: id, at: bed.jobs.clock.now)
      hit.url = "/a"
      try await HitIntakeStore.append([hit, hit], to: bed.pool)
      try await bed.record()
      #expect(try await bed.count("page_hits") == 1)
      #expect(bed.observer.visited.count == 1)
      #expect(try await bed.count("page_hit_intake") == 0)
    }
  }

  @Test("Hits of a contact are recorded in order, over batches and workers")
  func order() async throws {
    try await TrackingBed.with { bed in
      var registry = JobRegistry()
      TrackingJobs.register(in: &registry, environment: bed.environment)
      let waker = Task { await bed.environment.waker.run() }
      try await bed.jobs.working(registry, workers: 3) {
        var cookies: [[String: String]] = [[:], [:], [:]]
        for number in 0..<60 {
          let place = number % 3
          let outcome = try await bed.tracker.hit(
            bed.request(
              ["page_url": "/\(number)"], cookies: cookies[place], after: Double(number)),
            isStrict: true)
          guard case .tracked(let device, _, _) = outcome else { continue }
          cookies[place]["mautic_device_id"] = device
        }
        let isDone = try await eventually { try await bed.count("page_hits") == 60 }
        #expect(isDone)
      }
      waker.cancel()
      for (_, hits) in Dictionary(grouping: bed.observer.visited, by: \.contact) {
        #expect(hits.count == 20)
        let numbers = hits.compactMap { Int($0.url.dropFirst()) }
        #expect(numbers == numbers.sorted())
      }
    }
  }

  @Test("Campaign parameters make a UTM record for each hit that has any (tracking.md 8)")
  func utm() async throws {
    try await TrackingBed.with { bed in
      try await bed.browse([
        ["page_url": "/a?utm_campaign=c&utm_source=s"], ["page_url": "/b", "utm_custom": "x"],
        ["page_url": "/a?utm_campaign=c&utm_source=s"], ["page_url": "/c"],
      ])
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', utm_campaign, utm_source, url) FROM utm_tags ORDER BY id") == [
            "c s /a?utm_campaign=c&utm_source=s", "/b", "c s /a?utm_campaign=c&utm_source=s",
          ])
    }
  }

  @Test("Zone and locale are filled where the contact has none, and bad ones left out")
  func zone() async throws {
    try await TrackingBed.with { bed in
      let cookies = try await bed.browse([
        ["page_url": "/", "timezone": "Europe/Vienna", "preferred_locale": "nonsense"]
      ])
      try await bed.browse(
        [["page_url": "/", "timezone": "Europe/Paris", "preferred_locale": "de_AT"]],
        cookies: cookies)
      #expect(
        try await bed.texts("SELECT timezone || ' ' || preferred_locale FROM contacts") == [
          "Europe/Vienna de_AT"
        ])
    }
  }

  @Test("PTS-15, PTS-11: a visit gives the points of its address, by the visits before it")
  func points() async throws {
    try await TrackingBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO point_actions (name, type, delta, is_repeatable, properties, date_added)
        VALUES ('shop', 'url.hit', 1, true, '{"page_url":"https://shop.example/*"}', now()),
          ('third', 'url.hit', 10, true, '{"page_url":"https://shop.example/*","page_hits":3}', now()),
          ('first', 'url.hit', 100, true, '{"page_url":"*_b","first_time":true}', now())
        """)
      let shop = ["page_url": "https://shop.example/1"]
      let cookies = try await bed.browse([shop, shop, ["page_url": "/elsewhere"]])
      try await bed.browse(
        [shop, shop, ["page_url": "/a_b"], ["page_url": "/a_b"]], cookies: cookies)
      #expect(try await bed.texts("SELECT points::text FROM contacts") == ["114"])
    }
  }

  @Test(
    "PTS-11: a visit of a landing page is counted, told and gives points, as one of its page too")
  func landingPages() async throws {
    try await TrackingBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO point_actions (name, type, delta, is_repeatable, properties, date_added)
        VALUES ('page', 'page.hit', 1, true, '{"pages":[3]}', now()),
          ('any', 'page.hit', 10, true, '{"pages":[]}', now()),
          ('other', 'page.hit', 100, true, '{"pages":[4]}', now())
        """)
      let id = UUID().uuidString
      let page = bed.request(["page_url": "/p", "hit_id": id])
      let outcome = try await bed.tracker.hit(page, isStrict: false, pages: [7, 3])
      guard case .tracked(let device, let contact?, _) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      // The page's script tells of the same visit.
      let script = bed.request(
        ["page_url": "/p", "hit_id": id, "mautic_device_id": device])
      _ = try await bed.tracker.hit(script, isStrict: true)
      var unknown = bed.request(["page_url": "/p"])
      unknown.hasPrivacySignal = true
      _ = try await bed.tracker.hit(unknown, isStrict: false, pages: [7, 3])
      try await bed.record()
      #expect(try await bed.texts("SELECT points::text FROM contacts") == ["11"])
      #expect(try await bed.texts("SELECT page_id::text FROM page_hits") == ["7", "7"])
      #expect(bed.observer.visited.map(\.pages) == [[7, 3]])
      #expect(bed.observer.visited.first?.contact == contact)
      #expect(bed.counter.counted.map(\.page) == [7, 7])
      #expect(Set(bed.counter.counted.map(\.device)) == [device, nil])
    }
  }

  @Test("A hit that fails alone is set aside, and holds up no other; it comes back")
  func aside() async throws {
    try await TrackingBed.with { bed in
      bed.observer.trouble.withLock { $0 = "/bad" }
      try await bed.browse([["page_url": "/a"], ["page_url": "/bad"], ["page_url": "/b"]])
      #expect(
        try await bed.texts("SELECT url FROM page_hits ORDER BY at") == ["/a", "/b"])
      #expect(try await bed.count("page_hits_aside WHERE retry_at > now()") == 1)
      bed.observer.trouble.withLock { $0 = nil }
      let later = bed.jobs.clock.now.addingTimeInterval(7_200)
      try await HitIntakeStore.putBack(100, now: later, in: bed.pool)
      try await bed.record()
      #expect(try await bed.count("page_hits") == 3)
    }
  }

  @Test("With a signal of privacy a hit tells nothing of who it was; excluded ones are not there")
  func privacy() async throws {
    try await TrackingBed.with { bed in
      var request = bed.request(["page_url": "/secret", "email": "a@example.com"])
      request.hasPrivacySignal = true
      #expect(try await bed.tracker.hit(request, isStrict: true) == .anonymous)
      bed.settings.value.excludedAgents = ["curl"]
      let robot = bed.request(["page_url": "/robot"], agent: "curl/8")
      #expect(try await bed.tracker.hit(robot, isStrict: true) == .untracked)
      try await bed.record()
      #expect(
        try await bed.texts(
          """
          SELECT concat(url, contact_id, device_id, tracking_id, ip_address, user_agent, query)
          FROM page_hits
          """) == ["/secret{}"])
      #expect(try await bed.count("contacts") == 0)
      bed.settings.value.anonymizesAddresses = true
      try await bed.browse([["page_url": "/plain"]])
      #expect(
        try await bed.texts("SELECT ip_address FROM page_hits WHERE url = '/plain'") == ["*.*.*.*"])
      #expect(try await bed.count("contact_ips") == 0)
    }
  }

  @Test("Strange texts are stored as texts: quotes, control characters, long ones, any bytes")
  func strangeTexts() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    try await TrackingBed.with { bed in
      var pages: [[String: String]] = []
      for _ in 0..<60 {
        var page: [String: String] = [:]
        for name in [
          "page_url", "page_title", "page_referrer", "utm_source", "tags", "x\u{0}y", "d",
        ] {
          let bytes = (0..<random.next() % 40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          page[name] = String(decoding: bytes, as: UTF8.self)
        }
        pages.append(page)
      }
      let request = pages.map { bed.request($0) }
      for one in request { _ = try await bed.tracker.hit(one, isStrict: false) }
      try await bed.record()
      #expect(try await bed.count("page_hits") == pages.count, "seed \(seed)")
      #expect(try await bed.count("page_hits_aside") == 0, "seed \(seed)")
    }
  }
}
