import Foundation
import Postgres
import Redis
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on segments: whatever is killed while they are rebuilt, or
/// while they follow changes, they end with the members that their filters say.
@Suite("Segments of 60,000 contacts", .serialized, .timeLimit(.minutes(15)))
struct SegmentFaultTests {
  private let rows = 60_000

  /// A segment: its filters as a client sends them, and its members in plain SQL.
  private struct Case {
    var name: String
    var filters: String
    var members: SQL
  }

  private let cases: [Case] = [
    Case(
      name: "known",
      filters: #"[{"field":"points","object":"lead","type":"number","operator":"gte","#
        + #""properties":{"filter":"50"}},{"glue":"or","field":"city","object":"lead","type":"text","#
        + #""operator":"startsWith","properties":{"filter":"b"}}]"#,
      members: "SELECT id FROM contacts WHERE points >= 50 OR lower(city) LIKE 'b%'"),
    Case(
      name: "known-m",
      filters: #"[{"field":"leadlist","object":"lead","type":"leadlist","operator":"in","#
        + #""properties":{"filter":[1]}},{"glue":"and","field":"lastname","object":"lead","#
        + #""type":"text","operator":"startsWith","properties":{"filter":"m"}}]"#,
      members: """
        SELECT id FROM contacts WHERE (points >= 50 OR lower(city) LIKE 'b%')
          AND lower(lastname) LIKE 'm%'
        """),
    Case(
      name: "late",
      filters: #"[{"field":"tags","object":"lead","type":"tags","operator":"in","#
        + #""properties":{"filter":[TAG]}}]"#,
      members: """
        SELECT contact_id AS id FROM contact_tags JOIN tags ON tags.id = tag_id WHERE tag = 'late'
        """),
    Case(
      name: "unknown",
      filters: #"[{"field":"leadlist","object":"lead","type":"leadlist","operator":"!in","#
        + #""properties":{"filter":[1]}}]"#,
      members:
        "SELECT id FROM contacts WHERE NOT coalesce(points >= 50 OR lower(city) LIKE 'b%', false)"),
  ]

  /// Waits until each segment has exactly its members and no work on them is left.
  private func agrees(_ installation: Installation, _ when: Comment) async throws {
    var differences: [String] = []
    let isRight = await eventually(within: .seconds(120)) {
      do {
        differences = try await self.differences(installation)
      } catch {
        differences = ["\(error)"]
      }
      return differences.isEmpty
    }
    #expect(isRight, "\(when): \(differences)")
  }

  private func differences(_ installation: Installation) async throws -> [String] {
    var differences: [String] = []
    for (index, item) in cases.enumerated() {
      let rows = try await installation.pool.query(
        """
        WITH wanted AS (\(sql: item.members)), found AS (
          SELECT contact_id AS id FROM segment_members
          WHERE segment_id = \(index + 1) AND NOT manually_removed
        )
        SELECT (SELECT count(*) FROM (SELECT id FROM wanted EXCEPT SELECT id FROM found) AS m)
            AS missing,
          (SELECT count(*) FROM (SELECT id FROM found EXCEPT SELECT id FROM wanted) AS s) AS surplus,
          (SELECT count(*) FROM wanted) AS members
        """)
      let missing: Int = try rows[0].decode("missing")
      let surplus: Int = try rows[0].decode("surplus")
      if missing + surplus > 0 {
        differences.append("\(item.name): \(missing) are missing, \(surplus) too many")
      }
      // A segment without members would prove nothing.
      if try rows[0].decode("members", as: Int.self) == 0 { differences.append("nobody is wanted") }
    }
    let left = try await installation.pool.query(
      """
      SELECT (SELECT count(*) FROM contact_changes) + (
        SELECT count(*) FROM jobs WHERE queue = 'segments' AND name NOT IN ('segment.sweep', 'segment.due'))
      """)
    if try left[0].decode(at: 0, as: Int.self) > 0 { differences.append("work is left") }
    return differences
  }

  @Test("are right after workers were killed and Redis emptied in rebuilds and refreshes")
  func survives() async throws {
    let (installation, api, crew) = try await WatchedImport.installation(rows: rows)
    let redis = try installation.redis.connect()
    try #require(try await api.send("POST", "/api/tags/new", #"{"tag":"late"}"#).status == 201)
    let tag: Int64 = try await installation.pool.query("SELECT id FROM tags WHERE tag = 'late'")[0]
      .decode(at: 0)
    try await installation.pool.query(
      "INSERT INTO contact_tags SELECT id, \(tag) FROM contacts WHERE id % 7 = 0")

    // Rebuilds: each new segment asks for one.
    for (index, item) in cases.enumerated() {
      let made = try await api.send(
        "POST", "/api/segments/new",
        #"{"name":"\#(item.name)","filters":\#(item.filters.replacing("TAG", with: "\(tag)"))}"#)
      try #require(made.status == 201, "\(made)")
      try crew.replace(index % 2)
      if index == 1 { _ = try await redis.send("FLUSHALL") }
    }
    try await agrees(installation, "after the first rebuilds")

    // Changes, one after the other, and whole rebuilds among them.
    let ids: [Int64] = try await installation.pool.query(
      "SELECT id FROM contacts ORDER BY md5(id::text) LIMIT 120"
    ).map { try $0.decode(at: 0) }
    for (number, id) in ids.enumerated() {
      let body =
        number % 3 == 0
        ? #"{"tags":["late"]}"# : #"{"points":\#(number % 2 == 0 ? 90 : 1),"city":"Turin"}"#
      let answer = try await api.send("PATCH", "/api/contacts/\(id)/edit", body)
      try #require(answer.status == 200, "\(answer)")
      if number % 30 == 10 { try crew.replace(number / 30 % crew.members.count) }
      if number % 50 == 25 { _ = try await redis.send("FLUSHALL") }
      if number % 40 == 5 {
        let asked = try await api.send("POST", "/api/segments/\(1 + number / 40)/rebuild")
        try #require(asked.status == 202, "\(asked)")
      }
    }
    try await agrees(installation, "after changes")
    await redis.close()
  }
}
