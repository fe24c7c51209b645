import Foundation
import Postgres
import Redis
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on work with many contacts: whatever is killed, each contact is
/// changed once and no other is.
@Suite("Thousands of contacts (CON-81, CON-83, CON-93)", .serialized, .timeLimit(.minutes(10)))
struct ContactFaultTests {
  /// The numbers that a query returns.
  private func numbers(_ sql: SQL, _ installation: Installation) async throws -> [Int] {
    let row = try await installation.pool.query(sql)[0]
    return try (0..<row.count).map { try row.decode(at: $0) }
  }

  /// Replaces the processes one after the other, each time after a number of further contacts.
  private func disturb(
    _ crew: Crew, _ installation: Installation, of total: Int, done: SQL
  ) async throws {
    let redis = try installation.redis.connect()
    for round in 1...6 {
      let isSoFar = await eventually(within: .seconds(120)) {
        let found = try? await numbers(done, installation)
        return found.map { $0[0] >= round * total / 8 } ?? false
      }
      #expect(isSoFar, "round \(round): \(crew.casualties)")
      try crew.replace(round % crew.members.count)
      if round == 4 { _ = try await redis.send("FLUSHALL") }
    }
    await redis.close()
  }

  @Test("get their points once in a bulk action whose workers are killed")
  func bulk() async throws {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let crew = try Crew(installation)
    let count = 80_000
    try await installation.pool.query(
      """
      INSERT INTO contacts (firstname, date_added)
      SELECT CASE WHEN n % 4 = 0 THEN 'Other' ELSE 'One' END, '2024-01-01Z'
      FROM generate_series(1, \(count)) AS n
      """)
    let asked = try await api.send(
      "POST", "/api/contacts/bulk", #"{"action":"points","search":"firstname:One","value":3}"#)
    try #require(asked.status == 202, "\(asked)")
    try await disturb(
      crew, installation, of: count * 3 / 4, done: "SELECT count(*) FROM points_log")
    let isDone = await eventually(within: .seconds(120)) {
      let left = try? await installation.pool.query(
        "SELECT FROM job_history WHERE name = 'contacts.bulk' AND outcome = 'succeeded'")
      return left?.count == 1
    }
    #expect(isDone, "\(crew.casualties)")
    let found = try await numbers(
      """
      SELECT count(*) FILTER (WHERE points = 3 AND firstname = 'One'),
        count(*) FILTER (WHERE points = 0 AND firstname = 'Other'),
        (SELECT count(*) FROM points_log), (SELECT count(DISTINCT contact_id) FROM points_log)
      FROM contacts
      """, installation)
    #expect(found == [count * 3 / 4, count / 4, count * 3 / 4, count * 3 / 4])
    let result: String = try await installation.pool.query(
      "SELECT result FROM job_history WHERE name = 'contacts.bulk'")[0].decode(at: 0)
    #expect(result.contains("\"changed\":\(count * 3 / 4)"), "\(result)")
  }

  @Test("are merged with all that they have, once, though the workers that do it are killed")
  func duplicates() async throws {
    let installation = try await Installation.start()
    let crew = try Crew(installation)
    let groups = 3_000
    try await installation.pool.query(
      """
      INSERT INTO contacts (email, points, date_added, date_identified, identity_shared)
      SELECT n % \(groups) || '@example.com', 1, '2024-01-01Z', '2024-01-01Z', n >= \(groups)
      FROM generate_series(0, \(3 * groups - 1)) AS n
      """)
    try await installation.pool.query(
      "INSERT INTO notes (contact_id, text, date_added) SELECT id, id::text, date_added FROM contacts"
    )
    let command = try installation.spawn(
      "martlet", ["contacts", "deduplicate", "--all", "--batch", "40"])
    try await disturb(
      crew, installation, of: 2 * groups, done: "SELECT count(*) FROM contact_merges")
    let hasEnded = await eventually(within: .seconds(120)) { !command.isRunning }
    #expect(hasEnded, "\(crew.casualties)")
    #expect(
      command.output.contains("\(2 * groups) contacts in \(groups) groups were merged"),
      "\(command.output)")
    let found = try await numbers(
      """
      SELECT count(*), count(DISTINCT email), count(*) FILTER (WHERE points = 3),
        (SELECT count(*) FROM contact_merges), (SELECT count(*) FROM notes),
        (SELECT count(*) FROM (
          SELECT FROM notes JOIN contacts c ON c.id = contact_id
          GROUP BY contact_id HAVING count(DISTINCT text) = 3) AS n)
      FROM contacts
      """, installation)
    #expect(found == [groups, groups, groups, 2 * groups, 3 * groups, groups])
  }
}
