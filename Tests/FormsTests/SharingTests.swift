import Contacts
import Fields
import Foundation
import Postgres
import Testing

@testable import Forms

@Suite("Submissions that come together, and forms that are remembered (architecture.md, Forms)")
struct SharingTests {
  /// Submits values at the same time by one submitter, and returns the receipts in their order.
  private func submit(
    _ bed: FormsBed, _ form: Form, _ all: [(values: [String: String], token: String?)]
  ) async throws -> [FormReceipt] {
    let submitter = bed.submitter
    return try await withThrowingTaskGroup(of: (Int, FormReceipt).self) { group in
      for (place, (values, token)) in all.enumerated() {
        let request = FormRequest(
          form: form.id, values: values.mapValues { [$0] }, token: token,
          page: "https://example.com/", visit: FormVisit(address: "192.0.2.7", agent: "Test"),
          at: bed.now)
        group.addTask { (place, try await submitter.submit(request)) }
      }
      var receipts: [Int: FormReceipt] = [:]
      for try await (place, receipt) in group { receipts[place] = receipt }
      return all.indices.compactMap { receipts[$0] }
    }
  }

  @Test(
    "Submissions at the same moment share statements, and each is stored once with all that belongs to it"
  )
  func shares() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      // What is prepared once is not counted.
      try await bed.submit(form, ["email": "first@example.com"])
      let start = bed.pool.statementsSent
      try await bed.submit(form, ["email": "second@example.com"])
      let before = bed.pool.statementsSent
      let alone = before - start
      let receipts = try await submit(
        bed, form,
        (0..<100).map { (["email": "n\($0)@example.com", "city": "Town \($0)"], "t\($0)") })
      let statements = bed.pool.statementsSent - before
      // How many of them meet depends on the machine.
      #expect(statements < 100 * alone / 2, "\(statements) statements for 100, \(alone) for one")
      #expect(Set(receipts.map(\.submission)).count == 100)
      let rows = try await bed.pool.query(
        """
        SELECT count(*), count(DISTINCT c.id), count(DISTINCT j.id), bool_and(c.last_active IS NOT NULL),
          bool_and(s.results ->> 'email' = c.email AND s.results ->> 'city' = c.city),
          bool_and(EXISTS (SELECT FROM contact_ips i WHERE i.contact_id = c.id AND i.ip_id = s.ip_id))
        FROM form_submissions s JOIN contacts c ON c.id = s.contact_id AND c.email LIKE 'n%'
        JOIN jobs j ON j.name = 'forms.follow' AND (j.payload::jsonb ->> 'submission')::bigint = s.id
        """)
      let counts: [Int] = try (0..<3).map { try rows[0].decode(at: $0) }
      #expect(counts == [100, 100, 100])
      let hold: [Bool] = try (3..<6).map { try rows[0].decode(at: $0) }
      #expect(hold == [true, true, true])
      let entries = try await bed.pool.query(
        "SELECT FROM audit_log WHERE action = 'create' AND object = 'lead'")
      #expect(entries.count == 102)
    }
  }

  @Test(
    "What cannot be stored together is stored alone: one address, known contacts, one token (FRM-06, FRM-09)"
  )
  func standsAlone() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      let known = try await bed.contact(["email": "known@example.com"])
      let receipts = try await submit(
        bed, form,
        [
          (["email": "known@example.com", "city": "Rome"], nil),
          (["email": "same@example.com"], nil), (["email": "SAME@example.com"], nil),
          (["email": "a@example.com"], "one"), (["email": "b@example.com"], "one"),
          (["email": "c@example.com"], "two"), (["city": "Oslo"], nil), (["city": "Oslo"], nil),
        ])
      #expect(receipts[0].contact == known)
      #expect(try await bed.value("city", of: known) == "Rome")
      #expect(receipts[1].contact == receipts[2].contact)
      #expect(receipts[3].submission == receipts[4].submission)
      #expect(receipts[6].contact != receipts[7].contact)
      #expect(try await bed.count("form_submissions") == 7)
      #expect(try await bed.count("contacts") == 6)
    }
  }

  @Test("A change of the form, or of a field, holds for the next submission, whoever made it")
  func notices() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city") { $0.fields?[1].mapping = .some(nil) }
      let submitter = bed.submitter
      func send(_ address: String) async throws -> FormReceipt {
        try await submitter.submit(
          FormRequest(
            form: form.id, values: ["email": [address], "city": ["Rome"]],
            visit: FormVisit(address: "192.0.2.7"), at: bed.now))
      }
      let first = try await send("a@example.com")
      #expect(try await bed.value("city", of: first.contact) == nil)
      // By another process: nothing of it reaches this one.
      var change = FormInput()
      var field = FormFieldInput()
      field.id = form.fields[1].id
      field.mapping = FormMappingInput(.contact, "city")
      change.fields = [field]
      _ = try await bed.forms.update(form.id, change, by: FormsBed.author, now: bed.now)
      let second = try await send("b@example.com")
      #expect(try await bed.value("city", of: second.contact) == "Rome")
      change.fields = nil
      change.isPublished = false
      _ = try await bed.forms.update(form.id, change, by: FormsBed.author, now: bed.now)
      await #expect(throws: FormClosure.unpublished) { try await send("c@example.com") }
      change.isPublished = true
      _ = try await bed.forms.update(form.id, change, by: FormsBed.author, now: bed.now)
      _ = try await send("d@example.com")
      // The definition of a mapped field.
      try await bed.pool.query("UPDATE fields SET char_length_limit = 3 WHERE alias = 'city'")
      await #expect(throws: FormRefusal.self) { try await send("e@example.com") }
      _ = try await bed.forms.delete(form.id, by: FormsBed.author, now: bed.now)
      await #expect(throws: FormClosure.unknown) { try await send("f@example.com") }
      #expect(try await bed.count("contacts") == 3)
    }
  }
}
