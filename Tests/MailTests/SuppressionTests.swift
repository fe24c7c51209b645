import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("EML-414: the wish to get no mail belongs to the address")
struct SuppressionTests {
  /// Sends a message to the first contact and deletes the contact.
  private func subjectOfDeleted(_ bed: MailBed) async throws -> MailSubject {
    let hash = SendHash.text(try await bed.sentOne())
    try await bed.pool.query("SELECT delete_contacts(ARRAY[1])")
    return try #require(try await MailSubjects(environment: bed.environment).find(hash: hash))
  }

  private func insert(_ bed: MailBed, _ id: Int64, _ address: String?) async throws {
    try await bed.pool.query(
      "INSERT INTO contacts (id, email, date_added) VALUES (\(id), \(address), \(bed.now))")
  }

  private func barred(_ bed: MailBed) async throws -> [String] {
    try await bed.texts(
      "SELECT contact_id || ' ' || reason FROM do_not_contact ORDER BY contact_id")
  }

  @Test("Kept without a contact; whoever gets the address later is entered, however")
  func outlivesContact() async throws {
    try await MailBed.with { bed in
      let subject = try await subjectOfDeleted(bed)
      #expect(subject.contacts.isEmpty)
      try await Unsubscriber(environment: bed.environment).unsubscribe(subject)
      // Created, with other letters; changed; by COPY as imports do.
      try await insert(bed, 2, "USER1@Example.com")
      try await insert(bed, 3, "other@example.com")
      #expect(try await barred(bed) == ["2 1"])
      // Both may have the address only as contacts that are meant to share it.
      try await bed.pool.query(
        "UPDATE contacts SET email = 'user1@example.com', identity_shared = true WHERE id = 3")
      #expect(try await barred(bed) == ["2 1", "3 1"])
      #expect(
        try await bed.texts(
          "SELECT contact_ids[1]::text FROM contact_changes WHERE topics = ARRAY['dnc']") == ["3"])
      try await insert(bed, 4, nil)
      try await insert(bed, 5, "user11@example.com")
      #expect(try await barred(bed) == ["2 1", "3 1"])
      #expect(
        try await bed.texts(
          "SELECT contact_id || ' ' || reason FROM do_not_contact_log ORDER BY 1")
          == ["2 1", "3 1"])
      let refused = try await bed.dispatch(try await bed.email(), to: [2, 3, 5], key: "again")
      #expect(refused == [2: .doNotContact, 3: .doNotContact])
      // No address is kept.
      #expect(
        try await bed.pool.query(
          "SELECT FROM suppressed_addresses WHERE encode(hash, 'escape') LIKE '%user1%'"
        ).isEmpty)
    }
  }

  @Test("An entry made by whatever way outlives its contact; bounces and manual entries do not")
  func anyWay() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      let now = bed.now
      try await bed.jobs.transaction(at: now) { transaction in
        for (id, reason) in [(1, DoNotContactReason.unsubscribed), (2, .bounced), (3, .manual)] {
          _ = try await DoNotContactStore.add(
            [Int64(id)], channel: "email", reason: reason, in: transaction)
        }
        _ = try await DoNotContactStore.add(
          [2], channel: "sms", reason: .unsubscribed, in: transaction)
      }
      try await bed.pool.query("SELECT delete_contacts(ARRAY[1, 2, 3])")
      for id in 1...3 { try await insert(bed, Int64(10 + id), "user\(id)@example.com") }
      #expect(try await barred(bed) == ["11 1"])
    }
  }

  @Test("Lifted by subscribing again, with or without a contact, and by removing the entry")
  func lifted() async throws {
    try await MailBed.with { bed in
      let subject = try await subjectOfDeleted(bed)
      let unsubscriber = Unsubscriber(environment: bed.environment)
      try await unsubscriber.unsubscribe(subject)
      #expect(try await unsubscriber.resubscribe(subject))
      try await insert(bed, 2, "user1@example.com")
      #expect(try await barred(bed).isEmpty)
      try await unsubscriber.unsubscribe(subject)
      #expect(try await barred(bed) == ["2 1"])
      let now = bed.now
      for only in [DoNotContactReason.bounced, nil] {
        try await bed.jobs.transaction(at: now) { transaction in
          _ = try await DoNotContactStore.remove(
            [2], channel: "email", onlyFor: only, in: transaction)
        }
      }
      try await bed.pool.query("SELECT delete_contacts(ARRAY[2])")
      try await insert(bed, 3, "user1@example.com")
      #expect(try await barred(bed).isEmpty)
    }
  }

  @Test(
    "EML-406: subscribing again takes back the contact's own word alone",
    arguments: [DoNotContactReason.bounced, .manual])
  func ownWord(_ reason: DoNotContactReason) async throws {
    var settings = MailSettings()
    settings.showsPreferences = true
    try await MailBed.with(settings) { bed in
      let hash = SendHash.text(try await bed.sentOne())
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: hash))
      let now = bed.now
      try await bed.jobs.transaction(at: now) { transaction in
        _ = try await DoNotContactStore.add(
          [1], channel: "email", reason: reason, in: transaction)
      }
      #expect(try await !Unsubscriber(environment: bed.environment).resubscribe(subject))
      var input = PreferenceInput()
      input.acceptsEmail = true
      let wish = input
      await #expect(throws: InvalidInput.self) {
        try await PreferenceCenter(environment: bed.environment).save(wish, of: subject)
      }
      #expect(try await barred(bed) == ["1 \(reason.rawValue)"])
    }
  }
}
