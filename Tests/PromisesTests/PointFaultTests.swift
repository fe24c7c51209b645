import Foundation
import Postgres
import Redis
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on point triggers: whatever is killed while contacts reach them,
/// each event is done once for each contact that is due.
@Suite("Point triggers of 40,000 contacts", .serialized, .timeLimit(.minutes(15)))
struct PointFaultTests {
  private let rows = 40_000

  private func done(_ installation: Installation) async throws -> [String] {
    let rows = try await installation.pool.query(
      """
      SELECT t.tag, count(*), (SELECT count(*) FROM contacts c WHERE CASE t.tag
          WHEN 'made' THEN true WHEN 'fifty' THEN c.points >= 50 ELSE c.points >= 80 END),
        (SELECT count(*) FROM point_trigger_log l JOIN point_trigger_events e ON e.id = l.event_id
          WHERE e.name = t.tag)
      FROM tags t JOIN contact_tags ct ON ct.tag_id = t.id
      WHERE t.tag IN ('made', 'fifty', 'eighty') GROUP BY t.tag ORDER BY t.tag
      """)
    var wrong: [String] = rows.count == 3 ? [] : ["\(rows.count) tags"]
    for row in rows {
      let (tag, tagged, due, logged) = try row.decode(
        String.self, Int.self, Int.self, Int.self)
      if tagged != due || logged != due {
        wrong.append("\(tag): \(due) are due, \(tagged) have it, \(logged) are logged")
      }
    }
    let left = try await installation.pool.query(
      """
      SELECT (SELECT count(*) FROM contact_changes) + (SELECT count(*) FROM point_trigger_due)
        + (SELECT count(*) FROM jobs WHERE queue = 'points' AND name <> 'points.prune')
      """)
    if try left[0].decode(at: 0, as: Int.self) > 0 { wrong.append("work is left") }
    return wrong
  }

  @Test("do each event once after workers were killed and Redis emptied")
  func survives() async throws {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let crew = try Crew(installation)
    let redis = try installation.redis.connect()
    func trigger(_ tag: String, at points: Int, existing: Bool = false) async throws {
      let body =
        #"{"name":"\#(tag)","points":\#(points),"triggerExistingLeads":\#(existing),"events":["#
        + #"{"name":"\#(tag)","type":"lead.changetags","properties":{"add_tags":["\#(tag)"]}}]}"#
      let made = try await api.send("POST", "/api/points/triggers/new", body)
      try #require(made.status == 201, "\(made)")
    }
    try await trigger("made", at: -1_000_000)
    let list = try await WatchedImport.submit(installation, rows: rows)
    try crew.replace(0)
    try #require(await list.ends(), "\(crew.casualties)")
    try crew.replace(1)
    // Contacts that have the points already, in ranges, while others get theirs.
    try await trigger("fifty", at: 50, existing: true)
    try await trigger("eighty", at: 80, existing: true)
    _ = try await redis.send("FLUSHALL")
    let ids: [Int64] = try await installation.pool.query(
      "SELECT id FROM contacts WHERE points < 50 ORDER BY md5(id::text) LIMIT 60"
    ).map { try $0.decode(at: 0) }
    for (number, id) in ids.enumerated() {
      let answer = try await api.send("POST", "/api/contacts/\(id)/points/plus/100")
      try #require(answer.status == 200, "\(answer)")
      if number % 20 == 10 { try crew.replace(number / 20 % crew.members.count) }
    }
    var wrong: [String] = []
    let isRight = await eventually(within: .seconds(180)) {
      do { wrong = try await done(installation) } catch { wrong = ["\(error)"] }
      return wrong.isEmpty
    }
    #expect(isRight, "\(wrong) \(crew.casualties)")
    await redis.close()
  }
}
