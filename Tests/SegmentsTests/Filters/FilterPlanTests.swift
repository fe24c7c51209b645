import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Segments

/// The plans of conditions: over all contacts and for a few of them.
///
/// `MARTLET_TEST_CONTACTS` sets the number of contacts; with `MARTLET_TEST_EXPLAIN` plans are printed.
@Suite struct FilterPlanTests {
  static let contacts =
    TestVariable.number("MARTLET_TEST_CONTACTS") ?? 40_000
  static let isPrinting = ProcessInfo.processInfo.environment["MARTLET_TEST_EXPLAIN"] != nil

  private static let cities = ["Tokyo", "Lima", "Oslo", "Rome", "Bonn", "Kyiv", "Pune", "Cork"]

  private func fill(_ pool: PostgresPool) async throws {
    let count = Self.contacts
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, last_active, points, city, country,
        email, firstname, owner_id)
      SELECT n, timestamptz '2026-11-01 00:00:00Z' - n * interval '1 minute',
        CASE WHEN n % 3 > 0 THEN timestamptz '2026-11-01 00:00:00Z' END,
        CASE WHEN n % 5 = 0 THEN timestamptz '2026-11-21 00:00:00Z' END, n % 100,
        (\(Self.cities)::text[])[1 + n % 8],
        CASE WHEN n % 4 > 0 THEN 'Japan' END, 'contact' || n || '@example.com', 'Name ' || n % 977,
        CASE WHEN n % 50 = 0 THEN n % 7 + 1 END
      FROM generate_series(1, \(count)::bigint) AS n
      """)
    for statement: SQL in [
      """
      INSERT INTO contact_tags SELECT n, 1 + (n * k * 7919) % 60 FROM
        generate_series(1, \(count)::bigint) AS n, generate_series(1, 3) AS k
        ON CONFLICT DO NOTHING
      """,
      """
      INSERT INTO segment_members (contact_id, segment_id, date_added)
      SELECT n, k, timestamptz '2026-11-01 00:00:00Z' FROM
        generate_series(1, \(count)::bigint) AS n, generate_series(1, 8) AS k WHERE n % (k + 1) = 0
      """,
      """
      INSERT INTO companies (id, date_added, companyname, companycity)
      SELECT n, timestamptz '2026-11-01 00:00:00Z', 'Company ' || n,
        (\(Self.cities)::text[])[1 + n % 8]
      FROM generate_series(1, \(count / 20)::bigint) AS n
      """,
      """
      INSERT INTO contact_companies
      SELECT n, 1 + n % \(count / 20)::bigint, true, timestamptz '2026-11-01 00:00:00Z'
      FROM generate_series(1, \(count)::bigint) AS n WHERE n % 2 = 0
      """,
      """
      INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
      SELECT n, 'email', 1 + n % 2, timestamptz '2026-11-01 00:00:00Z'
      FROM generate_series(1, \(count)::bigint) AS n WHERE n % 3 = 0
      """,
      """
      INSERT INTO utm_tags (contact_id, utm_source, date_added)
      SELECT n, 'source' || n % 9, timestamptz '2026-11-01 00:00:00Z'
      FROM generate_series(1, \(count)::bigint) AS n WHERE n % 4 = 0
      """,
      """
      INSERT INTO devices (contact_id, device, date_added)
      SELECT n, 'type' || n % 9, timestamptz '2026-11-01 00:00:00Z'
      FROM generate_series(1, \(count)::bigint) AS n WHERE n % 4 = 0
      """,
      "ANALYZE",
    ] { try await pool.query(statement) }
  }

  /// Filters in a short form: groups of field, operator and value.
  static let cases: [(name: String, groups: [[(String, String, JSONValue)]])] = [
    ("text", [[("city", "=", .string("tokyo")), ("country", "!empty", .null)]]),
    (
      "three filters",
      [
        [
          ("country", "=", .string("japan")), ("points", "gte", .integer(20)),
          ("date_added", "lt", .string("2026-10-31")),
        ]
      ]
    ),
    ("contains", [[("email", "contains", .string("ct77"))]]),
    ("regexp", [[("email", "regexp", .string("7{3,}@"))]]),
    ("list", [[("city", "in", .string("tokyo|lima|oslo"))]]),
    ("owner", [[("owner_id", "=", .integer(3))]]),
    ("tags", [[("tags", "in", .array([.integer(3), .integer(4)]))]]),
    ("no tags", [[("tags", "!in", .array([.integer(3), .integer(4)]))]]),
    ("all tags", [[("tags", "in_all", .array([.integer(7), .integer(14), .integer(21)]))]]),
    (
      "tags or text",
      [
        [("tags", "in", .array([.integer(3)]))], [("city", "=", .string("tokyo"))],
      ]
    ),
    (
      "tags or no tags",
      [
        [("tags", "in", .array([.integer(3)])), ("points", "gt", .integer(50))],
        [("tags", "!in", .array([.integer(4)])), ("city", "=", .string("rome"))],
      ]
    ),
    ("segment", [[("leadlist", "in", .array([.integer(2)]))]]),
    ("no segment", [[("leadlist", "!in", .array([.integer(2), .integer(3)]))]]),
    ("company", [[("companycity", "=", .string("oslo")), ("companyname", "!empty", .null)]]),
    ("no company", [[("companycity", "!=", .string("oslo"))]]),
    ("do not contact", [[("dnc_bounced", "=", .integer(0))]]),
    ("utm", [[("utm_source", "startsWith", .string("source3"))]]),
    ("device", [[("device_type", "!in", .string("type3|type4"))]]),
    ("anniversary", [[("date_added", "=", .string("birthday"))]]),
    (
      "wide",
      [
        [("tags", "in", .array([.integer(3)])), ("leadlist", "in", .array([.integer(5)]))],
        [("companycity", "=", .string("oslo")), ("utm_source", "!empty", .null)],
        [("dnc_bounced", "=", .integer(1)), ("city", "=", .string("rome"))],
      ]
    ),
  ]

  static func filters(_ groups: [[(String, String, JSONValue)]]) throws -> SegmentFilters {
    let list = groups.flatMap { group in
      group.enumerated().map { index, filter in
        JSONValue.object([
          "glue": .string(index == 0 ? "or" : "and"), "type": .string("text"),
          "object": .string(filter.0.hasPrefix("company") ? "company" : "lead"),
          "field": .string(filter.0), "operator": .string(filter.1),
          "properties": .object(["filter": filter.2]),
        ])
      }
    }
    return try SegmentFilters(json: .array(list))
  }

  @Test func usesIndexesForFewAndJoinsForAll() async throws {
    try await TestDatabase.with(migrations: ModelLoader.migrations) {
      (database) async throws in
      let pool = database.pool
      try await fill(pool)
      let compiler = SegmentCompiler(
        registry: .contacts, fields: try await FieldStore(pool: pool).current(),
        timeZone: .gmt, now: Date(timeIntervalSince1970: 1_795_000_000),
        segments: Dictionary(uniqueKeysWithValues: (1...8).map { (Int64($0), .none) }))
      let few = (1...10).map { Int64($0 * Self.contacts / 10) }
      for (name, groups) in Self.cases {
        let compiled = try compiler.compile(try Self.filters(groups), references: .stored)
        let byID = try await plan(
          "SELECT c.id FROM contacts AS c WHERE c.id = ANY (\(few)) AND \(sql: compiled.condition)",
          name + ", few", pool)
        // The cost of a few contacts must not grow with the number of contacts.
        #expect(!byID.contains("Seq Scan on contact"), "\(name): \(byID)")
        for table in ["segment_members", "utm_tags", "devices", "do_not_contact", "companies"] {
          #expect(!byID.contains("Seq Scan on \(table)"), "\(name): \(byID)")
        }
        let all = try await plan(
          "SELECT c.id FROM contacts AS c WHERE \(sql: compiled.condition)", name + ", all", pool)
        // A range of contacts reads only their rows.
        let (first, last) = (Int64(Self.contacts / 2), Int64(Self.contacts / 2 + Self.contacts / 8))
        for isScoped in [true, false] where isScoped || Self.isPrinting {
          let ranged = try compiler.compile(
            try Self.filters(groups), references: .stored, within: isScoped ? first...last : nil)
          _ = try await plan(
            """
            SELECT c.id FROM contacts AS c
            WHERE c.id BETWEEN \(first) AND \(last) AND \(sql: ranged.condition)
            """, name + (isScoped ? ", range" : ", range unscoped"), pool)
        }
        // No subquery that scans a table for each contact.
        for block in all.components(separatedBy: "SubPlan ").dropFirst()
        where !all.contains("hashed SubPlan") {
          #expect(block.contains("Index"), "\(name): \(all)")
        }
      }
    }
  }

  /// The maximum number of filters is planned in one statement: only some of them become joins.
  @Test func plansManyFilters() async throws {
    try await TestDatabase.with(migrations: ModelLoader.migrations) { (database) async throws in
      let compiler = SegmentCompiler(
        registry: .contacts, fields: try await FieldStore(pool: database.pool).current(),
        timeZone: .gmt, now: Date(timeIntervalSince1970: 1_795_000_000), segments: [:])
      let filters = try Self.filters([(1...200).map { ("tags", "in", .array([.integer($0)])) }])
      let compiled = try compiler.compile(filters, references: .stored)
      let plan = try await plan(
        "SELECT c.id FROM contacts AS c WHERE \(sql: compiled.condition)", "many", database.pool)
      #expect(plan.contains("SubPlan"))
      #expect(plan.components(separatedBy: "contact_tags").count > 200)
    }
  }

  private func plan(_ sql: SQL, _ name: String, _ pool: PostgresPool) async throws -> String {
    let rows = try await pool.query(
      Self.isPrinting
        ? "EXPLAIN (ANALYZE, COSTS off) \(sql: sql)" : "EXPLAIN (COSTS off) \(sql: sql)")
    let plan = try rows.map { try $0.decode(at: 0, as: String.self) }.joined(separator: "\n")
    if Self.isPrinting { print("— \(name)\n\(plan)") }
    return plan
  }
}
