import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("Statistics of e-mails and their counters")
struct CounterTests {
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
        MailEngagement(.click(link: link), hash: hash, at: bed.now, address: nil, agent: nil)
      ])
      // Unsubscribing, resubscribing and unsubscribing again counts once.
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: SendHash.text(hash)))
      for _ in 1...2 {
        try await Unsubscriber(environment: bed.environment).unsubscribe(subject)
        #expect(try await Unsubscriber(environment: bed.environment).resubscribe(subject))
      }
      let statistics = try await EmailStatistics.read(email, on: bed.pool)
      #expect(
        statistics.segments == [
          .init(
            segment: 1, sent: 3, read: 1, readByPeople: 1, clicked: 1, clickedByPeople: 1,
            unsubscribed: 1, bounced: 0, failed: 0)
        ])
      #expect(
        statistics.links == [
          .init(url: "https://a.example/", clicks: 1, machineClicks: 0, uniqueClicks: 1)
        ])
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

  @Test("Counters are repaired while others count, without blocking them (EML-431)")
  func repairsAside() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      let email = try await bed.email(html: "<a href='https://a.example/'>x</a>")
      try await bed.dispatch(email, to: [1, 2, 3])
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
        // While the repair cannot count, nobody else is held up.
        try await bed.pool.transaction { connection in
          try await connection.query("LOCK TABLE email_sends IN ACCESS EXCLUSIVE MODE")
          try await bed.jobs.enqueue(RepairCounters())
          #expect(try await eventually(within: .seconds(20)) { try await isWaiting() })
          try await bed.pool.query("SELECT FROM emails FOR UPDATE NOWAIT")
          try await bed.pool.query("SELECT FROM links FOR UPDATE NOWAIT")
        }
        #expect(try await eventually(within: .seconds(20)) { try await sent() == ["3"] })
        // An increment after the repair has counted is not lost.
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
}
