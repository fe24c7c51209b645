import Fields
import Foundation
import Postgres
import Primitives
import Query
import TestSupport
import Testing

/// Searches that must use an index do so, in a database of 50,000 contacts after `ANALYZE`, with
/// the server's own choice of plans.
@Suite struct SearchPlanTests {
  private static func plan(_ condition: SQL, _ pool: PostgresPool) async throws -> String {
    try await pool.query("EXPLAIN SELECT contacts.id FROM contacts WHERE \(sql: condition)")
      .map { try $0.decode(at: 0, as: String.self) }.joined(separator: "\n")
  }

  private static let searches: [(String, [String])] = [
    ("ids:5,77,1000", ["contacts_pkey"]),
    ("email:n5", ["contacts_identity_email", "contacts_shared_email"]),
    ("email:+n500@x.test", ["contacts_identity_email", "contacts_shared_email"]),
    ("email:n500é", ["contacts_identity_email", "contacts_shared_email"]),
    ("email:(n500 or n501)", ["contacts_identity_email"]),
    ("customer_no:c12", ["contacts_identity_customer_no", "contacts_shared_customer_no"]),
    ("nickname:nick77", ["contacts_search_nickname"]),
    ("nickname:+nick77", ["contacts_search_nickname"]),
    ("tag:+\"tag 77\"", ["contact_tags_tag", "contacts_pkey"]),
    ("segment:segment-50", ["segment_members_segment", "contacts_pkey"]),
    ("common:segment-50+segment-51", ["contacts_pkey"]),
    ("company:\"company 123\"", ["companies_identity_companyname", "contact_companies_company"]),
    ("company_id:123", ["contact_companies_company"]),
    ("is:mine", ["contacts_owner"]),
    ("owner:first77", ["contacts_owner"]),
    ("stage:\"stage 33\"", ["contacts_stage"]),
    // Each side of an OR by its own index.
    ("email:n500 or tag:+\"tag 77\"", ["contacts_identity_email", "contact_tags_tag"]),
    (
      "(segment:segment-50 OR segment:segment-51) AND (tag:+\"tag 7\")", ["segment_members_segment"]
    ),
    ("company_id:5 or (ids:7,8 city:rome)", ["contact_companies_company", "contacts_pkey"]),
    // One selective criterion is enough.
    ("berlin email:n500", ["contacts_identity_email"]),
    ("tag:+\"tag 77\" !segment:segment-50 rome", ["contact_tags_tag"]),
  ]

  private static let conditions: [(String, String, String, [String])] = [
    ("email", "eq", "N500@x.test", ["contacts_identity_email", "contacts_shared_email"]),
    ("email", "in", "n1@x.test,n2@x.test", ["contacts_identity_email"]),
    ("email", "like", "n500%", ["contacts_identity_email"]),
    ("customer_no", "eq", "c77", ["contacts_identity_customer_no"]),
    ("nickname", "in", "nick1,nick2", ["contacts_search_nickname"]),
    ("id", "in", "1,2,3", ["contacts_pkey"]),
    ("id", "gt", "49990", ["contacts_pkey"]),
    ("owner", "eq", "5", ["contacts_owner"]),
  ]

  @Test func usesTheIndexes() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let store = FieldStore(pool: pool)
      for label in ["Customer no", "Nickname"] {
        var field = NewField(label: label, type: .text)
        field.isUniqueIdentifier = label == "Customer no"
        field.isIndex = label == "Nickname"
        _ = try await store.create(field, by: .system, now: testNow)
      }
      try await pool.withConnection { try await $0.execute(script: Self.fill) }
      let list = ListQuery.contacts(try await store.current(), commands: SearchBed.commands)
      for (search, indexes) in Self.searches {
        let plan = try await Self.plan(list.condition(search: search, where: nil, user: 7), pool)
        for index in indexes { #expect(plan.contains(" \(index)"), "\(search):\n\(plan)") }
        #expect(!plan.contains("Seq Scan on contacts"), "\(search):\n\(plan)")
      }
      for (col, expr, val, indexes) in Self.conditions {
        let conditions: JSONValue = .array([
          .object(["col": .string(col), "expr": .string(expr), "val": .string(val)])
        ])
        let plan = try await Self.plan(
          list.condition(search: nil, where: conditions, user: 7), pool)
        for index in indexes { #expect(plan.contains(" \(index)"), "\(col) \(expr):\n\(plan)") }
        #expect(!plan.contains("Seq Scan on contacts"), "\(col) \(expr):\n\(plan)")
      }
      // Searches that read every contact are known to find few, so that the plan is built on other
      // criteria.
      let text = try await Self.plan(
        list.condition(search: "nobody-has-this", where: nil, user: 7), pool)
      let rows = try #require(text.firstMatch(of: #/rows=(\d+)/#)?.1)
      #expect((Int(rows) ?? .max) < 1000, "\(text)")
    }
  }

  private static let fill =
    Crowd.script(50_000, ["customer_no": "'C' || n", "nickname": "'nick' || n"]) + "ANALYZE;"
}
