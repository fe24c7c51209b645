import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import API

@Suite("Contacts under arbitrary requests")
struct ContactFuzzTests {
  /// Known members, and some unknown ones.
  private static let members = [
    "email", "firstname", "company", "country", "points", "attribution", "attribution_date",
    "last_active", "likes", "newsletter", "owner", "stage", "tags", "ipAddress", "lastActive",
    "doNotContact", "companies", "frequencyRules", "overwriteWithBlank", "id", "fields", "unknown",
    "website", "timezone", "dateAdded",
  ]

  /// Values that are valid for some member.
  private static let texts = [
    "", " ", "a@x.test", "B@x.test", "c@x.test", "Acme", "acme", "Birds", "Austria", "1", "0", "-1",
    "2024-02-30", "2024-03-01", "2024-03-01T00:00:00+00:00", "yes", "a|b", "-a", "a,-b", "10.0.0.1",
    "::1", "http://x.test", "Europe/Vienna", "<b>x</b>", "\u{0}", "ü", "1e999", "email", "WEEK",
    "\u{202E}", "'; DROP TABLE contacts; --", "0000-00-00",
  ]

  private static func value(_ random: inout some RandomNumberGenerator, depth: Int = 0)
    -> API.JSONValue
  {
    switch Int.random(in: 0..<(depth < 3 ? 12 : 7), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .int(.random(in: -2...3, using: &random))
    case 3: .int([.max, .min, 2_147_483_648, 0].randomElement(using: &random) ?? 0)
    case 4: .double(.random(in: -1e12...1e12, using: &random))
    case 5, 6, 7, 8: .string(texts.randomElement(using: &random) ?? "")
    case 9:
      .array(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth + 1) })
    default:
      .object(
        JSONObject(
          (0..<Int.random(in: 0...3, using: &random)).map { _ in
            (
              [
                "id", "channel", "reason", "tag", "comments", "email", "frequencyNumber",
                "frequencyTime", "pauseFromDate", "preferredChannel", "0",
              ]
              .randomElement(using: &random) ?? "id",
              value(&random, depth: depth + 1)
            )
          }))
    }
  }

  private static func body(_ random: inout some RandomNumberGenerator) -> String {
    let chosen = (0..<Int.random(in: 0...5, using: &random)).map { _ in
      (members.randomElement(using: &random) ?? "", value(&random))
    }
    return String(decoding: API.JSONValue.object(JSONObject(chosen)).rendered, as: UTF8.self)
  }

  /// The invariants, whatever was sent: CON-31, CON-32, CON-01, the unique index, no loose ends.
  private static let invariants: [(rule: String, breaches: SQL)] = [
    (
      "one primary company, whose name the contact shows",
      """
      SELECT c.id::text FROM contacts c
      LEFT JOIN contact_companies l ON l.contact_id = c.id AND l.is_primary
      LEFT JOIN companies p ON p.id = l.company_id
      GROUP BY c.id HAVING count(l.company_id) > 1 OR max(p.companyname) IS DISTINCT FROM c.company
        OR (count(l.company_id) = 0 AND EXISTS (
          SELECT FROM contact_companies o WHERE o.contact_id = c.id))
      """
    ),
    (
      "who has a name or an address is known",
      """
      SELECT id::text FROM contacts WHERE date_identified IS NULL
        AND coalesce(firstname, company, email) IS NOT NULL
      """
    ),
    (
      "points are the sum of their log",
      """
      SELECT c.id::text FROM contacts c LEFT JOIN points_log p ON p.contact_id = c.id
      GROUP BY c.id HAVING coalesce(sum(p.delta), 0) <> c.points
      """
    ),
    (
      "nothing hangs on a contact that is not there",
      """
      SELECT contact_id::text FROM (
        SELECT contact_id FROM contact_tags UNION ALL SELECT contact_id FROM contact_companies
        UNION ALL SELECT contact_id FROM contact_ips UNION ALL SELECT contact_id FROM do_not_contact
        UNION ALL SELECT contact_id FROM frequency_rules UNION ALL SELECT contact_id FROM stage_log
      ) AS children WHERE contact_id NOT IN (SELECT id FROM contacts)
      """
    ),
  ]

  @Test("Nonsense is refused with 400, sense is done, and the rules hold", arguments: 0..<4)
  func nonsense(round: Int) async throws {
    try await APIBed.with { bed in
      try await bed.addField("Newsletter", .boolean) {
        $0.properties = .object(["yes": .string("Y"), "no": .string("N")])
      }
      try await bed.addField("Likes", .multiselect) { $0.properties = choices("a", "b") }
      try await bed.pool.query(
        "INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, now())")
      let seed = UInt64.random(in: 0 ... .max)
      // Four writers at once, so that they meet.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask {
            var random = SeededGenerator(seed: seed &+ UInt64(writer))
            for _ in 0..<40 {
              let body = Self.body(&random)
              let (method, path, isExpected) = Self.call(&random)
              let answer = try await bed.call(method, path, body)
              #expect(
                isExpected.contains(answer.status),
                "seed \(seed): \(method) \(path) \(body): \(answer.text.prefix(300))")
            }
          }
        }
        try await group.waitForAll()
      }
      for (rule, breaches) in Self.invariants {
        let found = try await bed.texts(breaches)
        #expect(found.isEmpty, "seed \(seed): \(rule)")
      }
    }
  }

  private static func call(
    _ random: inout some RandomNumberGenerator
  ) -> (method: String, path: String, statuses: [Int]) {
    let id = Int.random(in: 1...6, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1: return ("POST", "/contacts/new", [200, 201, 400])
    case 2, 3: return ("PATCH", "/contacts/\(id)/edit", [200, 400, 404])
    case 4: return ("PUT", "/contacts/\(id)/edit", [200, 201, 400])
    default: return ("DELETE", "/contacts/\(id)/delete", [200, 404])
    }
  }
}
