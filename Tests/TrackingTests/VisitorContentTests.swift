import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Tracking

@Suite("What campaigns leave for a contact's next page (tracking.md 14)")
struct VisitorContentTests {
  /// A browser whose contact is known.
  private struct Browser {
    var cookies: [String: String]
    var contact: Int64
  }

  private func browser(_ bed: TrackingBed) async throws -> Browser {
    let cookies = try await bed.browse([["page_url": "/start"]])
    let contact = try #require(cookies["mtc_id"].flatMap { Int64($0) })
    return Browser(cookies: cookies, contact: contact)
  }

  @discardableResult
  private func leave(
    _ bed: TrackingBed, _ contents: [VisitorContent], for contacts: [Int64]
  ) async throws -> [Int64] {
    try await bed.jobs.transaction { transaction in
      let contacts = try await ContactLock.lock(contacts, on: transaction.connection)
      return try await VisitorContentStore.leave(contents, for: contacts, in: transaction)
    }
  }

  /// What a hit of a browser takes.
  private func take(
    _ bed: TrackingBed, _ browser: Browser, hit: UUID = UUID(), _ use: ContentsUse = .takes
  ) async throws -> [VisitorContent] {
    try await bed.tracker.hit(
      bed.request(
        ["page_url": "/next", "hit_id": hit.uuidString], cookies: browser.cookies),
      isStrict: true, contents: use
    ).contents
  }

  private static let event = VisitorContent.event(
    "Lead", label: "L", category: "C", for: .analytics)

  @Test("The next hit takes all in its order, and only its contact's; the one after it nothing")
  func once() async throws {
    try await TrackingBed.with { bed in
      let (first, second) = (try await browser(bed), try await browser(bed))
      #expect(try await take(bed, first).isEmpty)
      let contents = [Self.event, .focusItem(7)]
      try await leave(bed, contents, for: [first.contact])
      #expect(try await take(bed, second).isEmpty)
      #expect(try await take(bed, first) == contents)
      #expect(try await take(bed, first).isEmpty)
    }
  }

  @Test("A hit that is sent again takes the same again; one by image gives it back to the next")
  func again() async throws {
    try await TrackingBed.with { bed in
      let browser = try await browser(bed)
      try await leave(bed, [Self.event], for: [browser.contact])
      let hit = UUID()
      #expect(try await take(bed, browser, hit: hit) == [Self.event])
      #expect(try await take(bed, browser, hit: hit) == [Self.event])
      #expect(try await take(bed, browser).isEmpty)
      #expect(try await take(bed, browser, hit: hit, .returns).isEmpty)
      #expect(try await take(bed, browser) == [Self.event])
      #expect(try await take(bed, browser, .returns).isEmpty)
      #expect(try await take(bed, browser).isEmpty)
      // Both ways are one visit.
      try await bed.record()
      #expect(try await bed.count("page_hits WHERE hit = \(hit)") == 1)
    }
  }

  @Test("Hits at the same time take each content once")
  func crowd() async throws {
    try await TrackingBed.with { bed in
      let browser = try await browser(bed)
      for round in 1...20 {
        try await leave(bed, [.focusItem(Int64(round))], for: [browser.contact])
        let taken = try await withThrowingTaskGroup(of: [VisitorContent].self) { group in
          for _ in 0..<8 { group.addTask { try await take(bed, browser) } }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        // A hit may pass over a row that another one holds, and that one takes it.
        #expect(taken == [.focusItem(Int64(round))])
      }
    }
  }

  @Test("A hit whose answer is not read, or that nobody is known by, leaves it waiting")
  func unread() async throws {
    try await TrackingBed.with { bed in
      let browser = try await browser(bed)
      try await leave(bed, [Self.event], for: [browser.contact])
      #expect(try await take(bed, browser, .none).isEmpty)
      let stranger = try await bed.tracker.hit(
        bed.request(["page_url": "/"], agent: TrackingBed.iPhone), isStrict: true, contents: .takes)
      #expect(stranger.contents.isEmpty)
      #expect(try await take(bed, browser) == [Self.event])
    }
  }

  @Test("It waits for a day; then no hit takes it, and the pruning deletes it, taken or not")
  func expiry() async throws {
    try await TrackingBed.with { bed in
      let browser = try await browser(bed)
      try await leave(bed, [Self.event, .focusItem(1)], for: [browser.contact])
      let old = bed.jobs.clock.now.addingTimeInterval(-VisitorContent.life - 1)
      try await bed.pool.query("UPDATE visitor_contents SET at = \(old)")
      #expect(try await take(bed, browser).isEmpty)
      try await leave(bed, [.focusItem(1)], for: [browser.contact])
      var registry = JobRegistry()
      TrackingJobs.register(in: &registry, environment: bed.environment)
      try await bed.jobs.working(registry, periodic: []) {
        try await bed.jobs.enqueue(PruneHits())
        let isDone = try await eventually { try await bed.count("jobs WHERE state <> 2") == 0 }
        #expect(isDone)
      }
      #expect(try await bed.count("visitor_contents") == 1)
      #expect(try await take(bed, browser) == [.focusItem(1)])
    }
  }

  @Test("A focus item waits once; at most 50 contents wait for a contact")
  func bounds() async throws {
    try await TrackingBed.with { bed in
      let (first, second) = (try await browser(bed), try await browser(bed))
      for _ in 1...3 { try await leave(bed, [.focusItem(1)], for: [first.contact]) }
      #expect(try await bed.count("visitor_contents") == 1)
      for _ in 1..<VisitorContent.most {
        #expect(try await leave(bed, [Self.event], for: [first.contact]).isEmpty)
      }
      let full = try await leave(bed, [Self.event], for: [first.contact, second.contact])
      #expect(full == [first.contact])
      #expect(try await take(bed, first).count == VisitorContent.most)
      #expect(try await take(bed, second) == [Self.event])
      #expect(try await leave(bed, [Self.event], for: [first.contact]).isEmpty)
    }
  }

  @Test("CON-76: it goes to the winner of a merge, and goes with a deleted contact")
  func mergesAndDeletions() async throws {
    try await TrackingBed.with { bed in
      let anonymous = try await browser(bed)
      try await leave(bed, [Self.event], for: [anonymous.contact])
      let known = try await bed.contact("ada@example.com")
      try await leave(bed, [.focusItem(1)], for: [known])
      let cookies = try await bed.browse(
        [["page_url": "/", "email": "ada@example.com"]], cookies: anonymous.cookies)
      let browser = Browser(cookies: cookies, contact: known)
      #expect(try await Set(take(bed, browser).map(\.service)) == [.analytics, .focusItem])
      try await leave(bed, [Self.event], for: [known])
      try await bed.pool.query("SELECT delete_contacts(ARRAY[\(known)]::bigint[])")
      #expect(try await bed.count("visitor_contents") == 0)
    }
  }
}
