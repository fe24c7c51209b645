import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@testable import Mail

@Suite("Winners of tests of variants")
struct WinnerTests {
  @Test(
    "Opens and clicks of all versions count for the family; the winner's content goes to the parent (EML-152, EML-153)"
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
      try await bed.dispatch(parent, to: [1, 2, 3, 4])
      try await bed.sendAll()
      func best() async throws -> [EmailStatistics.Version] {
        try await EmailStatistics.read(parent, on: bed.pool).versions
      }
      #expect(try await best().map(\.email) == [parent, variant])
      let rows = try await bed.pool.query(
        "SELECT hash FROM email_sends WHERE email_id = \(variant)")
      let engagements = try rows.map {
        MailEngagement(
          .open(inBrowser: false), hash: try $0.decode(at: 0), at: bed.now, address: nil, agent: nil
        )
      }
      try await bed.record(engagements)
      let store = EmailStore(pool: bed.pool)
      #expect(try await store.email(parent)?.variants == [variant])
      #expect(try await store.email(variant)?.counters.variantRead == 2)
      #expect(
        try await best() == [
          .init(email: variant, sent: 2, read: 2, clicked: 0),
          .init(email: parent, sent: 2, read: 0, clicked: 0),
        ])
      // Without clicks no version is better by that rate.
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
    "Contacts without a send when a winner is declared get the winner, once: queued, held, put back, of a broadcast or not (EML-151, EML-153)",
    arguments: [false, true])
  func winnerOfTheRest(deletesVariants: Bool) async throws {
    let transport = StubTransport(groupSize: 2) { message in
      // A temporary refusal puts the send back with its version.
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
      try await bed.dispatch(template, to: [1])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:queued"] && bed.transport.attempts == 1)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, pause_from_date, pause_to_date, date_added)
        SELECT n, 'email', \(bed.now.addingTimeInterval(-86_400)), \(bed.now), \(bed.now)
        FROM generate_series(2, 5) AS n
        """)
      try await bed.dispatch(template, to: Array(2...20))
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
        try await bed.texts(
          "SELECT id || ' ' || sent_count FROM emails WHERE sent_count > 0 ORDER BY id")
          == ["\(template) 20", "\(list) 20"])
      #expect(
        try await bed.texts("SELECT DISTINCT channel_id || ' ' || state FROM message_queue")
          == ["\(template) 3"])
    }
  }

  @Test("A send that an earlier delivery has passed on belongs to another job (EML-151, EML-220)")
  func passedOnOnce() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let parent = try await bed.email(subject: "parent")
      let variant = try await bed.email(
        ", variant_parent_id, variant_weight", ", \(parent), 100")
      try await bed.dispatch(parent, to: [1])
      try await bed.pool.query("UPDATE emails SET is_published = false WHERE id = \(variant)")
      let send: Int64 = try await bed.pool.query("SELECT id FROM email_sends")[0].decode(at: 0)
      for _ in 1...3 { try await bed.jobs.enqueue(SendMail(email: variant, sends: [send])) }
      try await bed.sendAll()
      #expect(bed.transport.attempts == 1 && bed.recipients == ["user1@example.com"])
      #expect(try await bed.states(parent) == ["1:sent"])
      // Nor does it report the outcome of the message that the other job hands over.
      try await bed.pool.query("UPDATE email_sends SET state = 2")
      try await bed.jobs.enqueue(SendMail(email: variant, sends: [send]))
      try await bed.sendAll()
      #expect(try await bed.states(parent) == ["1:sending"])
    }
  }
}
