import Fields
import Foundation
import Postgres
import Primitives
import Query
import TestSupport
import Testing

@testable import Contacts

/// The statements of contacts that requests send, in a database of 30,000 contacts after `ANALYZE`: none reads a large
/// table whole.
@Suite struct ListPlanTests {
  /// Tables that grow with the number of contacts.
  private static let large: Set<String> = [
    "contacts", "contact_tags", "contact_ips", "contact_companies", "companies", "ip_addresses",
    "segment_members", "do_not_contact", "frequency_rules", "utm_tags",
  ]

  /// The large tables that a plan reads whole.
  private static func scans(_ plan: JSONValue, isMerged: Bool = false) -> [String] {
    var found: [String] = []
    if case .array(let parts)? = plan["Plans"] {
      found = parts.flatMap { scans($0, isMerged: plan["Node Type"]?.text == "Merge Join") }
    }
    let isWhole =
      plan["Node Type"]?.text == "Seq Scan"
      // Most of a table by an index costs more, unless a limit ends it.
      || plan["Parent Relationship"]?.text == "Outer" && plan["Node Type"]?.text == "Index Scan"
        && isMerged && plan["Index Cond"] == nil
    if isWhole, let table = plan["Relation Name"]?.text,
      large.contains(table)
    {
      found.append(table)
    }
    return found
  }

  private static func expectIndexes(
    _ statement: SQL, _ name: String, _ pool: PostgresPool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let rows = try await pool.query("EXPLAIN (FORMAT JSON) \(sql: statement)")
    let json: JSON = try rows[0].decode(at: 0)
    let plan = try #require(try json.decode([JSONValue].self).first?["Plan"])
    let scanned = scans(plan)
    #expect(
      scanned.isEmpty, "\(name) reads \(scanned) whole:\n\(json.text)",
      sourceLocation: sourceLocation)
  }

  @Test func readsNoLargeTableWhole() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.withConnection { try await $0.execute(script: Self.fill) }
      let fields = try await FieldStore(pool: pool).current()
      let reader = ContactReader(fields)
      try await Self.expectIndexes(reader.select(77), "one contact", pool)
      try await Self.expectIndexes(
        reader.select(ContactStatements.wanted([5, 3, 20_000])), "some contacts", pool)
      for start in [0, 30, 5_000] {
        try await Self.expectIndexes(
          reader.select(
            ContactPaging.newest(start: start, limit: 30), extra: RecordCount.sql(of: "contacts")),
          "the whole list from \(start)", pool)
      }
      let list = ListQuery.contacts(fields, commands: SearchBed.commands)
      for search in [
        "email:n500", "email:+n500@x.test", "ids:5,77,1000", "tag:+\"tag 77\"",
        "company:\"company 123\"",
        "company_id:123", "segment:segment-50", "owner:first77", "stage:\"stage 33\"", "is:mine",
        "ip:203.0.7.9",
      ] {
        let condition = try list.condition(search: search, where: nil, user: 7)
        let paging = ContactPaging(start: 0, limit: 30, order: [], condition: condition)
        try await Self.expectIndexes(paging.gathering(condition, bound: 10_001), search, pool)
      }
      // Many matches, in the orders that have an index.
      for (orderBy, direction) in [
        ("id", "asc"), ("id", "desc"), ("email", "asc"), ("email", "desc"),
      ] {
        let order = try list.orders(ListRequest(orderBy: orderBy, direction: direction, user: 7))
        let paging = ContactPaging(start: 30, limit: 30, order: order, condition: nil)
        try await Self.expectIndexes(
          paging.walking("true", limit: 31), "by \(orderBy) \(direction)", pool)
      }
    }
  }

  @Test func estimatesOnlyWhatIsManyAndPagesThroughAll() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.withConnection { try await $0.execute(script: Self.fill) }
      let store = ContactStore(pool: pool, fields: FieldStore(pool: pool))
      let list = ListQuery.contacts(try await FieldStore(pool: pool).current())
      func page(_ search: String, from start: Int, _ limit: Int = 1_000) async throws -> ContactPage
      {
        try await store.page(
          start: start, limit: limit,
          where: try list.condition(search: search, where: nil, user: 7))
      }
      let few = try await page("email:n77", from: 0)
      #expect(few.total == 111 && !few.isEstimated)
      // A client that goes on until it has as many as the last total says gets each once.
      var ids: [Int64] = []
      while true {
        let part = try await page("city:rome", from: ids.count)
        ids += part.contacts.map(\.id)
        #expect(part.isEstimated ? part.total > ids.count : part.total == 15_000)
        if ids.count >= part.total { break }
      }
      #expect(ids.count == 15_000 && Set(ids).count == 15_000)
      let beyond = try await page("city:rome", from: 15_000)
      #expect(beyond.contacts.isEmpty && beyond.total == 15_000 && !beyond.isEstimated)
      let first = try await page("city:rome", from: 0, 30)
      #expect(first.isEstimated && abs(first.total - 15_000) < 2_000)
      #expect(try await store.page(limit: 30).total == 30_000)
    }
  }

  private static let fill =
    Crowd.script(30_000) + """
      INSERT INTO ip_addresses (id, address, date_added) OVERRIDING SYSTEM VALUE
        SELECT n, ('203.0.' || n / 250 || '.' || n % 250)::inet, '2024-01-01Z'
        FROM generate_series(1, 30000) AS n;
      INSERT INTO contact_ips (contact_id, ip_id, date_added)
        SELECT n, n, '2024-01-01Z' FROM generate_series(1, 30000) AS n;
      INSERT INTO utm_tags (contact_id, utm_source, date_added)
        SELECT n, 'news', '2024-01-01Z' FROM generate_series(1, 30000) AS n;
      INSERT INTO frequency_rules (contact_id, channel, date_added)
        SELECT n, 'email', '2024-01-01Z' FROM generate_series(1, 30000) AS n;
      INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        SELECT n, CASE WHEN n % 100 = 0 THEN 'sms' ELSE 'email' END, 3, '2024-01-01Z'
        FROM generate_series(1, 30000) AS n;
      ANALYZE;
      """
}
