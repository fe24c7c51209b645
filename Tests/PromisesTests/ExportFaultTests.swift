import Foundation
import Postgres
import Redis
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on exports: whatever is killed, the file is made, once and whole
/// (EXP-17).
@Suite("An export of 100,000 contacts", .serialized, .timeLimit(.minutes(10)))
struct ExportFaultTests {
  private let rows = 100_000

  private struct Outcome: Equatable {
    var rowCount: Int
    var size: Int
    var digest: String
  }

  private func ask(_ api: APIProcess) async throws -> Int64 {
    let answer = try await api.send(
      "POST", "/api/exports/new", #"{"object":"contact","format":"csv","orderBy":"id"}"#)
    try #require(answer.status == 202, "\(answer)")
    let id = answer.body.firstRange(of: "\"id\":").flatMap { range in
      Int64(answer.body[range.upperBound...].prefix { $0.isNumber })
    }
    return try #require(id, "\(answer)")
  }

  /// Waits until the export has read at least `rows` rows, or has ended.
  private func reaches(_ rows: Int, _ id: Int64, _ installation: Installation) async -> Bool {
    await eventually(within: .seconds(60)) {
      let found = try? await installation.pool.query(
        "SELECT FROM exports WHERE id = \(id) AND (status > 2 OR status = 2 AND processed_count >= \(rows))"
      )
      return found?.isEmpty == false
    }
  }

  private func outcome(_ id: Int64, _ installation: Installation) async throws -> Outcome {
    var rows = try await installation.pool.query("SELECT FROM exports WHERE false")
    let ended = await eventually(within: .seconds(120)) {
      let found = try? await installation.pool.query(
        "SELECT row_count, file_size, sha256 FROM exports WHERE id = \(id) AND status = 3")
      if let found { rows = found }
      return !rows.isEmpty
    }
    try #require(ended, "export \(id) did not end")
    return Outcome(
      rowCount: try rows[0].decode("row_count"), size: try rows[0].decode("file_size"),
      digest: try rows[0].decode("sha256"))
  }

  @Test("is the same after PostgreSQL was killed and restarted in the middle")
  func survivesTheDatabase() async throws {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let crew = try Crew(installation)
    try await installation.pool.query(
      """
      INSERT INTO contacts (firstname, email, date_added, date_identified)
      SELECT 'Name ' || n, n || '@example.com', '2024-01-01Z', '2024-01-01Z'
      FROM generate_series(1, 200000) AS n
      """)
    let quiet = try await outcome(try await ask(api), installation)
    #expect(quiet.rowCount == 200_000)
    let disturbed = try await ask(api)
    #expect(await reaches(1, disturbed, installation))
    try await installation.postgres.restart()
    #expect(await reaches(1, disturbed, installation))
    try await installation.postgres.restart()
    #expect(try await outcome(disturbed, installation) == quiet, "\(crew.casualties)")
    #expect(crew.casualties == "")
    let file = try await api.get("/api/exports/\(disturbed)/download")
    #expect(file.status == 200)
  }

  @Test("is the same after workers were killed and Redis emptied in the middle")
  func survives() async throws {
    let (installation, api, crew) = try await WatchedImport.installation(rows: rows)

    let quiet = try await outcome(try await ask(api), installation)
    let contacts: Int = try await installation.pool.query("SELECT count(*) FROM contacts")[0]
      .decode(at: 0)
    #expect(quiet.rowCount == contacts)

    let disturbed = try await ask(api)
    #expect(await reaches(1, disturbed, installation))
    // Whichever of the two holds it.
    try crew.replace(0)
    try crew.replace(1)
    #expect(await reaches(1, disturbed, installation))
    let redis = try installation.redis.connect()
    _ = try await redis.send("FLUSHALL")
    await redis.close()
    #expect(try await outcome(disturbed, installation) == quiet)

    let file = try await api.get("/api/exports/\(disturbed)/download")
    #expect(file.status == 200)
    // The status that curl adds stands on a line of its own, after the file's last line break.
    #expect(file.body.utf8.count == quiet.size - 1 || file.body.utf8.count == quiet.size)
    // Nothing of the attempts that died is kept.
    let isClean = await eventually(within: .seconds(60)) {
      let left = try? await installation.pool.query(
        """
        SELECT FROM export_parts p
        WHERE NOT EXISTS (SELECT FROM exports e WHERE e.id = p.export_id AND e.run = p.run) LIMIT 1
        """)
      return left?.isEmpty == true
    }
    #expect(isClean)
  }
}
