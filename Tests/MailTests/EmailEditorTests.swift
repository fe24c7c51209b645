import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@testable import Mail

@Suite("Making and changing e-mails")
struct EmailEditorTests {
  private func input(_ change: (inout EmailInput) -> Void = { _ in }) -> EmailInput {
    var input = EmailInput()
    input.name = "News"
    input.subject = "Hello"
    change(&input)
    return input
  }

  @Test("What is refused, with all that is wrong at once (email.md 18)")
  func refuses() async throws {
    try await MailBed.with { bed in
      try await bed.segment(1, [])
      let editor = EmailEditor(jobs: bed.jobs)
      let parent = try await editor.create(input(), by: .system).id
      let variant = try await editor.create(
        input {
          $0.variantParent = parent
          $0.variantWeight = 60
        }, by: .system
      ).id
      let bad: [(String, (inout EmailInput) -> Void)] = [
        ("name", { $0.name = " " }), ("subject", { $0.subject = "" }),
        ("emailType", { $0.type = "other" }), ("lists", { $0.type = "list" }),
        (
          "excludedLists",
          {
            $0.type = "list"
            $0.segments = [1]
            $0.excludedSegments = [1]
          }
        ),
        (
          "lists",
          {
            $0.type = "list"
            $0.segments = [99]
          }
        ),
        ("fromAddress", { $0.fromAddress = "nobody" }),
        ("replyToAddress", { $0.replyTo = "a@b@c" }), ("bccAddress", { $0.bcc = "x, y@z.example" }),
        (
          "publishDown",
          {
            $0.publishUp = .some(Date(timeIntervalSince1970: 10))
            $0.publishDown = .some(Date(timeIntervalSince1970: 5))
          }
        ),
        (
          "variantParent",
          {
            $0.variantParent = variant
            $0.variantWeight = 10
          }
        ),
        ("translationParent", { $0.translationParent = variant }),
        ("translationParent", { $0.translationParent = 999 }),
        (
          "variantSettings",
          {
            $0.variantParent = parent
            $0.variantWeight = 41
          }
        ),
        (
          "variantSettings",
          {
            $0.variantParent = parent
            $0.variantWeight = 0
          }
        ),
        ("headers", { $0.headers = ["X-A": "b\r\nBcc: all"] }),
        ("headers", { $0.headers = ["Subject": "x"] }),
        ("headers", { $0.headers = ["Content-Type": "x"] }),
        ("headers", { $0.headers = ["a b": "x"] }),
        ("language", { $0.language = "../x" }),
        ("variantSettings", { $0.winnerCriteria = "page.bouncerate" }),
      ]
      for (member, change) in bad {
        let error = await #expect(throws: InvalidInput.self) {
          try await editor.create(input(change), by: .system)
        }
        #expect(
          error?.problems.contains { $0.member == member } == true,
          "\(member): \(error.debugDescription)")
      }
      #expect(try await bed.texts("SELECT count(*)::text FROM emails") == ["2"])
      // Tokens may stand where addresses stand.
      _ = try await editor.create(
        input { $0.fromAddress = "{contactfield=agent}" }, by: .system)
    }
  }

  @Test("What is given is changed, a replacement resets the rest; each change is a new revision")
  func changes() async throws {
    try await MailBed.with { bed in
      let editor = EmailEditor(jobs: bed.jobs)
      let author = Author(id: 7, name: "Kim")
      let made = try await editor.create(
        input {
          $0.html = "<p>Hi</p>"
          $0.utm = ["utmSource": "x"]
          $0.isPublished = false
        }, by: author)
      #expect(made.revision == 1 && made.values.utm.source == "x" && !made.values.isPublished)
      var change = EmailInput()
      change.subject = "Other"
      let changed = try #require(try await editor.update(made.id, change, by: author))
      #expect(changed.values.html == "<p>Hi</p>" && changed.values.subject == "Other")
      #expect(changed.revision == 2)
      #expect(try await editor.update(made.id, change, by: author)?.revision == 2)
      let replaced = try #require(
        try await editor.update(made.id, input(), replacing: true, by: author))
      #expect(replaced.values.html == nil && replaced.values.isPublished)
      #expect(try await editor.update(99, change, by: author) == nil)
      #expect(
        try await bed.texts("SELECT action FROM audit_log WHERE object = 'email' ORDER BY id")
          == ["create", "update", "update"])
    }
  }

  @Test("A deleted e-mail leaves sends, copies and links behind (email.md 17)")
  func deletes() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne(html: "<a href='https://a.example/'>x</a>")
      let editor = EmailEditor(jobs: bed.jobs)
      try await bed.people2(from: 2, to: 2)
      try await bed.place(1, to: [2], key: "waiting")
      #expect(try await editor.delete(1, by: .system)?.id == 1)
      #expect(try await editor.delete(1, by: .system) == nil)
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:sent", "2:skipped"])
      let key = try await bed.texts("SELECT key FROM links")[0]
      #expect(
        try await LinkTargets(kit: bed.kit).find(key, reference: nil, parameters: []) != nil)
      #expect(try await WebVersions(kit: bed.kit).page(hash) != nil)
    }
  }

  @Test("Who has got a version does not get it again once its parent is deleted (EML-120)")
  func deletesParent() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let parent = try await bed.email()
      let variant = try await bed.email(
        ", variant_parent_id, variant_weight", ", \(parent), 100")
      try await bed.place(parent, to: [1])
      #expect(try await bed.states(variant) == ["1:queued"])
      _ = try await EmailEditor(jobs: bed.jobs).delete(parent, by: .system)
      #expect(try await bed.place(variant, to: [1], key: "again") == [1: .alreadySent])
    }
  }

  @Test(
    "Opens and clicks of all versions are the family's; a winner's content goes to the parent (EML-152, EML-153)"
  )
  func winner() async throws {
    try await MailBed.with { bed in
      try await bed.people(4)
      let editor = EmailEditor(jobs: bed.jobs)
      let parent = try await editor.create(
        input { $0.html = "<p>old</p>" }, by: .system
      ).id
      let variant = try await editor.create(
        input {
          $0.subject = "Better"
          $0.html = "<p>new</p>"
          $0.variantParent = parent
          $0.variantWeight = 50
        }, by: .system
      ).id
      try await bed.place(parent, to: [1, 2, 3, 4])
      try await bed.sendAll()
      func best() async throws -> [EmailStatistics.Version] {
        try await EmailStatistics.read(parent, on: bed.pool).versions
      }
      #expect(try await best().map(\.email) == [parent, variant])
      let rows = try await bed.pool.query(
        "SELECT hash FROM email_sends WHERE email_id = \(variant)")
      let acts = try rows.map {
        MailAct(
          .open(inBrowser: false), hash: try $0.decode(at: 0), at: bed.now, address: nil, agent: nil
        )
      }
      try await bed.record(acts)
      let store = EmailStore(pool: bed.pool)
      #expect(try await store.email(parent)?.variants == [variant])
      #expect(try await store.email(variant)?.counters.variantRead == 2)
      #expect(
        try await best() == [
          .init(email: variant, sent: 2, read: 2, clicked: 0),
          .init(email: parent, sent: 2, read: 0, clicked: 0),
        ])
      // Nobody has followed a link, so by that rate none is better.
      var change = EmailInput()
      change.winnerCriteria = "email.clickthrough"
      _ = try await editor.update(variant, change, by: .system)
      #expect(try await best().map(\.email) == [parent, variant])
      let won = try #require(try await editor.declareWinner(variant, by: .system))
      #expect(won.id == parent && won.values.subject == "Better" && won.values.html == "<p>new</p>")
      #expect(try await store.email(variant)?.values.isPublished == false)
      let alone = try await editor.create(input(), by: .system).id
      await #expect(throws: InvalidInput.self) {
        try await editor.declareWinner(alone, by: .system)
      }
      #expect(try await editor.declareWinner(999, by: .system) == nil)
    }
  }

  @Test(
    "Who has got nothing when a winner is declared gets the winner, once: queued, held, put back, of a broadcast or not (EML-151, EML-153)",
    arguments: [false, true])
  func winnerOfTheRest(deletesVariants: Bool) async throws {
    let transport = StubTransport(groupSize: 2) { message in
      // What is refused for now is put back with its version.
      message.recipient == "user1@example.com"
        && ParsedMessage(message.content)["Subject"] == "loser" ? .later("busy") : .accepted
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(40)
      try await bed.segment(1, Array(21...40))
      let editor = EmailEditor(jobs: bed.jobs)
      func test(_ change: (inout EmailInput) -> Void) async throws -> (Int64, [Int64]) {
        let parent = try await editor.create(input(change), by: .system).id
        var variants: [Int64] = []
        for subject in ["loser", "winner"] {
          let variant = input {
            change(&$0)
            $0.subject = subject
            ($0.variantParent, $0.variantWeight) = (.some(parent), .some(50))
          }
          variants.append(try await editor.create(variant, by: .system).id)
        }
        return (parent, variants)
      }
      let (template, ofTemplate) = try await test { _ in }
      let (list, ofList) = try await test { ($0.type, $0.segments) = ("list", [1]) }
      try await bed.place(template, to: [1])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:queued"] && bed.transport.attempts == 1)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, pause_from_date, pause_to_date, date_added)
        SELECT n, 'email', \(bed.now.addingTimeInterval(-86_400)), \(bed.now), \(bed.now)
        FROM generate_series(2, 5) AS n
        """)
      try await bed.place(template, to: Array(2...20))
      _ = try await bed.broadcasts.send(list)
      for (winner, losers) in [(ofTemplate[1], ofTemplate), (ofList[1], ofList)] {
        _ = try await editor.declareWinner(winner, by: .system)
        guard deletesVariants else { continue }
        for variant in losers { _ = try await editor.delete(variant, by: .system) }
      }
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 35)
      bed.clock.advance(.seconds(3 * 86_400))
      try await bed.jobs.enqueue(ReleaseMessages())
      try await bed.sendAll()
      #expect(bed.recipients == (1...40).map { "user\($0)@example.com" }.sorted())
      #expect(
        bed.transport.accepted.allSatisfy { ParsedMessage($0.content)["Subject"] == "winner" })
      #expect(
        try await bed.texts("SELECT id || ' ' || sent_count FROM emails WHERE sent_count > 0")
          == ["\(template) 20", "\(list) 20"])
      #expect(
        try await bed.texts("SELECT DISTINCT channel_id || ' ' || state FROM message_queue")
          == ["\(template) 3"])
    }
  }

  @Test("What an earlier delivery has passed on belongs to another job (EML-151, EML-220)")
  func passedOnOnce() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let parent = try await bed.email(subject: "parent")
      let variant = try await bed.email(
        ", variant_parent_id, variant_weight", ", \(parent), 100")
      try await bed.place(parent, to: [1])
      try await bed.pool.query("UPDATE emails SET is_published = false WHERE id = \(variant)")
      let send: Int64 = try await bed.pool.query("SELECT id FROM email_sends")[0].decode(at: 0)
      for _ in 1...3 { try await bed.jobs.enqueue(SendMail(email: variant, sends: [send])) }
      try await bed.sendAll()
      #expect(bed.transport.attempts == 1 && bed.recipients == ["user1@example.com"])
      #expect(try await bed.states(parent) == ["1:sent"])
    }
  }

  @Test(
    "Statistics by segment and link (EML-430); counters repaired (EML-224, EML-431)"
  )
  func statistics() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.segment(1, [1, 2, 3])
      let email = try await bed.list([1])
      try await bed.pool.query(
        "UPDATE emails SET html = '<a href=\"https://a.example/\">x</a>', revision = 2")
      _ = try await bed.broadcasts.send(email)
      try await bed.sendAll()
      let link: Int64 = try await bed.pool.query("SELECT id FROM links")[0].decode(at: 0)
      let hash = try #require(bed.transport.accepted.first?.hash)
      try await bed.record([
        MailAct(.click(link: link), hash: hash, at: bed.now, address: nil, agent: nil)
      ])
      // To leave, to come back and to leave again is to leave once.
      let subject = try #require(
        try await MailSubjects(kit: bed.kit).find(hash: SendHash.text(hash)))
      for _ in 1...2 {
        try await Unsubscriber(kit: bed.kit).unsubscribe(subject)
        try await Unsubscriber(kit: bed.kit).resubscribe(subject)
      }
      let statistics = try await EmailStatistics.read(email, on: bed.pool)
      #expect(
        statistics.segments == [
          .init(segment: 1, sent: 3, read: 1, clicked: 1, unsubscribed: 1, bounced: 0, failed: 0)
        ])
      #expect(statistics.links == [.init(url: "https://a.example/", clicks: 1, uniqueClicks: 1)])
      let counters: SQL = """
        SELECT concat_ws(' ', sent_count, read_count, click_count, unique_click_count,
          unsubscribed_count, failed_count, variant_sent_count, variant_read_count, hits, unique_hits)
        FROM emails e JOIN links l ON l.channel_id = e.id
        """
      #expect(try await bed.texts(counters) == ["3 1 1 1 1 0 0 0 1 1"])
      try await bed.pool.query(
        """
        UPDATE emails SET sent_count = 77, read_count = 5, click_count = 0, unique_click_count = 9,
          unsubscribed_count = 4, failed_count = 2, variant_sent_count = 6, variant_read_count = 7,
          variant_start_at = (SELECT max(sent_at) FROM email_sends)
        """)
      try await bed.pool.query("UPDATE links SET hits = 0, unique_hits = 8")
      try await bed.pool.query(
        "UPDATE email_sends SET sent_at = sent_at - interval '1 hour' WHERE contact_id = 3")
      try await bed.jobs.enqueue(RepairCounters())
      try await bed.sendAll()
      let inTest = try await bed.texts(
        """
        SELECT concat_ws(' ', count(*) FILTER (WHERE s.sent_at >= e.variant_start_at),
          count(*) FILTER (WHERE s.read_at >= e.variant_start_at))
        FROM emails e JOIN email_sends s ON s.email_id = e.id
        """)[0]
      #expect(try await bed.texts(counters) == ["3 1 1 1 1 0 \(inTest) 1 1"])
    }
  }

  @Test("Counters are put right while others count, and are not held meanwhile (EML-431)")
  func repairsAside() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      let email = try await bed.email(html: "<a href='https://a.example/'>x</a>")
      try await bed.place(email, to: [1, 2, 3])
      try await bed.sendAll()
      try await bed.pool.query("UPDATE emails SET sent_count = 77")
      func sent() async throws -> [String] {
        try await bed.texts("SELECT sent_count::text FROM emails")
      }
      func isWaiting() async throws -> Bool {
        try await !bed.pool.query(
          """
          SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'
          """
        ).isEmpty
      }
      try await bed.working {
        // While it cannot count, nobody else is held up.
        try await bed.pool.transaction { connection in
          try await connection.query("LOCK TABLE email_sends IN ACCESS EXCLUSIVE MODE")
          try await bed.jobs.enqueue(RepairCounters())
          #expect(try await eventually(within: .seconds(20)) { try await isWaiting() })
          try await bed.pool.query("SELECT FROM emails FOR UPDATE NOWAIT")
          try await bed.pool.query("SELECT FROM links FOR UPDATE NOWAIT")
        }
        #expect(try await eventually(within: .seconds(20)) { try await sent() == ["3"] })
        // What somebody adds while it has counted already is not lost.
        try await bed.pool.query("UPDATE emails SET sent_count = 77")
        try await bed.pool.transaction { connection in
          try await connection.query("UPDATE emails SET sent_count = sent_count - 1")
          try await connection.query("UPDATE email_sends SET state = 5 WHERE contact_id = 2")
          try await bed.jobs.enqueue(RepairCounters())
          #expect(try await eventually(within: .seconds(20)) { try await isWaiting() })
        }
        #expect(try await eventually(within: .seconds(20)) { try await sent() == ["2"] })
      }
    }
  }

  @Test(
    "EML-408: users are told by an e-mail or a text, filled from the contact, in nobody's history")
  func notices() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, email, password_hash, date_added)
        VALUES (1, 'ann', 'ann@example.com', 'x', \(bed.now)), (2, 'bob', 'bob@example.com', 'x', \(bed.now)),
          (3, 'cy', NULL, 'x', \(bed.now))
        """)
      try await bed.pool.query("UPDATE contacts SET owner_id = 2")
      let email = try await bed.email(
        subject: "About {contactfield=firstname}",
        html: "<a href='https://a.example/'>x</a> {unsubscribe_url}")
      let now = bed.now
      func tell(_ notice: MailNotice) async throws {
        try await bed.jobs.transaction { connection, outbox in
          try await MailOffice.notify(notice, now: now, on: connection, outbox: outbox)
        }
      }
      let notice = MailNotice(
        key: "n", content: .email(email), contact: 1, users: [1, 3], toOwner: true,
        addresses: ["{contactfield=email}", "ANN@example.com, desk@example.com", "bad"])
      try await tell(notice)
      try await tell(notice)
      try await tell(
        MailNotice(key: "t", content: .text(subject: "Done", body: "Ready."), users: [1]))
      await #expect(throws: NoticeError.missing) {
        try await tell(MailNotice(key: "x", content: .email(99), users: [1]))
      }
      await #expect(throws: NoticeError.noAddress) {
        try await tell(MailNotice(key: "y", content: .email(email), users: [3]))
      }
      try await bed.pool.query("UPDATE emails SET is_published = false")
      await #expect(throws: NoticeError.unpublished) {
        try await tell(MailNotice(key: "z", content: .email(email), users: [1]))
      }
      try await bed.sendAll()
      #expect(
        bed.recipients == [
          "ann@example.com", "ann@example.com", "bob@example.com", "desk@example.com",
          "user1@example.com",
        ])
      let message = try bed.message(to: "bob@example.com")
      #expect(message["Subject"] == "About Name1")
      // Links in it are no contact's.
      #expect(message.html.contains("href='https://a.example/'"))
      #expect(message.html.contains("https://mail.example.com/email/unsubscribe/test"))
      #expect(try await bed.states().isEmpty)
      #expect(try await bed.texts("SELECT sent_count::text FROM emails") == ["0"])
    }
  }

  @Test("A notice that could not be composed was not handed over, and is tried again (EML-220)")
  func noticeAgain() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let email = try await bed.email()
      let now = bed.now
      try await bed.jobs.transaction { connection, outbox in
        try await MailOffice.notify(
          MailNotice(key: "n", content: .email(email), addresses: ["desk@example.com"]), now: now,
          on: connection, outbox: outbox)
      }
      try await bed.pool.query("ALTER TABLE emails RENAME TO away")
      try await bed.working {
        #expect(
          try await eventually(within: .seconds(20)) {
            try await !bed.pool.query("SELECT FROM jobs WHERE last_error IS NOT NULL").isEmpty
          })
        #expect(try await bed.texts("SELECT state::text FROM mail_notices") == ["0"])
        try await bed.pool.query("ALTER TABLE away RENAME TO emails")
        bed.clock.advance(.seconds(3600))
        #expect(
          await eventually(within: .seconds(20)) { bed.recipients == ["desk@example.com"] })
      }
    }
  }
}
