import Foundation
import Postgres
import TestSupport
import Testing

@testable import Segments

/// The cost of following a change does not grow with the tables: everything is found by index.
@Suite struct RefreshPlanTests {
  /// Returns the plan of statements, in the settings of an evaluation.
  private func plan(_ sql: SQL, isSmall: Bool, _ pool: PostgresPool) async throws -> [String] {
    try await pool.transaction { connection in
      await connection.beginEvaluation(isSmall: isSmall, hasPattern: true)
      return try await connection.query("EXPLAIN \(sql: sql)").map { try $0.decode(at: 0) }
    }
  }

  private func fill(_ bed: SegmentBed) async throws {
    try await bed.contacts(5_000)
    try await bed.segment(1, points("gte", 10), filter("email", "like", "%a%"))
    try await bed.segment(2, filter("tags", "in", .array([.integer(1)]), type: "tags"))
    try await bed.segment(3, filter("tags", "!empty", .null, type: "tags"))
    try await bed.segment(4, filter("companycity", "=", "Rome", object: "company"))
    try await bed.segment(5, filter("dnc_unsubscribed", "=", .integer(0), type: "boolean"))
    try await bed.segment(6, filter("device_type", "in", .array([.string("phone")])))
    try await bed.segment(7, filter("utm_source", "contains", "x"))
    try await bed.segment(8, filter("globalcategory", "in", .array([.integer(1)])))
    try await bed.segment(9, members("in", 1, 2), filter("firstname", "regexp", "^a"))
    try await bed.segment(10, filter("leadlist", "empty", .null, type: "leadlist"))
    try await bed.pool.pipeline([
      "INSERT INTO contact_tags SELECT id, t FROM contacts, generate_series(1, 3) AS t",
      """
      INSERT INTO segment_members (contact_id, segment_id, date_added)
      SELECT id, s, \(SegmentBed.start) FROM contacts, generate_series(1, 5) AS s
      """,
      """
      INSERT INTO companies (id, companyname, date_added)
      SELECT id, 'Company ' || id, \(SegmentBed.start) FROM contacts
      """,
      """
      INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
      SELECT id, id, true, \(SegmentBed.start) FROM contacts
      """,
      """
      INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
      SELECT id, 'email', 1, \(SegmentBed.start) FROM contacts
      """,
    ])
    try await bed.pool.query("ANALYZE")
  }

  @Test("A refresh scans no table sequentially")
  func refresh() async throws {
    try await SegmentBed.with { bed in
      try await fill(bed)
      let set = try await bed.pool.withConnection {
        try await bed.cache.current(on: $0, now: bed.now)
      }
      #expect(set.levels.flatMap(\.segments).count == 10)
      for level in set.levels {
        for bundle in level.bundles {
          for contacts in [[1], Array(Int64(1)...1_000)] {
            let statement = SegmentRefresher.statement(contacts, bundle, bed.now)
            let lines = try await plan(statement, isSmall: true, bed.pool)
            // The few segments may be read sequentially.
            let whole = lines.filter { $0.contains("Seq Scan") && !$0.contains("on segments") }
            #expect(whole.isEmpty, "\(whole)\n\(lines.joined(separator: "\n"))")
          }
        }
      }
    }
  }

  @Test("A range of a rebuild reads only its own contacts and members")
  func range() async throws {
    try await SegmentBed.with { bed in
      try await fill(bed)
      // Enough rows that a sequential scan would not pay.
      try await bed.pool.query(
        "INSERT INTO contacts (id, date_added) SELECT n, now() FROM generate_series(5001, 60000) n")
      try await bed.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added)
        SELECT id, 100 + s, now() FROM contacts, generate_series(1, 4) AS s
        """)
      try await bed.pool.query("ANALYZE")
      let statement = MembershipStatement.write(
        MembershipStatement.differing(1...500, 1, "(c.points >= 10)", limit: nil),
        .range(1...500, segment: 1, waits: false), result: "SELECT count(*) FROM moved",
        now: bed.now)
      let lines = try await plan(statement, isSmall: false, bed.pool)
      let whole = lines.filter { $0.contains("Seq Scan") && !$0.contains("on segments") }
      #expect(whole.isEmpty, "\(whole)\n\(lines.joined(separator: "\n"))")
    }
  }
}
