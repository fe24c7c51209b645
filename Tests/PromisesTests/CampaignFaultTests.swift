import Foundation
import Postgres
import TestSupport
import Testing

/// Promises 1 to 4 of docs/architecture.md on campaigns: every two seconds a process is killed, whichever,
/// while contacts run through a campaign and clients talk to the API; Redis is emptied and PostgreSQL killed
/// in between. Each contact ends where a quiet run ends, each e-mail goes out once, each webhook has one
/// effect, and what was answered holds.
///
/// `MARTLET_TEST_CROWD` sets how many contacts there are, 200,000 for the whole size; `MARTLET_TEST_SEED`
/// repeats the choice of whom to kill.
@Suite("A campaign under fire", .serialized, .timeLimit(.minutes(60)))
struct CampaignFaultTests {
  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }
  private static let crowd = number("MARTLET_TEST_CROWD").map { Int($0) } ?? 6_000
  private static let seed = number("MARTLET_TEST_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
  /// So often a process is killed at least, and at the most.
  private static let kills = 14...(60 + crowd / 200)

  @Test("ends as a quiet one does, and keeps what was answered")
  func survives() async throws {
    print("campaign under fire: \(Self.crowd) contacts, seed \(Self.seed)")
    let start = ContinuousClock.now
    let installation = try await Installation.start()
    let mail = try MailReceiver()
    let receiver = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
    let added = try await installation.command(["user", "add", "admin", "--role", "admin"])
    let password = try #require(added.split(separator: "\n").last?.split(separator: " ").last)
    let port = try ChildProcess.freePort()
    let crew = try Crew(
      installation, workers: 2, schedulers: 2, apis: 1,
      environment: [
        "MARTLET_MAIL_TRANSPORT": mail.url, "MARTLET_HTTP_PORT": "\(port)",
        "MARTLET_SITE_URL": "http://127.0.0.1:\(port)",
      ])
    let running = try await RunningCampaign.begin(
      installation, receiver: receiver, contacts: Self.crowd,
      delay: Self.crowd > 20_000 ? .minutes(1) : .seconds(12))
    let clients = Clients(
      "http://127.0.0.1:\(port)", password: String(password), campaign: running, mail: mail,
      seed: Self.seed)
    let killed = try await fire(crew, running, clients)
    var differences = ["nothing was looked at"]
    let isRight = await eventually(within: .seconds(90)) {
      do {
        differences = try await running.differences(clients.ledger, mail)
      } catch {
        differences = ["\(error)"]
      }
      return differences.isEmpty
    }
    let (ledger, unknown) = (clients.ledger, try await running.unknownSends())
    print(
      """
      campaign under fire: \(killed) kills, \(start.duration(to: .now)), \(unknown) unknown sends, \
      \(ledger.added.count) contacts added, \(ledger.names.count) renamed, \
      \(ledger.points.values.reduce(0) { $0 + $1.answered }) times points, \
      \(ledger.opens.values.reduce(0) { $0 + $1.answered }) opens, \
      \(ledger.clicks.values.reduce(0) { $0 + $1.answered }) clicks
      """)
    #expect(isRight, "\(differences.prefix(20)), seed \(Self.seed)\n\(crew.casualties)")
  }

  /// Kills whom the seed says until the contacts are through.
  /// - Returns: How often.
  private func fire(
    _ crew: Crew, _ running: RunningCampaign, _ clients: Clients
  ) async throws -> Int {
    let installation = running.installation
    var choice = SeededGenerator(seed: Self.seed)
    var killed = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await clients.work() }
      while killed < Self.kills.upperBound {
        try await Task.sleep(for: .seconds(2))
        // Nobody ends by himself.
        try #require(crew.casualties.isEmpty, "\(crew.casualties)")
        try crew.replace(Int(choice.next() % UInt64(crew.members.count)))
        killed += 1
        switch killed % 13 {
        case 4:
          let connection = try installation.redis.connect()
          _ = try await connection.send("FLUSHALL")
          await connection.close()
        case 8: group.addTask { try await installation.postgres.restart() }
        default: break
        }
        if killed >= Self.kills.lowerBound, await isThrough(running) { break }
      }
      clients.end()
      try await group.waitForAll()
    }
    return killed
  }

  private func isThrough(_ running: RunningCampaign) async -> Bool {
    // While PostgreSQL is away nobody knows.
    do { return try await running.isThrough() } catch { return false }
  }
}
