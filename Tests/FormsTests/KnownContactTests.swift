import Contacts
import Fields
import Foundation
import Postgres
import Testing

@testable import Forms

@Suite("Submissions of contacts that exist, at the same time") struct KnownContactTests {
  /// Submits values at the same time by one submitter.
  private func submit(
    _ bed: FormsBed, _ form: Form, _ all: [[String: String]]
  ) async throws -> [Result<FormReceipt, any Error>] {
    let submitter = bed.submitter
    return await withTaskGroup(of: Result<FormReceipt, any Error>.self) { group in
      for (place, values) in all.enumerated() {
        let request = FormRequest(
          form: form.id, values: values.mapValues { [$0] }, token: "t\(place)",
          visit: FormVisit(address: "192.0.2.7", agent: "Test"), at: bed.now)
        group.addTask {
          do { return .success(try await submitter.submit(request)) } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func contacts(_ bed: FormsBed, _ count: Int) async throws -> [Int64] {
    var ids: [Int64] = []
    for number in 0..<count {
      ids.append(try await bed.contact(["email": "n\(number)@example.com"]))
    }
    return ids
  }

  @Test("They share statements, and each is stored once with all that belongs to it")
  func shares() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      _ = try await contacts(bed, 100)
      // What is prepared once is not counted.
      try await bed.submit(form, ["email": "n0@example.com", "city": "Rome"])
      let start = bed.pool.statementsSent
      try await bed.submit(form, ["email": "n0@example.com", "city": "Oslo"])
      let before = bed.pool.statementsSent
      let alone = before - start
      let results = try await submit(
        bed, form, (0..<100).map { ["email": "n\($0)@example.com", "city": "Town \($0)"] })
      let statements = bed.pool.statementsSent - before
      // How many of them meet depends on the machine.
      #expect(statements < 100 * alone / 2, "\(statements) statements for 100, \(alone) for one")
      #expect(Set(try results.map { try $0.get().contact }).count == 100)
      let rows = try await bed.pool.query(
        """
        SELECT count(*), count(DISTINCT c.id), count(DISTINCT j.id),
          bool_and(c.last_active IS NOT NULL AND c.date_modified IS NOT NULL
            AND s.results ->> 'city' = c.city
            AND EXISTS (SELECT FROM contact_ips i WHERE i.contact_id = c.id AND i.ip_id = s.ip_id)
            AND EXISTS (SELECT FROM audit_log a WHERE a.object_id = c.id AND a.action = 'update'
              AND a.details -> 'fields' -> 'city' ->> 1 = c.city))
        FROM form_submissions s JOIN contacts c ON c.id = s.contact_id AND s.token IS NOT NULL
        JOIN jobs j ON j.name = 'forms.follow' AND (j.payload::jsonb ->> 'submission')::bigint = s.id
        """)
      let counts: [Int] = try (0..<3).map { try rows[0].decode(at: $0) }
      #expect(counts == [100, 100, 100])
      #expect(try rows[0].decode(at: 3, as: Bool.self))
    }
  }

  @Test("Several of one contact are applied in their order, each with its history")
  func inOrder() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city", "points")
      let ann = try await bed.contact(["email": "ann@example.com", "city": "Rome"])
      var writers: [SubmissionWriter] = []
      for (city, points) in [("Oslo", "5"), ("Bern", ""), ("Bern", "2")] {
        writers.append(
          try await bed.writer(
            form, ["email": "ann@example.com", "city": city, "points": points]))
      }
      let receipts = try await bed.together(writers)
      #expect(receipts.map { $0?.contact } == [ann, ann, ann])
      #expect(Set(receipts.map { $0?.submission }).count == 3)
      #expect(try await bed.value("city", of: ann) == "Bern")
      #expect(try await bed.value("points", of: ann) == "2")
      let history = try await bed.pool.query(
        "SELECT details -> 'fields' ->> 'city' FROM audit_log WHERE action = 'update' ORDER BY id")
      let cities: [String?] = try history.map { try $0.decode(at: 0) }
      #expect(cities == [#"["Rome", "Oslo"]"#, #"["Oslo", "Bern"]"#, nil])
      let log = try await bed.pool.query("SELECT delta FROM points_log ORDER BY id")
      let deltas: [Int] = try log.map { try $0.decode(at: 0) }
      #expect(deltas == [5, -3])
    }
  }

  @Test("Of two with one token the first is stored, and the other leaves no trace (FRM-09)")
  func oneToken() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      let ann = try await bed.contact(["email": "ann@example.com"])
      let bob = try await bed.contact(["email": "bob@example.com"])
      let receipts = try await bed.together([
        try await bed.writer(form, ["email": "ann@example.com", "city": "Oslo"], token: "one"),
        try await bed.writer(form, ["email": "bob@example.com", "city": "Bern"], token: "one"),
        try await bed.writer(form, ["email": "ann@example.com", "city": "Rome"], token: "one"),
      ])
      #expect(receipts.map { $0?.contact } == [ann, nil, nil])
      #expect(try await bed.value("city", of: ann) == "Oslo")
      #expect(try await bed.value("city", of: bob) == nil)
      let again = try await bed.together([
        try await bed.writer(form, ["email": "bob@example.com", "city": "Bern"], token: "one")
      ])
      #expect(again == [nil])
      #expect(try await bed.count("form_submissions") == 1)
    }
  }

  @Test("One that the database refuses fails alone")
  func oneBad() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      _ = try await contacts(bed, 20)
      try await bed.pool.query(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'no'; END $$
        """)
      try await bed.pool.query(
        """
        CREATE TRIGGER refuses BEFORE UPDATE ON contacts FOR EACH ROW WHEN (NEW.city = 'Bad')
        EXECUTE FUNCTION refuse()
        """)
      let results = try await submit(
        bed, form,
        (0..<20).map { ["email": "n\($0)@example.com", "city": $0 == 7 ? "Bad" : "Rome"] })
      let failures = results.filter { if case .failure = $0 { true } else { false } }
      #expect(failures.count == 1)
      #expect(try await bed.count("form_submissions") == 19)
      let written = try await bed.pool.query("SELECT FROM contacts WHERE city = 'Rome'")
      #expect(written.count == 19)
    }
  }

  @Test(
    "One whose contact is in use keeps no other waiting, and one that changes its address stands alone"
  )
  func left() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      let ids = try await contacts(bed, 2)
      let writers = [
        try await bed.writer(form, ["email": "n0@example.com", "city": "Oslo"]),
        try await bed.writer(form, ["email": "n1@example.com", "city": "Bern"]),
      ]
      let receipts = try await bed.pool.transaction { connection in
        _ = try await ContactLock.lock([ids[0]], on: connection)
        return try await bed.together(writers)
      }
      #expect(receipts.map { $0?.contact } == [nil, ids[1]])
      try await bed.alone(writers[0])
      #expect(try await bed.value("city", of: ids[0]) == "Oslo")
      // The same address, written otherwise, is another value.
      let other = try await bed.writer(form, ["email": "N0@example.com"])
      if try await bed.together([other]) == [nil] { try await bed.alone(other) }
      #expect(try await bed.count("contacts") == 2)
      #expect(try await bed.count("form_submissions") == 3)
    }
  }

  @Test("They race the deletion and the merge of their contacts, and none gets lost")
  func races() async throws {
    try await FormsBed.with { (bed) async throws in
      let form = try await bed.form("email", "city")
      let ids = try await contacts(bed, 8)
      var winners: [Int64] = []
      for _ in 0..<4 { winners.append(try await bed.contact(["city": "Rome"])) }
      let origin = ContactOrigin(FormsBed.author, source: "test", now: bed.now)
      async let changes: Void = withThrowingTaskGroup(of: Void.self) { group in
        for (place, winner) in winners.enumerated() {
          var input = ContactInput()
          input.values["email"] = .text("n\(place)@example.com")
          group.addTask { [input] in
            _ = try await bed.editor.edit(winner, input, mode: .patch, from: origin)
          }
          group.addTask { _ = try await bed.editor.delete(ids[4 + place], from: origin) }
        }
        try await group.waitForAll()
      }
      let results = try await submit(
        bed, form, (0..<120).map { ["email": "n\($0 % 8)@example.com", "city": "Town \($0)"] })
      try await changes
      #expect(Set(try results.map { try $0.get().submission }).count == 120)
      let stray = try await bed.pool.query(
        """
        SELECT FROM form_submissions s
        WHERE NOT EXISTS (SELECT FROM contacts c WHERE c.id = s.contact_id)
        """)
      #expect(stray.isEmpty)
      let doubles = try await bed.pool.query(
        "SELECT FROM contacts WHERE email IS NOT NULL GROUP BY email HAVING count(*) > 1")
      #expect(doubles.isEmpty)
      // What a deletion took is gone with its contact; a merge takes nothing.
      let kept = try await bed.pool.query(
        """
        SELECT FROM form_submissions s JOIN contacts c ON c.id = s.contact_id
        WHERE c.email IN ('n0@example.com', 'n1@example.com', 'n2@example.com', 'n3@example.com')
        """)
      #expect(kept.count == 60)
    }
  }
}
