import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Promises 1 to 4 of docs/architecture.md on campaigns: every two seconds a random process is killed, while contacts
/// run through a campaign and clients talk to the API; Redis is emptied and PostgreSQL killed in between. Each contact
/// ends where an undisturbed run ends, each e-mail goes out once, each webhook has one effect, and what was answered
/// holds.
///
/// `MARTLET_TEST_CROWD` sets the number of contacts, 200,000 for the full size; `MARTLET_TEST_SEED` repeats the choice
/// of processes to kill.
@Suite("A campaign under fire", .serialized, .timeLimit(.minutes(60)))
struct CampaignFaultTests {
  private static let crowd = TestVariable.number("MARTLET_TEST_CROWD") ?? 6_000
  private static let seed =
    TestVariable.number("MARTLET_TEST_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
  /// The minimum number of kills.
  private static let least = 14
  /// The kills in a row without a finished contact after which the campaign counts as stuck, however slow the machine.
  private static let patience = 45

  @Test("ends as an undisturbed one does, and keeps what was answered")
  func survives() async throws {
    print("campaign under fire: \(Self.crowd) contacts, seed \(Self.seed)")
    let (start, isLarge) = (ContinuousClock.now, Self.crowd > 20_000)
    let installation = try await Installation.start()
    let mail = try MailReceiver()
    // Slow enough that most processes are killed in the middle of calls.
    let receiver = try HTTPStub { asked in
      if asked.line.contains("/hook") { usleep(isLarge ? 10_000 : 60_000) }
      return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    }
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
      delay: isLarge ? .minutes(1) : .seconds(12), mailPerSecond: isLarge ? 0 : 300)
    let clients = Clients(
      "http://127.0.0.1:\(port)", password: String(password), campaign: running, mail: mail,
      seed: Self.seed)
    let killed = try await fire(crew, running, clients)
    let quiet = ContinuousClock.now
    var differences = ["nothing was looked at"]
    let isRight = await eventually(within: .seconds(isLarge ? 240 : 60)) {
      do {
        differences = try await running.differences(clients.ledger, mail)
      } catch {
        differences = ["\(error)"]
      }
      return differences.isEmpty
    }
    print(
      """
      campaign under fire: \(killed) kills in \(start.duration(to: quiet)), right after \
      \(quiet.duration(to: .now)); \(try await running.summary(clients.ledger))
      """)
    #expect(isRight, "\(differences.prefix(20)), seed \(Self.seed)\n\(crew.casualties)")
  }

  /// Kills processes as the seed says until the contacts have finished.
  /// - Returns: The number of kills.
  private func fire(
    _ crew: Crew, _ running: RunningCampaign, _ clients: Clients
  ) async throws -> Int {
    let installation = running.installation
    var choice = SeededGenerator(seed: Self.seed)
    var killed = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await clients.work() }
      let progress = Progress(of: running)
      group.addTask {
        _ = try await eventually(within: .seconds(3_600)) {
          try await Task.sleep(for: .seconds(1))
          await progress.look()
          return progress.isThrough
        }
      }
      var next = ContinuousClock.now
      var (finished, since) = (0, 0)
      while killed < Self.least || !progress.isThrough {
        next += .seconds(2)
        try await Task.sleep(until: next)
        // No process ends by itself.
        try #require(crew.casualties.isEmpty, "\(crew.casualties)")
        if progress.finished != finished { (finished, since) = (progress.finished, killed) }
        guard killed - since < Self.patience || progress.isThrough else {
          let state = try await running.differences(clients.ledger, clients.mail)
          Issue.record("the contacts do not get through, seed \(Self.seed): \(state.prefix(20))")
          break
        }
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
      }
      clients.end()
      try await group.waitForAll()
    }
    return killed
  }
}

/// How many of a campaign's last actions and e-mails are done, as of the last look.
private final class Progress: Sendable {
  private let running: RunningCampaign
  private let seen = Mutex((finished: 0, isThrough: false))

  init(of running: RunningCampaign) { self.running = running }

  var finished: Int { seen.withLock(\.finished) }
  var isThrough: Bool { seen.withLock(\.isThrough) }

  /// Keeps what was seen before while PostgreSQL is away.
  func look() async {
    do {
      let (entries, sends) = try await running.finished()
      let all = running.contacts
      seen.withLock { $0 = (entries + sends, (entries, sends) == (all, all)) }
    } catch {
      return
    }
  }
}
