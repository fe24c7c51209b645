import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing
import Transfer

/// Promises 1 to 3 of docs/architecture.md on page hits: every two seconds the API or a worker is killed, Redis is emptied
/// twice and PostgreSQL killed once, while visitors browse, of whom a third say who they are, two browsers each. What was
/// answered is recorded once, nobody is doubled, and no merge is lost. A visitor sends a hit without an answer again, with
/// its id, as the script does.
///
/// `MARTLET_TEST_VISITORS` sets the number of browsers, 20,000 for the full size: 200,000 hits.
@Suite("Visitors under fire", .serialized, .timeLimit(.minutes(60)))
struct HitFaultTests {
  private static let visitors = TestVariable.number("MARTLET_TEST_VISITORS") ?? 600
  /// The hits of each visitor; with the sixth a third of them say who they are.
  private static let pages = 10
  private static let tasks = 16
  /// The minimum number of kills.
  private static let least = 7

  @Test("are recorded once, each as one contact, whatever is killed")
  func survives() async throws {
    let start = ContinuousClock.now
    let installation = try await Installation.start()
    try await installation.pool.query(
      "UPDATE fields SET is_publicly_updatable = true WHERE alias = 'email'")
    try await installation.pool.query("UPDATE fields_version SET version = version + 1")
    let port = try ChildProcess.freePort()
    let crew = try Crew(
      installation, workers: 2, schedulers: 1, apis: 1,
      environment: ["MARTLET_HTTP_PORT": "\(port)"])
    let killed = try await fire(crew, installation, "http://127.0.0.1:\(port)/mtc/event")
    let quiet = ContinuousClock.now
    var differences = ["nothing was looked at"]
    let isRight = await eventually(within: .seconds(Self.visitors > 5_000 ? 300 : 60)) {
      do {
        differences = try await self.differences(installation.pool)
      } catch {
        differences = ["\(error)"]
      }
      return differences.isEmpty
    }
    print(
      """
      visitors under fire: \(Self.visitors) visitors, \(killed) kills in \
      \(start.duration(to: quiet)), right after \(quiet.duration(to: .now))
      """)
    #expect(isRight, "\(differences)\n\(crew.casualties)")
  }

  /// How far the visitors are, and whether enough was killed for the last pages.
  private final class Progress: Sendable {
    let left = Atomic<Int>(HitFaultTests.tasks)
    let answered = Atomic<Int>(0)
    let isEnough = Atomic<Bool>(false)
    let hasFailed = Atomic<Bool>(false)

    var isOver: Bool {
      left.load(ordering: .relaxed) == 0 || hasFailed.load(ordering: .relaxed)
    }
  }

  /// Lets the visitors browse, and kills processes until they are through or one of them gets no answer.
  /// - Returns: The number of kills.
  private func fire(
    _ crew: Crew, _ installation: Installation, _ url: String
  ) async throws -> Int {
    let client = HTTPClient(concurrency: Self.tasks)
    let progress = Progress()
    var killed = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<Self.tasks {
        group.addTask {
          do {
            try await Self.browse(task, url, client, progress)
          } catch {
            progress.hasFailed.store(true, ordering: .relaxed)
            throw error
          }
        }
      }
      var answered = 0
      while !progress.isOver {
        try await Task.sleep(for: .seconds(2))
        // No process ends by itself: two workers, the scheduler, the API.
        try #require(crew.casualties.isEmpty, "\(crew.casualties)")
        let member = [3, 0, 3, 1][killed % 4]
        if member == 3 {
          // However slow the machine: each API answers something in its life.
          _ = await eventually {
            progress.answered.load(ordering: .relaxed) > answered || progress.isOver
          }
          answered = progress.answered.load(ordering: .relaxed)
        }
        try crew.replace(member)
        killed += 1
        switch killed {
        case 2, 6: try await Self.emptyRedis(installation)
        case 4: group.addTask { try await installation.postgres.restart() }
        default: break
        }
        if killed >= Self.least { progress.isEnough.store(true, ordering: .relaxed) }
      }
      try await group.waitForAll()
    }
    #expect(killed >= Self.least)
    return killed
  }

  /// Empties Redis once the hits are written that came while the database was away: these wait in Redis alone.
  private static func emptyRedis(_ installation: Installation) async throws {
    let connection = try installation.redis.connect()
    let isWritten = await eventually {
      do {
        for part in 0..<8 {
          let waiting = try await connection.send("XLEN", "martlet:{tracking}:hits:\(part)")
          if (waiting.int ?? 0) > 0 { return false }
        }
        return true
      } catch { return false }
    }
    try #require(isWritten, "hits wait in Redis for two minutes")
    _ = try await connection.send("FLUSHALL")
    await connection.close()
  }

  /// Sees the pages of every visitor of a task, the first pages of all before the second.
  private static func browse(
    _ task: Int, _ url: String, _ client: HTTPClient, _ progress: Progress
  ) async throws {
    for page in 0..<pages {
      // The last pages are seen under fire too, however fast the first were.
      if page == pages - 2 {
        try #require(
          await eventually(within: .seconds(600)) {
            progress.isEnough.load(ordering: .relaxed)
          })
      }
      for visitor in stride(from: task, to: visitors, by: tasks) {
        try await visit(visitor, page, url, client)
        progress.answered.add(1, ordering: .relaxed)
      }
    }
    progress.left.subtract(1, ordering: .relaxed)
  }

  /// Sends a hit until it is answered.
  private static func visit(
    _ visitor: Int, _ page: Int, _ url: String, _ client: HTTPClient
  ) async throws {
    let device = "v" + String(String(visitor + 10_000_000_000, radix: 10).suffix(10))
    var form = [
      "page_url=/\(visitor)/\(page)", "hit_id=\(hit(visitor, page))",
      "mautic_device_id=\(device.padding(toLength: 23, withPad: "x", startingAt: 0))",
    ]
    if let person = person(visitor), page >= 5 { form.append("email=p\(person)@example.com") }
    let call = HTTPCall(
      "POST", url,
      headers: [
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Firefox/125.0"),
        ("Content-Type", "application/x-www-form-urlencoded"),
      ], body: Array(form.joined(separator: "&").utf8), timeout: .seconds(10),
      allowsPrivateAddresses: true)
    let end = ContinuousClock.now + .seconds(120)
    var last = "no answer"
    while ContinuousClock.now < end {
      do {
        let answer = try await client.send(call)
        last = "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
        if answer.status == 200, last.contains("\"success\":1") { return }
      } catch {
        last = "\(error)"
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw Installation.Failure(description: "visitor \(visitor), page \(page): \(last)")
  }

  /// The person at a browser, who has two; nil for one who never says who it is.
  private static func person(_ visitor: Int) -> Int? { visitor % 3 == 0 ? visitor / 6 : nil }

  private static func hit(_ visitor: Int, _ page: Int) -> String {
    let number = String(visitor * 16 + page, radix: 16)
    return "00000000-0000-4000-8000-"
      + String(repeating: "0", count: 12 - number.count) + number
  }

  /// What is not as it would be had nothing been killed.
  private func differences(_ pool: PostgresPool) async throws -> [String] {
    let persons = Set((0..<Self.visitors).compactMap(Self.person)).count
    let unknown = (0..<Self.visitors).count(where: { Self.person($0) == nil })
    let pages = Int64(Self.pages)
    let checks: [(String, Int, SQL)] = [
      ("hits", Self.visitors * Self.pages, "SELECT count(*)::integer FROM page_hits"),
      (
        "missing hits", 0,
        """
        SELECT count(*)::integer FROM generate_series(0, \(Int64(Self.visitors - 1))) AS v,
          generate_series(0, \(pages - 1)) AS k
        WHERE NOT EXISTS (SELECT FROM page_hits WHERE hit =
          ('00000000-0000-4000-8000-' || lpad(to_hex(v * 16 + k), 12, '0'))::uuid)
        """
      ),
      ("contacts", persons + unknown, "SELECT count(*)::integer FROM contacts"),
      (
        "addresses", persons,
        "SELECT count(DISTINCT lower(email))::integer FROM contacts WHERE email IS NOT NULL"
      ),
      (
        "visitors whose hits are not of one contact", 0,
        """
        SELECT count(*)::integer FROM (
          SELECT FROM page_hits GROUP BY split_part(url, '/', 2)
          HAVING count(DISTINCT contact_id) <> 1 OR count(contact_id) <> \(pages)) AS visitor
        """
      ),
      (
        "hits of somebody else", 0,
        """
        SELECT count(*)::integer FROM page_hits h JOIN contacts c ON c.id = h.contact_id
        WHERE split_part(h.url, '/', 2)::integer % 3 = 0 AND c.email IS DISTINCT FROM
          'p' || split_part(h.url, '/', 2)::integer / 6 || '@example.com'
        """
      ),
      (
        "devices of two contacts", 0,
        """
        SELECT count(*)::integer FROM (
          SELECT FROM devices WHERE tracking_id IS NOT NULL GROUP BY tracking_id
          HAVING count(*) > 1) AS device
        """
      ),
      (
        "hits that wait", 0,
        "SELECT (SELECT count(*) FROM page_hit_intake)::integer + (SELECT count(*) FROM page_hits_aside)::integer"
      ),
    ]
    var differences: [String] = []
    for (name, expected, sql) in checks {
      let found: Int = try await pool.query(sql)[0].decode(at: 0)
      if found != expected { differences.append("\(found) \(name), not \(expected)") }
    }
    return differences
  }
}
