import Foundation
import Postgres
import TestSupport
import Testing

/// Promise 4 of docs/architecture.md where a machine's clock is wrong: its worker and its scheduler, beside right ones,
/// plan and execute by the servers' clocks.
@Suite("A machine whose clock is wrong", .timeLimit(.minutes(10)))
struct ClockFaultTests {
  private static let contacts = 300

  @Test(
    "CAM-906, CAM-213: nothing fires early or late, periodic jobs go on, and the operator sees it",
    arguments: [3_600, -3_600])
  func plansAndExecutes(by seconds: Int) async throws {
    let installation = try await Installation.start()
    let clock = try await WrongClock(in: try installation.folder("clock"))
    let mail = ["MARTLET_MAIL_TRANSPORT": "maildir:\(try installation.folder("mail").path)"]
    let wrong = clock.environment(seconds).merging(mail) { $1 }
    // The contacts are enrolled, and the event is planned, by the wrong ones.
    let planners = try Crew(installation, workers: 1, schedulers: 1, environment: wrong)
    let receiver = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
    let start = try await now(installation)
    let running = try await RunningCampaign.begin(
      installation, receiver: receiver, contacts: Self.contacts, delay: .minutes(1),
      mailPerSecond: 0)
    let arePlanned = try await eventually {
      try await plan(running).count == Self.contacts
    }
    try #require(arePlanned, "\(planners.casualties)")
    let planned = try await now(installation)
    for fire in try await plan(running) {
      #expect(fire >= start.addingTimeInterval(60) && fire <= planned.addingTimeInterval(61))
    }
    let slot = try await lastSlot(installation)

    let others = try Crew(installation, workers: 1, schedulers: 1, environment: mail)
    var early = 0
    let areThrough = try await eventually(within: .seconds(240)) {
      early += try await doneEarly(running)
      return try await running.isThrough()
    }
    #expect(areThrough, "\(planners.casualties)\(others.casualties)")
    #expect(early == 0, "executed before their time")
    let goOn = try await eventually {
      let (last, time) = (try await lastSlot(installation), try await now(installation))
      return last > slot && last <= time
    }
    #expect(goOn, "periodic jobs")
    #expect(try await taken(installation) == 0, "slots in the future")

    for member in planners.members {
      let metrics = try await metrics(of: member.process)
      let drift = metrics.split(separator: "\n")
        .first { $0.hasPrefix("martlet_clock_drift_seconds{server=\"postgresql\"}") }
        .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
      #expect(abs((drift ?? 0) + Double(seconds)) < 60, "\(member.program): \(metrics)")
      #expect(member.process.output.contains("this machine's clock is wrong"))
    }
    let doctor = try installation.spawn("martlet", ["doctor"], environment: wrong)
    #expect(await eventually { !doctor.isRunning })
    #expect(doctor.exitStatus == 1)
    for server in ["PostgreSQL's clock", "Redis's clock"] {
      #expect(doctor.output.contains(server), "\(doctor.output)")
    }
    #expect(doctor.output.contains(" ms from this machine's"), "\(doctor.output)")
  }

  /// PostgreSQL's time.
  private func now(_ installation: Installation) async throws -> Date {
    try await installation.pool.query("SELECT clock_timestamp()")[0].decode(at: 0)
  }

  /// The fire times of the event that waits.
  private func plan(_ running: RunningCampaign) async throws -> [Date] {
    try await running.installation.pool.query(
      """
      SELECT l.fire_at FROM campaign_log l JOIN campaign_events e ON e.id = l.event_id
      WHERE l.campaign_id = \(running.campaign) AND e.name = 'where'
      """
    ).map { try $0.decode(at: 0) }
  }

  /// The number of entries that were executed although their time is still to come.
  private func doneEarly(_ running: RunningCampaign) async throws -> Int {
    try await running.installation.pool.query(
      """
      SELECT count(*) FROM campaign_log
      WHERE campaign_id = \(running.campaign) AND state >= 3 AND fire_at > clock_timestamp()
      """)[0].decode(at: 0)
  }

  private func lastSlot(_ installation: Installation) async throws -> Date {
    try await installation.pool.query(
      "SELECT coalesce(max(last_slot), to_timestamp(0)) FROM periodic_jobs WHERE name = 'campaigns.look'"
    )[0].decode(at: 0)
  }

  /// The number of periodic jobs whose slot lies in the future.
  private func taken(_ installation: Installation) async throws -> Int {
    try await installation.pool.query(
      "SELECT count(*) FROM periodic_jobs WHERE last_slot > clock_timestamp()")[0].decode(at: 0)
  }

  /// The metrics on a process's operator's port.
  private func metrics(of process: Child) async throws -> String {
    let line = process.output.split(separator: "\n").first {
      $0.contains("operator's port is open")
    }
    let range = try #require(line?.firstRange(of: "\"port\":"))
    let port = try #require(line)[range.upperBound...].prefix { $0.isNumber }
    let curl = try Child(
      "/usr/bin/env", ["curl", "-sS", "http://127.0.0.1:\(port)/metrics"],
      log: FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)"))
    #expect(await eventually { !curl.isRunning })
    return curl.output
  }
}
