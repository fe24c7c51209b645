import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("Recipients, keys and versions of sends")
struct OrderTests {
  @Test("Contacts without a valid address receive nothing (EML-101)")
  func needsAddress() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.pool.query("UPDATE contacts SET email = NULL WHERE id = 1")
      try await bed.pool.query("UPDATE contacts SET email = 'kim@@example' WHERE id = 2")
      let email = try await bed.email()
      let refusals = try await bed.dispatch(email, to: [1, 2, 3, 9])
      #expect(refusals == [1: .noAddress, 2: .noAddress, 9: .noAddress])
      try await bed.sendAll()
      #expect(bed.recipients == ["user3@example.com"])
      #expect(bed.observer.told == ["sent 3"])
    }
  }

  @Test("A missing or unpublished e-mail is not sent: switch, window, category (EML-102)")
  func needsPublication() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      #expect(try await bed.dispatch(77, to: [1]) == [1: .missing])
      try await bed.pool.query(
        """
        INSERT INTO categories (id, title, alias, bundle, is_published, date_added)
        VALUES (5, 'Off', 'off', 'email', false, \(bed.now))
        """)
      let closed: [(SQL, SQL)] = [
        (", is_published", ", false"), (", publish_up", ", \(bed.now.addingTimeInterval(60))"),
        (", publish_down", ", \(bed.now.addingTimeInterval(-60))"), (", category_id", ", 5"),
      ]
      for (column, value) in closed {
        let email = try await bed.email(column, value)
        #expect(try await bed.dispatch(email, to: [1]) == [1: .unpublished])
      }
      let open = try await bed.email(
        ", publish_up, publish_down",
        ", \(bed.now.addingTimeInterval(-60)), \(bed.now.addingTimeInterval(60))")
      #expect(try await bed.dispatch(open, to: [1]) == [:])
    }
  }

  @Test("Two contacts with one address both receive it (EML-104)")
  func isPerContact() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query(
        "UPDATE contacts SET email = 'user1@example.com', identity_shared = true WHERE id = 2")
      try await bed.dispatch(try await bed.email(), to: [1, 2])
      try await bed.sendAll()
      #expect(bed.recipients == ["user1@example.com", "user1@example.com"])
    }
  }

  @Test(
    "Sends of point triggers and forms obey do-not-contact until they are handed over (EML-110)")
  func obeysOfTriggers() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      func bar(_ contact: Int64) async throws {
        try await bed.pool.query(
          """
          INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
          VALUES (\(contact), 'email', 1, \(bed.now))
          """)
      }
      try await bar(1)
      let email = try await bed.email()
      for kind in ["trigger", "form"] {
        let refused = try await bed.dispatch(
          email, to: [1, 2, 3], .transactional, source: SendSource(kind: kind, id: 7), key: kind)
        #expect(refused == [1: .doNotContact])
      }
      try await bar(2)
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 2)
      #expect(
        try await bed.states() == ["2:skipped", "2:skipped", "3:sent", "3:sent"])
    }
  }

  @Test("Marketing obeys do-not-contact and categories, transactional does not (EML-111, EML-112)")
  func obeys() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        VALUES (1, 'email', 3, \(bed.now)), (3, 'sms', 1, \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO categories (id, title, alias, bundle, date_added)
        VALUES (5, 'News', 'news', 'email', \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO contact_categories VALUES (2, 5, false, true, \(bed.now)),
          (3, 5, true, false, \(bed.now))
        """)
      let email = try await bed.email(", category_id", ", 5")
      #expect(
        try await bed.dispatch(email, to: [1, 2, 3]) == [
          1: .doNotContact, 2: .categoryUnsubscribed,
        ])
      #expect(try await bed.dispatch(email, to: [1, 2, 3], .transactional, key: "t") == [:])
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 4)
      let isMarketing = bed.transport.accepted.map { message in
        String(decoding: message.content, as: UTF8.self).contains("List-Unsubscribe:")
      }
      #expect(isMarketing.filter { $0 }.count == 1)
    }
  }

  @Test("Marketing is sent once, whatever the source; transactional repeats (EML-110, EML-120)")
  func once() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      let email = try await bed.email()
      try await bed.dispatch(email, to: [1])
      #expect(
        try await bed.dispatch(
          email, to: [1, 2], source: SendSource(kind: "form", id: 4), key: "f")
          == [1: .alreadySent])
      for round in 0..<3 {
        #expect(try await bed.dispatch(email, to: [1], .transactional, key: "t\(round)") == [:])
      }
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 5)
    }
  }

  @Test("A family is sent once: parent, variants, translations (EML-121)")
  func familyOnce() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      let parent = try await bed.email()
      let translation = try await bed.email(
        ", translation_parent_id, language", ", \(parent), 'de'")
      try await bed.dispatch(parent, to: [1])
      #expect(try await bed.dispatch(translation, to: [1, 2], key: "x") == [1: .alreadySent])
      #expect(try await bed.dispatch(parent, to: [2, 3], key: "y") == [2: .alreadySent])
    }
  }

  @Test("Concurrent requests send once between them (EML-121, EML-210)")
  func onceAtOnce() async throws {
    try await MailBed.with { bed in
      try await bed.people(50)
      let email = try await bed.email()
      let contacts = Array(Int64(1)...50)
      let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
        for round in 0..<6 {
          group.addTask {
            let source = SendSource(kind: "campaign.event", id: Int64(round))
            return 50
              - (try await bed.dispatch(
                email, to: contacts.shuffled(), source: source, key: "\(round)")).count
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(accepted == 50)
      try await bed.sendAll()
      #expect(Set(bed.recipients).count == 50 && bed.recipients.count == 50)
    }
  }

  @Test("A request takes the same few statements for one contact and for two thousand (EML-251)")
  func sets() async throws {
    var settings = MailSettings()
    settings.frequency = FrequencyRule(number: 5, unit: .day)
    try await MailBed.with(settings) { bed in
      try await bed.people(2_000)
      var costs: [Int] = []
      for contacts in [[Int64(1)], Array(Int64(1)...2_000)] {
        let email = try await bed.email()
        let before = bed.pool.statementsSent
        try await bed.dispatch(email, to: contacts, key: "\(contacts.count)")
        costs.append(bed.pool.statementsSent - before)
      }
      #expect(costs[0] == costs[1] && costs[0] <= 8, "\(costs)")
    }
  }

  @Test("A second request with the same keys is not an error and sends nothing (EML-210)")
  func idempotent() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      let email = try await bed.email()
      for kind in [SendKind.marketing, .transactional] {
        for _ in 0..<3 {
          #expect(try await bed.dispatch(email, to: [1, 2, 3], kind, key: kind.rawValue) == [:])
        }
      }
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 6)
      #expect(try await bed.texts("SELECT sent_count::text FROM emails") == ["6"])
    }
  }

  @Test(
    "A contact who leaves the campaign before the send is claimed does not get it (email.md 17)")
  func withdraws() async throws {
    try await MailBed.with { bed in
      try await bed.people(4)
      let email = try await bed.email()
      try await bed.dispatch(email, to: [1, 2])
      try await bed.dispatch(
        email, to: [3], source: SendSource(kind: "campaign.event", id: 2), key: "b")
      try await bed.dispatch(email, to: [4], source: SendSource(kind: "direct"), key: "c")
      let now = bed.now
      try await bed.jobs.transaction(at: now) { transaction in
        try await EmailDispatcher.withdraw(
          sources: [SendSource(kind: "campaign.event", id: 1), SendSource(kind: "direct")],
          contacts: [1, 3, 4], in: transaction)
      }
      try await bed.sendAll()
      #expect(bed.recipients == ["user2@example.com", "user3@example.com"])
      #expect(try await bed.states() == ["1:skipped", "2:sent", "3:sent", "4:skipped"])
      // It has not received it, so it may receive it another time.
      #expect(try await bed.dispatch(email, to: [1], key: "again") == [:])
    }
  }

  @Test("Translations: the same locale, the same language, else the parent (EML-140)")
  func translations() async throws {
    try await MailBed.with { bed in
      try await bed.people(6)
      let locales = ["", "de", "de_AT", "pt_BR", "pt", "fr"]
      for (index, locale) in locales.enumerated() where !locale.isEmpty {
        try await bed.pool.query(
          "UPDATE contacts SET preferred_locale = \(locale) WHERE id = \(index + 1)")
      }
      let parent = try await bed.email(subject: "en", ", language", ", 'en'")
      for language in ["de", "pt_PT", "pt_BR", "de_DE"] {
        try await bed.email(
          subject: language, ", language, translation_parent_id", ", \(language), \(parent)")
      }
      try await bed.email(
        subject: "off", ", language, translation_parent_id, is_published",
        ", 'fr', \(parent), false")
      try await bed.dispatch(parent, to: [1, 2, 3, 4, 5, 6])
      try await bed.sendAll()
      let subjects = try (1...6).map { try bed.message(to: "user\($0)@example.com")["Subject"] }
      // Of two translations into one language the lower id counts.
      #expect(subjects == ["en", "de", "de", "pt_BR", "pt_PT", "en"])
    }
  }

  @Test("Variants by weight, over a batch and one at a time (EML-150, EML-151)")
  func variants() async throws {
    for size in [12, 1] {
      try await MailBed.with { bed in
        try await bed.people(12)
        let parent = try await bed.email(subject: "parent")
        for name in ["b", "c"] {
          try await bed.email(
            subject: name, ", variant_parent_id, variant_weight", ", \(parent), 25")
        }
        try await bed.email(
          subject: "off", ", variant_parent_id, variant_weight, is_published",
          ", \(parent), 50, false")
        for start in stride(from: 1, through: 12, by: size) {
          try await bed.dispatch(
            parent, to: Array(Int64(start)..<Int64(start + size)), key: "\(start)")
        }
        try await bed.sendAll()
        let subjects = bed.transport.accepted.map { ParsedMessage($0.content)["Subject"] ?? "" }
        let counts = Dictionary(grouping: subjects) { $0 }.mapValues(\.count)
        #expect(counts == ["parent": 6, "b": 3, "c": 3], "in steps of \(size)")
      }
    }
  }

  @Test("Shares never exceed the batch, whatever the weights and the past (EML-150)")
  func shares() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let variants = (0..<Int.random(in: 1...5, using: &generator)).map { id in
        EmailFamily.Version(
          id: Int64(id), language: "en", isTranslation: false,
          weight: Int.random(in: 1...20, using: &generator),
          chosen: Int.random(in: 0...40, using: &generator), isPublished: true)
      }
      let count = Int.random(in: 1...60, using: &generator)
      let shares = EmailFamily.shares(
        variants, parentChosen: Int.random(in: 0...100, using: &generator), count: count)
      #expect(shares.count == variants.count)
      #expect(shares.allSatisfy { $0 >= 0 } && shares.reduce(0, +) <= count)
    }
  }

  @Test("New or changed weights apply to what is given out from then on (EML-150)")
  func changedWeights() async throws {
    try await MailBed.with { bed in
      try await bed.people(30)
      let editor = EmailEditor(jobs: bed.jobs)
      var input = EmailInput()
      (input.name, input.subject) = ("Mail", "parent")
      let parent = try await editor.create(input, by: .system).id
      (input.variantParent, input.variantWeight) = (.some(parent), .some(20))
      let first = try await editor.create(input, by: .system).id
      func given(_ contacts: ClosedRange<Int64>) async throws -> [Int64: Int] {
        try await bed.dispatch(parent, to: Array(contacts), key: "\(contacts)")
        var given: [Int64: Int] = [:]
        for row in try await bed.pool.query(
          """
          SELECT email_id, count(*) FROM email_sends
          WHERE contact_id BETWEEN \(contacts.lowerBound) AND \(contacts.upperBound) GROUP BY 1
          """)
        {
          given[try row.decode(at: 0)] = try row.decode(at: 1)
        }
        return given
      }
      #expect(try await given(1...10) == [parent: 8, first: 2])
      let second = try await editor.create(input, by: .system).id
      #expect(try await given(11...20) == [parent: 6, first: 2, second: 2])
      var change = EmailInput()
      change.variantWeight = .some(50)
      _ = try await editor.update(first, change, by: .system)
      #expect(try await given(21...30) == [parent: 3, first: 5, second: 2])
    }
  }

  @Test("A pause still holds on its last day (EML-249)")
  func lastDayOfPause() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let lastDay = bed.now.addingTimeInterval(-43_200)
      try await bed.pool.query(
        """
        INSERT INTO frequency_rules (contact_id, channel, pause_from_date, pause_to_date, date_added)
        VALUES (1, 'email', \(bed.now.addingTimeInterval(-3 * 86_400)), \(lastDay), \(bed.now))
        """)
      try await bed.dispatch(try await bed.email(), to: [1])
      let until: Date = try await bed.pool.query(
        "SELECT scheduled_at FROM message_queue")[0].decode(at: 0)
      #expect(abs(until.timeIntervalSince(lastDay) - 86_400) < 0.01)
      bed.clock.advance(.seconds(43_260))
      try await bed.dispatch(try await bed.email(), to: [1], key: "after")
      #expect(try await bed.states() == ["1:held", "1:queued"])
    }
  }
}
