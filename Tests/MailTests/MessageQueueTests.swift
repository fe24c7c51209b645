import Contacts
import Foundation
import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Mail

@Suite("Frequency rules and the message queue")
struct MessageQueueTests {
  private static var daily: MailSettings {
    var settings = MailSettings()
    settings.frequency = FrequencyRule(number: 1, unit: .day)
    return settings
  }

  @Test("The contact's own rule replaces the system's; a mere preference is no rule (EML-240)")
  func ownRules() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(3)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, frequency_number, frequency_time,
          preferred_channel, date_added)
        VALUES (2, 'email', 2, 'WEEK', false, \(bed.now)), (3, 'email', NULL, NULL, true, \(bed.now))
        """)
      for round in 0..<2 {
        try await bed.dispatch(try await bed.email(), to: [1, 2, 3], key: "r\(round)")
      }
      #expect(
        try await bed.states() == [
          "1:queued", "1:held", "2:queued", "2:queued", "3:queued", "3:held",
        ])
    }
  }

  @Test("All sends of the rolling period count, including transactional ones (EML-241, EML-242)")
  func counting() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(2)
      try await bed.dispatch(try await bed.email(), to: [1], .transactional, key: "t")
      try await bed.sendAll()
      let email = try await bed.email()
      try await bed.dispatch(email, to: [1, 2])
      #expect(try await bed.states(email) == ["1:held", "2:queued"])
      // Transactional ones are never held.
      try await bed.dispatch(email, to: [1, 2], .transactional, key: "u")
      #expect(try await bed.states(email) == ["1:held", "1:queued", "2:queued", "2:queued"])
      bed.clock.advance(.seconds(86_401))
      try await bed.sendAll()
      bed.clock.advance(.seconds(86_401))
      let next = try await bed.email()
      try await bed.dispatch(next, to: [1], key: "v")
      #expect(try await bed.states(next) == ["1:queued"])
    }
  }

  @Test(
    "Held for one unit of the period, with the action's attempts and priority (EML-243, EML-244)")
  func holding() async throws {
    for (unit, days) in [(FrequencyRule.Unit.day, 1.0), (.week, 7)] {
      var settings = MailSettings()
      settings.frequency = FrequencyRule(number: 1, unit: unit)
      try await MailBed.with(settings) { bed in
        try await bed.people(1)
        let first = try await bed.email()
        let held = try await bed.email()
        try await bed.dispatch(first, to: [1])
        let before = bed.now
        #expect(try await bed.dispatch(held, to: [1], key: "h", priority: 1, attempts: 5) == [:])
        let at: Date = try await bed.pool.query(
          """
          SELECT scheduled_at FROM message_queue
          WHERE priority = 1 AND max_attempts = 5 AND attempts = 0 AND state = 0
          """)[0].decode(at: 0)
        #expect((before...bed.now).contains(at.addingTimeInterval(-days * 86_400)))
        // An open entry is not duplicated.
        #expect(try await bed.dispatch(held, to: [1], key: "other") == [1: .alreadySent])
        #expect(try await bed.texts("SELECT count(*)::text FROM message_queue") == ["1"])
      }
    }
    let start = Date(timeIntervalSince1970: 1_706_659_200)  // 31 January 2024
    #expect(FrequencyClock.next(start, .month) == Date(timeIntervalSince1970: 1_709_164_800))
  }

  /// Sends contact 1 a message, and a second one, which the rule of ``daily`` holds back.
  /// - Returns: The e-mail that is held.
  private static func holdOne(_ bed: MailBed) async throws -> Int64 {
    try await bed.people(1)
    try await bed.dispatch(try await bed.email(), to: [1])
    try await bed.sendAll()
    let held = try await bed.email()
    try await bed.dispatch(held, to: [1], key: "h")
    return held
  }

  @Test("Released when the rule allows it; else postponed by a unit from its former time (EML-245)")
  func releasing() async throws {
    try await MailBed.with(Self.daily) { bed in
      let held = try await Self.holdOne(bed)
      let scheduled: Date = try await bed.pool.query(
        "SELECT scheduled_at FROM message_queue")[0].decode(at: 0)
      // Another message comes first, so that the rule blocks again.
      bed.clock.advance(.seconds(86_390))
      try await bed.dispatch(try await bed.email(), to: [1], .transactional, key: "t")
      try await bed.sendAll()
      bed.clock.advance(.seconds(7200))
      try await bed.releaseQueue()
      let row = try await bed.pool.query(
        "SELECT scheduled_at, attempts, state FROM message_queue")[0]
      #expect(try row.decode(at: 0, as: Date.self) == scheduled.addingTimeInterval(86_400))
      #expect(try row.decode(at: 1, as: Int.self) == 1 && row.decode(at: 2, as: Int.self) == 1)
      #expect(bed.transport.accepted.count == 2)
      bed.clock.advance(.seconds(86_400))
      try await bed.releaseQueue()
      #expect(bed.transport.accepted.count == 3)
      #expect(try await bed.texts("SELECT state::text FROM message_queue") == ["3"])
      #expect(try await bed.states(held) == ["1:sent"])
    }
  }

  @Test("After its last attempt it is never sent and stays visible (EML-246)")
  func expiring() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(), to: [1])
      let held = try await bed.email()
      try await bed.dispatch(held, to: [1], key: "h", attempts: 2)
      for round in 0..<3 {
        try await bed.dispatch(try await bed.email(), to: [1], .transactional, key: "t\(round)")
        try await bed.sendAll()
        bed.clock.advance(.seconds(86_000))
        try await bed.dispatch(try await bed.email(), to: [1], .transactional, key: "u\(round)")
        try await bed.sendAll()
        bed.clock.advance(.seconds(500))
        try await bed.releaseQueue()
      }
      #expect(try await bed.states(held) == ["1:expired"])
      #expect(try await bed.texts("SELECT state || ' ' || attempts FROM message_queue") == ["5 2"])
    }
  }

  @Test("A failed delivery: fifteen minutes later, one attempt more (EML-245)")
  func handingOverFails() async throws {
    try await MailBed.with(Self.daily, transport: StubTransport { _ in .later("busy") }) { bed in
      try await bed.people(1)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, pause_from_date, pause_to_date, date_added)
        VALUES (1, 'email', \(bed.now), \(bed.now.addingTimeInterval(60)), \(bed.now))
        """)
      try await bed.dispatch(try await bed.email(), to: [1], attempts: 2)
      bed.clock.advance(.seconds(86_400 + 61))
      try await bed.releaseQueue()
      #expect(try await bed.texts("SELECT state || ' ' || attempts FROM message_queue") == ["1 1"])
      #expect(try await bed.states() == ["1:held"])
      bed.clock.advance(.seconds(15 * 60 + 1))
      try await bed.releaseQueue()
      #expect(try await bed.states() == ["1:expired"])
    }
  }

  @Test(
    "An unpublished e-mail is not sent (EML-247); an entry can be cancelled (EML-248)"
  )
  func dropping() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(2)
      try await bed.dispatch(try await bed.email(), to: [1, 2])
      try await bed.sendAll()
      let held = try await bed.email()
      try await bed.dispatch(held, to: [1, 2], key: "h")
      let entry: Int64 = try await bed.pool.query(
        "SELECT id FROM message_queue WHERE contact_id = 2")[0].decode(at: 0)
      let cancelled = try await bed.jobs.transaction(at: bed.now) { transaction in
        [
          try await MessageQueue.cancel(entry, of: 1, in: transaction),
          try await MessageQueue.cancel(entry, of: 2, in: transaction),
          try await MessageQueue.cancel(entry, of: 2, in: transaction),
        ]
      }
      #expect(cancelled == [false, true, false])
      try await bed.pool.query("UPDATE emails SET is_published = false WHERE id = \(held)")
      bed.clock.advance(.seconds(86_401))
      try await bed.releaseQueue()
      #expect(try await bed.states(held) == ["1:skipped", "2:cancelled"])
      #expect(
        try await bed.texts("SELECT state::text FROM message_queue ORDER BY contact_id") == [
          "6", "4",
        ])
      #expect(bed.transport.accepted.count == 2)
    }
  }

  @Test("A pause holds until the day after its end, without using up attempts (EML-249)")
  func pausing() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let end = bed.now.addingTimeInterval(3 * 86_400)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, pause_from_date, pause_to_date, date_added)
        VALUES (1, 'email', \(bed.now.addingTimeInterval(-60)), \(end), \(bed.now))
        """)
      try await bed.dispatch(try await bed.email(), to: [1])
      let until: Date = try await bed.pool.query(
        "SELECT scheduled_at FROM message_queue")[0].decode(at: 0)
      #expect(abs(until.timeIntervalSince(end) - 86_400) < 0.01)
      // The pause was extended meanwhile.
      try await bed.pool.query(
        "UPDATE frequency_rules SET pause_to_date = \(end.addingTimeInterval(5 * 86_400))")
      bed.clock.advance(.seconds(4 * 86_400 + 60))
      try await bed.releaseQueue()
      #expect(try await bed.texts("SELECT attempts::text FROM message_queue") == ["0"])
      bed.clock.advance(.seconds(6 * 86_400))
      try await bed.releaseQueue()
      #expect(bed.transport.accepted.count == 1)
    }
  }

  @Test("An action's numbers are clamped (EML-243); values have no NUL (EML-204)")
  func bounds() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(), to: [1], priority: -70_000)
      let held = try await bed.email(plain: "{code}")
      try await bed.dispatch(
        held, to: [1], key: "h", priority: 70_000, attempts: 70_000, tokens: ["code": "a\0b"])
      #expect(
        try await bed.texts("SELECT priority || ' ' || max_attempts FROM message_queue")
          == ["2 1000"])
      #expect(
        try await bed.texts(
          "SELECT token_values #>> '{custom,code}' FROM email_sends WHERE state = 1")
          == ["ab"])
    }
  }

  @Test("Entries that are no longer held do not block those that are (EML-245, email.md 17)")
  func leftovers() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(2)
      try await bed.dispatch(try await bed.email(), to: [1, 2])
      try await bed.sendAll()
      try await bed.dispatch(try await bed.email(), to: [1, 2], key: "h")
      // As after a merge whose winner already has the e-mail.
      try await bed.pool.query(
        "UPDATE email_sends SET state = 6 WHERE contact_id = 1 AND state = 1")
      bed.clock.advance(.seconds(86_401))
      try await bed.releaseQueue()
      #expect(
        try await bed.texts("SELECT contact_id || ' ' || state FROM message_queue ORDER BY 1")
          == ["1 6", "2 3"])
    }
  }

  @Test(
    "Deleting a contact while its message is refused leaves no pending send (email.md 17)")
  func deletedMeanwhile() async throws {
    let pool = Mutex<PostgresPool?>(nil)
    let transport = StubTransport { _ in
      do {
        try await pool.withLock { $0 }?.query("SELECT delete_contacts('{1}')")
      } catch {
        Issue.record(error)
      }
      return .later("busy")
    }
    try await MailBed.with(transport: transport) { bed in
      pool.withLock { $0 = bed.pool }
      try await bed.people(1)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, pause_from_date, pause_to_date, date_added)
        VALUES (1, 'email', \(bed.now), \(bed.now.addingTimeInterval(60)), \(bed.now))
        """)
      try await bed.dispatch(try await bed.email(), to: [1])
      bed.clock.advance(.seconds(86_400 + 61))
      try await bed.releaseQueue()
      #expect(bed.transport.attempts == 1)
      #expect(try await bed.states() == ["-:skipped"])
    }
  }

  @Test("Concurrent runs: each entry once, no contact over its rule in one run (EML-250)")
  func manyAtOnce() async throws {
    try await MailBed.with(Self.daily) { bed in
      try await bed.people(20)
      let contacts = Array(Int64(1)...20)
      for round in 0..<3 {
        try await bed.dispatch(try await bed.email(), to: contacts, key: "\(round)", attempts: 9)
      }
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 20)
      bed.clock.advance(.seconds(86_401))
      for _ in 0..<4 { try await bed.jobs.enqueue(ReleaseMessages()) }
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 40)
      #expect(Set(bed.transport.accepted.map(\.hash)).count == 40)
    }
  }

  @Test(
    "A request in progress counts for entries released at the same time (EML-241, EML-250)")
  func releaseBesideOrder() async throws {
    try await MailBed.with(Self.daily) { bed in
      let held = try await Self.holdOne(bed)
      bed.clock.advance(.seconds(86_401))
      let other = try await bed.email()
      let (now, dispatcher) = (bed.now, bed.environment.dispatcher)
      let request = SendRequest(
        email: other, kind: .marketing, source: SendSource(kind: "form"),
        recipients: [.init(contact: 1, key: "o")])
      try await bed.working {
        try await bed.jobs.transaction(at: now) { transaction in
          _ = try await dispatcher.dispatch(request, in: transaction)
          try await bed.jobs.enqueue(ReleaseMessages())
          // It waits for the contact, or was done without it.
          #expect(
            try await eventually {
              try await !bed.pool.query(
                """
                SELECT WHERE EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock')
                  OR EXISTS (SELECT FROM message_queue WHERE state = 2)
                """
              ).isEmpty
            })
        }
      }
      try await bed.sendAll()
      #expect(try await bed.states(held) == ["1:held"])
      #expect(try await bed.states(other) == ["1:sent"])
    }
  }
}

extension MailBed {
  /// Releases due entries as the periodic job does, and sends.
  func releaseQueue() async throws {
    try await jobs.enqueue(ReleaseMessages())
    try await sendAll()
  }
}
