import Postgres
import TestSupport
import Testing

@testable import Forms

@Suite("Submissions that are stored together, beside those that are stored one after another")
struct SubmissionModelTests {
  /// What is to be the same, whoever wrote it.
  private static let same: [SQL] = [
    """
    SELECT email, firstname, city, points, identity_shared, date_identified IS NOT NULL AS is_known,
      date_modified IS NOT NULL AS is_modified, modified_by_user, created_by_user,
      last_active IS NOT NULL AS was_active FROM contacts
    """,
    """
    SELECT c.email, s.token, s.results, s.referer, s.tracking_id, s.origin, i.address
    FROM form_submissions s JOIN contacts c ON c.id = s.contact_id
    JOIN ip_addresses i ON i.id = s.ip_id
    """,
    """
    SELECT c.email, a.action, a.details, a.user_name
      , row_number() OVER (PARTITION BY a.object_id ORDER BY a.id) AS place
    FROM audit_log a JOIN contacts c ON c.id = a.object_id WHERE a.object = 'lead'
    """,
    """
    SELECT c.email, p.type, p.event_name, p.action_name, p.delta
    FROM points_log p JOIN contacts c ON c.id = p.contact_id
    """,
    """
    SELECT c.email, i.address FROM contact_ips x JOIN contacts c ON c.id = x.contact_id
    JOIN ip_addresses i ON i.id = x.ip_id
    """,
    "SELECT name, count(*) FROM jobs GROUP BY name",
  ]
  private static let marks: SQL = """
    SELECT DISTINCT c.email, topic FROM contact_changes m CROSS JOIN unnest(m.contact_ids) AS x
    JOIN contacts c ON c.id = x CROSS JOIN unnest(m.topics) AS topic
    """

  /// Values of a form, some of them of contacts that exist, and some sent twice.
  private func submissions(
    _ random: inout SeededGenerator, _ round: Int
  ) -> [(values: [String: String], token: String?)] {
    (0..<40).map { number in
      var values: [String: String] = [:]
      values["email"] = random.pick([
        "a@example.com", "b@example.com", "c@example.com", "C@example.com", "d@example.com",
        "e@example.com", "new\(round)@example.com", "\(round)-\(number)@example.com", "",
      ])
      if random.once(in: 2) { values["city"] = random.pick(["Rome", "Oslo", "Bern", ""]) }
      if random.once(in: 3) { values["firstname"] = random.pick(["Ann", "Bob"]) }
      if random.once(in: 3) { values["points"] = random.pick(["0", "7", "12"]) }
      return (values, random.once(in: 2) ? "t\(round)-\(random.next() % 30)" : nil)
    }
  }

  @Test("The same rows come of both (FRM-02, FRM-06, FRM-07, FRM-09)", arguments: 0..<3)
  func agrees(_ run: Int) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    try await FormsBed.with { (together) async throws in
      try await FormsBed.with { (apart) async throws in
        let beds = [together, apart]
        var forms: [Form] = []
        for bed in beds {
          forms.append(try await bed.form("email", "firstname", "city", "points"))
          for name in ["a", "b", "c", "d", "e"] {
            _ = try await bed.contact(["email": "\(name)@example.com", "city": "Rome"])
          }
        }
        var random = SeededGenerator(seed: seed)
        var count = 0
        for round in 0..<3 {
          let all = submissions(&random, round)
          var writers: [SubmissionWriter] = []
          for (values, token) in all {
            writers.append(try await together.writer(forms[0], values, token: token))
            try await apart.alone(try await apart.writer(forms[1], values, token: token))
          }
          for (writer, receipt) in zip(writers, try await together.together(writers)) {
            if receipt == nil { try await together.alone(writer) } else { count += 1 }
          }
        }
        #expect(count > 40, "\(count) were stored together, seed \(seed)")
        for query in Self.same {
          let (found, expected) = (try await together.rows(query), try await apart.rows(query))
          #expect(found == expected, "seed \(seed)")
        }
        let (told, needed) = (
          try await together.rows(Self.marks), try await apart.rows(Self.marks)
        )
        #expect(Set(told).isSuperset(of: needed), "seed \(seed)")
      }
    }
  }
}
