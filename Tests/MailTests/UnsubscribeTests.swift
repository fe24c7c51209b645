import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("Unsubscribing and the preference centre")
struct UnsubscribeTests {
  @Test("By the hash, or by the address and its digest when the send is gone (EML-401)")
  func subjects() async throws {
    try await MailBed.with { bed in
      let hash = SendHash.text(try await bed.sentOne())
      let subjects = MailSubjects(kit: bed.kit)
      let address = "User1@example.com"
      let digest = bed.kit.seal.digest(ofAddress: address)
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
      try await bed.place(try await bed.email(), to: [1], key: "waiting")
      let subject = try #require(try await MailSubjects(kit: bed.kit).find(hash: hash))
      let unsubscriber = Unsubscriber(kit: bed.kit)
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
      try await unsubscriber.resubscribe(subject)
      #expect(try await bed.place(try await bed.email(), to: [1], key: "again") == [:])
    }
  }

  @Test("The centre offers and takes what the settings allow, all or nothing (EML-404, EML-405)")
  func preferences() async throws {
    var settings = MailSettings()
    settings.showsPreferences = true
    settings.showsFrequency = true
    settings.showsPause = true
    settings.showsCategories = true
    settings.showsSegments = true
    try await MailBed.with(settings) { bed in
      let hash = SendHash.text(try await bed.sentOne())
      let subject = try #require(try await MailSubjects(kit: bed.kit).find(hash: hash))
      try await bed.segment(1, [1], center: true)
      try await bed.segment(2, [], center: true)
      try await bed.segment(3, [1])
      try await bed.pool.query(
        """
        INSERT INTO categories (id, title, alias, bundle, date_added)
        VALUES (5, 'News', 'news', 'global', \(bed.now)), (6, 'Other', 'other', 'email', \(bed.now))
        """)
      let center = PreferenceCenter(kit: bed.kit)
      let before = try await center.read(1)
      #expect(before.segments.map(\.name) == ["Public 1", "Public 2"])
      #expect(before.segments.map(\.isOn) == [true, false])
      #expect(before.categories == [.init(id: 5, name: "News", isOn: false)])
      var input = PreferenceInput()
      input.acceptsEmail = true
      input.number = .some(2)
      input.unit = "WEEK"
      input.categories = [5]
      input.segments = [2]
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
      // What is not offered, and what is wrong, changes nothing at all.
      for change: (inout PreferenceInput) -> Void in [
        { $0.segments = [3] }, { $0.categories = [6] }, { $0.number = .some(-1) },
        { $0.unit = "YEAR" },
      ] {
        var bad = input
        bad.acceptsEmail = false
        change(&bad)
        await #expect(throws: InvalidInput.self) { try await center.save(bad, of: subject) }
        #expect(try await center.read(1) == after)
      }
      input.acceptsEmail = false
      input.segments = []
      try await center.save(input, of: subject)
      #expect(try await !center.read(1).acceptsEmail)
      #expect(bed.told == ["unsubscribed 1"])
    }
  }
}
