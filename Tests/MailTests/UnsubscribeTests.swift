import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("Unsubscribing and the preference centre")
struct UnsubscribeTests {
  @Test("By the hash, or by the address and its digest once the send is gone (EML-401)")
  func subjects() async throws {
    try await MailBed.with { bed in
      let hash = SendHash.text(try await bed.sentOne())
      let subjects = MailSubjects(environment: bed.environment)
      let address = "User1@example.com"
      let digest = bed.environment.signer.digest(ofAddress: address)
      #expect(try await subjects.find(hash: hash)?.contacts == [1])
      try await bed.pool.query("DELETE FROM email_sends")
      #expect(try await subjects.find(hash: hash) == nil)
      #expect(
        try await subjects.find(hash: hash, address: address, digest: digest)?.contacts == [1])
      #expect(try await subjects.find(hash: hash, address: "x@y.z", digest: digest) == nil)
      for bad in ["", "\0", "%", String(repeating: "a", count: 9000)] {
        #expect(try await subjects.find(hash: bad, address: bad, digest: bad) == nil)
      }
    }
  }

  @Test(
    "At once, for every message not yet handed over; and back again (EML-402, EML-406, EML-409); segments keep the contact (EML-410, EML-412, EML-413)"
  )
  func atOnce() async throws {
    try await MailBed.with { bed in
      let hash = SendHash.text(try await bed.sentOne())
      try await bed.segment(1, [1])
      try await bed.dispatch(try await bed.email(), to: [1], key: "waiting")
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: hash))
      let unsubscriber = Unsubscriber(environment: bed.environment)
      try await unsubscriber.unsubscribe(subject)
      try await unsubscriber.unsubscribe(subject)
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 1)
      #expect(
        try await bed.texts("SELECT reason || ' ' || channel_id FROM do_not_contact") == ["1 1"])
      #expect(bed.told == ["unsubscribed 1"])
      #expect(try await bed.texts("SELECT contact_id::text FROM segment_members") == ["1"])
      #expect(
        try await bed.texts("SELECT unsubscribed_count::text FROM emails WHERE id = 1") == ["1"])
      #expect(try await unsubscriber.resubscribe(subject))
      #expect(try await bed.dispatch(try await bed.email(), to: [1], key: "again") == [:])
    }
  }

  @Test("The centre offers and accepts what the settings allow, all or nothing (EML-404, EML-405)")
  func preferences() async throws {
    var settings = MailSettings()
    settings.showsPreferences = true
    settings.showsFrequency = true
    settings.showsPause = true
    settings.showsCategories = true
    settings.showsSegments = true
    try await MailBed.with(settings) { bed in
      let hash = SendHash.text(try await bed.sentOne())
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: hash))
      try await bed.segment(1, [1], center: true)
      try await bed.segment(2, [], center: true)
      try await bed.segment(3, [1])
      try await bed.pool.query(
        """
        INSERT INTO categories (id, title, alias, bundle, date_added)
        VALUES (5, 'News', 'news', 'global', \(bed.now)), (6, 'Other', 'other', 'email', \(bed.now))
        """)
      let center = PreferenceCenter(environment: bed.environment)
      let before = try await center.read(1)
      #expect(before.segments.map(\.name) == ["Public 1", "Public 2"])
      #expect(before.segments.map(\.isOn) == [true, false])
      #expect(before.categories == [.init(id: 5, name: "News", isOn: false)])
      var input = PreferenceInput()
      input.acceptsEmail = true
      input.number = .some(2)
      input.unit = "WEEK"
      input.categories = .init(after: [5])
      input.segments = .init(before: [1], after: [2])
      try await center.save(input, of: subject)
      let after = try await center.read(1)
      #expect(after.number == 2 && after.unit == "WEEK" && after.acceptsEmail)
      #expect(after.segments.map(\.isOn) == [false, true] && after.categories[0].isOn)
      // Explicit changes: out by hand, in by hand.
      #expect(
        try await bed.texts(
          """
          SELECT segment_id || CASE WHEN manually_removed THEN ' barred' ELSE ' pinned' END
          FROM segment_members WHERE segment_id < 3 ORDER BY 1
          """) == ["1 barred", "2 pinned"])
      // Preferences that are not offered or invalid change nothing at all.
      for change: (inout PreferenceInput) -> Void in [
        { $0.segments = .init(after: [3]) }, { $0.categories = .init(after: [6]) },
        { $0.number = .some(-1) }, { $0.unit = "YEAR" }, { $0.unit = nil },
      ] {
        var bad = input
        bad.acceptsEmail = false
        change(&bad)
        await #expect(throws: InvalidInput.self) { try await center.save(bad, of: subject) }
        #expect(try await center.read(1) == after)
      }
      input.acceptsEmail = false
      input.segments = .init(before: [2], after: [])
      try await center.save(input, of: subject)
      #expect(try await !center.read(1).acceptsEmail)
      #expect(bed.told == ["unsubscribed 1"])
    }
  }

  @Test("Preferences that were not shown or not changed stay as they are (EML-405)")
  func untouched() async throws {
    var settings = MailSettings()
    (settings.showsSegments, settings.showsPreferredChannel) = (true, true)
    try await MailBed.with(settings) { bed in
      let hash = SendHash.text(try await bed.sentOne())
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: hash))
      let center = PreferenceCenter(environment: bed.environment)
      try await bed.segment(1, [1], center: true)
      try await bed.segment(2, [], center: true)
      // The page is shown; then the contact joins another segment, and the first is no longer offered.
      try await bed.segment(3, [1], center: true)
      try await bed.pool.query("UPDATE segments SET is_preference_center = false WHERE id = 1")
      var input = PreferenceInput()
      input.segments = .init(before: [1], after: [1, 2])
      input.preferredChannel = "sms"
      try await center.save(input, of: subject)
      #expect(
        try await bed.texts(
          """
          SELECT segment_id::text FROM segment_members WHERE NOT manually_removed ORDER BY 1
          """) == ["1", "2", "3"])
      #expect(try await center.read(1).preferredChannel == "sms")
      input.preferredChannel = "email"
      try await center.save(input, of: subject)
      #expect(try await center.read(1).preferredChannel == "email")
      // Another contact with the address has unsubscribed; accepting e-mails as before changes nothing.
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, email, identity_shared, date_added)
        VALUES (2, 'user1@example.com', true, \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        VALUES (2, 'email', 1, \(bed.now))
        """)
      input.acceptsEmail = true
      try await center.save(input, of: subject)
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact") == ["2"])
    }
  }

  @Test("All contacts of an address are locked in one order (EML-405)")
  func lockOrder() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query(
        "UPDATE contacts SET email = 'user1@example.com', identity_shared = true WHERE id = 2")
      try await bed.dispatch(try await bed.email(), to: [2])
      try await bed.sendAll()
      let hash = SendHash.text(try #require(bed.transport.accepted.first?.hash))
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: hash))
      var input = PreferenceInput()
      input.acceptsEmail = false
      let (filled, center) = (input, PreferenceCenter(environment: bed.environment))
      let saving = try await bed.pool.transaction { connection in
        try await connection.query("SELECT FROM contacts WHERE id = 1 FOR UPDATE")
        let saving = Task { try await center.save(filled, of: subject) }
        let waits = try await eventually(within: .seconds(20)) {
          try await !bed.pool.query(
            """
            SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
          ).isEmpty
        }
        #expect(waits)
        // It waits for the first without locking the second.
        try await connection.query("SELECT FROM contacts WHERE id = 2 FOR UPDATE NOWAIT")
        return saving
      }
      try await saving.value
      #expect(
        try await bed.texts("SELECT contact_id::text FROM do_not_contact ORDER BY 1") == ["1", "2"])
    }
  }

  @Test("Unsubscribing during a merge of the contacts takes effect (EML-402)")
  func merged() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.dispatch(try await bed.email(), to: [1])
      try await bed.sendAll()
      let hash = SendHash.text(try #require(bed.transport.accepted.first?.hash))
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: hash))
      try await bed.pool.query("UPDATE email_sends SET contact_id = 2")
      try await bed.pool.query("DELETE FROM contacts WHERE id = 1")
      try await Unsubscriber(environment: bed.environment).unsubscribe(subject)
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact") == ["2"])
      #expect(bed.told == ["unsubscribed 2"])
      #expect(try await Unsubscriber(environment: bed.environment).resubscribe(subject))
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact").isEmpty)
    }
  }
}
