import Foundation
import JobQueue
import Postgres
import Segments
import TestSupport
import Testing

@testable import Mail

@Suite("E-mails to segments")
struct BroadcastTests {
  @Test(
    "Members of an included segment and no excluded one, who may be contacted (EML-130, EML-135)"
  )
  func recipients() async throws {
    try await MailBed.with { bed in
      try await bed.people(9)
      try await bed.segment(1, [1, 2, 3, 4, 5, 6])
      try await bed.segment(2, [6, 7, 8])
      try await bed.segment(3, [8])
      try await bed.pool.query(
        "UPDATE segment_members SET manually_removed = true WHERE contact_id = 1")
      try await bed.pool.query("UPDATE contacts SET email = NULL WHERE id = 2")
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        VALUES (3, 'email', 2, \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO categories (id, title, alias, bundle, date_added)
        VALUES (5, 'News', 'news', 'email', \(bed.now))
        """)
      try await bed.pool.query(
        "INSERT INTO contact_categories VALUES (4, 5, false, true, \(bed.now))")
      let email = try await bed.list([1, 2], except: [3], ", category_id", ", 5")
      let variant = try await bed.email(
        ", variant_parent_id, variant_weight, email_type", ", \(email), 50, 'list'")
      try await bed.dispatch(variant, to: [5], key: "before")
      #expect(try await bed.broadcasts.pending(email) == 2)
      #expect(try await bed.broadcasts.send(email) == 2)
      #expect(try await bed.broadcasts.pending(email) == 0)
      try await bed.sendAll()
      #expect(bed.recipients == ["user5", "user6", "user7"].map { "\($0)@example.com" })
    }
  }

  @Test("One send for a contact in several segments, naming the first of them (EML-131)")
  func firstSegment() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.segment(1, [1, 2])
      try await bed.segment(2, [1, 2, 3])
      let email = try await bed.list([2, 1])
      #expect(try await bed.broadcasts.send(email) == 3)
      #expect(
        try await bed.texts(
          "SELECT contact_id || ':' || segment_id FROM email_sends ORDER BY contact_id")
          == ["1:2", "2:2", "3:2"])
      let message = { try bed.message(to: "user1@example.com") }
      try await bed.sendAll()
      #expect(try message()["Precedence"] == "bulk")
    }
  }

  @Test("A limit ends a run, a later run continues; no contact gets two (EML-232, EML-210)")
  func limits() async throws {
    try await MailBed.with { bed in
      try await bed.people(12)
      try await bed.segment(1, Array(1...12))
      let email = try await bed.list([1])
      #expect(try await bed.broadcasts.send(email, limit: 5) == 5)
      #expect(try await bed.broadcasts.pending(email) == 7)
      #expect(try await bed.broadcasts.send(email, limit: 5) == 5)
      #expect(try await bed.broadcasts.send(email) == 2)
      #expect(try await bed.broadcasts.send(email) == 0)
      try await bed.sendAll()
      #expect(Set(bed.recipients).count == 12 && bed.recipients.count == 12)
    }
  }

  @Test("More members than one step reads (EML-137)")
  func manySteps() async throws {
    try await MailBed.with(transport: StubTransport(groupSize: 500)) { bed in
      try await bed.people(5_400)
      try await bed.segment(1, Array(1...5_400))
      try await bed.segment(2, Array(stride(from: Int64(1), through: 5_400, by: 3)))
      // Contacts who got it before leave steps with few recipients.
      let email = try await bed.list([1, 2])
      try await bed.pool.query(
        """
        INSERT INTO email_sends (hash, email_id, family_id, contact_id, source_kind, is_marketing,
          counts_once, idempotency_key, state, queued_at)
        SELECT gen_random_uuid(), \(email), \(email), n, 'form', true, true, 'x' || n, 3, \(bed.now)
        FROM generate_series(1, 4600) AS n
        """)
      _ = try await bed.broadcasts.send(email)
      try await bed.sendAll()
      #expect(Set(bed.recipients).count == 800 && bed.recipients.count == 800)
    }
  }

  @Test("Sent automatically once publish_up has passed, to later members too (EML-132, EML-133)")
  func automatic() async throws {
    try await MailBed.with { bed in
      try await bed.people(4)
      try await bed.segment(1, [1, 2])
      let soon = bed.now.addingTimeInterval(3600)
      let email = try await bed.list([1], ", publish_up", ", \(soon)")
      let byHand = try await bed.list([1])
      try await bed.look()
      #expect(bed.transport.accepted.isEmpty)
      bed.clock.advance(.seconds(3601))
      try await bed.look()
      #expect(bed.recipients == ["user1@example.com", "user2@example.com"])
      let now = bed.now
      try await bed.jobs.transaction(at: now) { transaction in
        try await SegmentMembership.add([3], to: 1, cause: .user, in: transaction)
      }
      try await bed.look()
      #expect(bed.recipients.count == 3)
      // publish_down stops this.
      try await bed.pool.query("UPDATE emails SET publish_down = \(bed.now) WHERE id = \(email)")
      try await bed.jobs.transaction(at: now) { transaction in
        try await SegmentMembership.add([4], to: 1, cause: .user, in: transaction)
      }
      try await bed.look()
      #expect(bed.recipients.count == 3)
      #expect(try await bed.states(byHand).isEmpty)
    }
  }

  @Test("Unpublishing stops a broadcast, publishing resumes it where it stopped (EML-134)")
  func unpublishing() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.segment(1, [1, 2, 3])
      let email = try await bed.list([1])
      #expect(try await bed.broadcasts.send(email) == 3)
      let editor = EmailEditor(jobs: bed.jobs)
      var off = EmailInput()
      off.isPublished = false
      _ = try await editor.update(email, off, by: .system)
      try await bed.sendAll()
      #expect(bed.transport.accepted.isEmpty)
      #expect(try await bed.states() == ["1:queued", "2:queued", "3:queued"])
      await #expect(throws: BroadcastError.notFound) { try await bed.broadcasts.send(email) }
      off.isPublished = true
      _ = try await editor.update(email, off, by: .system)
      try await bed.sendAll()
      #expect(bed.recipients.count == 3)
      #expect(try await bed.states() == ["1:sent", "2:sent", "3:sent"])
    }
  }

  @Test("A template e-mail has no recipients of its own (EML-136)")
  func templates() async throws {
    try await MailBed.with { bed in
      let email = try await bed.email()
      await #expect(throws: BroadcastError.isTemplate) { try await bed.broadcasts.send(email) }
      await #expect(throws: BroadcastError.notFound) { try await bed.broadcasts.send(99) }
    }
  }

  @Test("A run that meets an unpublished e-mail resumes when it is published again (EML-134)")
  func unpublishedRun() async throws {
    try await MailBed.with { bed in
      let email = try await bed.secondStep()
      #expect(try await bed.broadcasts.send(email, limit: 50) == 30)
      let editor = EmailEditor(jobs: bed.jobs)
      var input = EmailInput()
      input.isPublished = false
      _ = try await editor.update(email, input, by: .system)
      try await bed.sendAll()
      #expect(bed.transport.accepted.isEmpty)
      input.isPublished = true
      _ = try await editor.update(email, input, by: .system)
      try await bed.sendAll()
      // With the rest of its limit.
      #expect(Set(bed.recipients).count == 50 && bed.recipients.count == 50)
    }
  }

  @Test("Two concurrent runs of an e-mail both complete (EML-232)")
  func twoRuns() async throws {
    try await MailBed.with { bed in
      let email = try await bed.secondStep()
      #expect(try await bed.broadcasts.send(email, limit: 50) == 30)
      #expect(try await bed.broadcasts.send(email) == 0)
      try await bed.sendAll()
      #expect(Set(bed.recipients).count == 130 && bed.recipients.count == 130)
    }
  }

}

extension MailBed {
  /// Adds an e-mail whose first step has 30 recipients who have not got it yet, and whose second has 100.
  func secondStep() async throws -> Int64 {
    try await people(5_100)
    try await segment(1, Array(1...5_100))
    let email = try await list([1])
    try await pool.query(
      """
      INSERT INTO email_sends (hash, email_id, family_id, contact_id, source_kind, is_marketing,
        counts_once, idempotency_key, state, queued_at)
      SELECT gen_random_uuid(), \(email), \(email), n, 'form', true, true, 'x' || n, 3, \(now)
      FROM generate_series(1, 4970) AS n
      """)
    return email
  }

  var broadcasts: Broadcasts { Broadcasts(jobs: jobs, dispatcher: environment.dispatcher) }

  /// Adds an e-mail for segments.
  func list(
    _ segments: [Int64], except excluded: [Int64] = [], _ columns: SQL = "", _ values: SQL = ""
  ) async throws -> Int64 {
    let id = try await email(", email_type\(sql: columns)", ", 'list'\(sql: values)")
    for (place, segment) in (segments + excluded).enumerated() {
      try await pool.query(
        """
        INSERT INTO email_segments (email_id, segment_id, is_excluded, position)
        VALUES (\(id), \(segment), \(excluded.contains(segment)), \(place))
        """)
    }
    return id
  }

  /// Checks for due broadcasts as the periodic job does, and sends.
  func look() async throws {
    try await jobs.enqueue(ReconcileBroadcasts())
    try await sendAll()
  }
}
