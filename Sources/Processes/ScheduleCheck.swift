package import Foundation
package import JobQueue
import Postgres
import Primitives
import Redis
import Runtime

/// Checks that periodic work is done, and that the servers' clocks agree with this machine's.
package struct ScheduleCheck: Sendable {
  /// The drift in seconds from which on a process is not ready: what is due by its clock is not due by others'.
  static let mostDrift = 10.0

  private let backends: Backends

  /// Creates a check of a process's servers.
  package init(_ backends: Backends) { self.backends = backends }

  /// Returns the state of all periodic jobs.
  ///
  /// - Throws: The error of the database.
  package func periodic() async throws -> [PeriodicStatus] {
    try await backends.jobs.status(of: Handlers.periodic)
  }

  /// Returns PostgreSQL's time as it is when the answer arrives.
  package func postgresTime() async throws -> Date {
    try await backends.jobs.databaseTime()
  }

  /// Returns Redis's time as it is when the answer arrives.
  package func redisTime() async throws -> Date {
    let parts = try await backends.redis.send("TIME").array ?? []
    let seconds = parts.first?.text.flatMap(Double.init) ?? 0
    let micros = parts.last?.text.flatMap(Double.init) ?? 0
    return Date(timeIntervalSince1970: seconds + micros / 1e6)
  }

  /// Throws where a periodic job is overdue or has run in the future, or a clock is far off.
  func require() async throws {
    var troubles = try await periodic().filter(\.isFaulty).map(Self.text)
    for (name, drift) in try await drifts() where drift.certain > Self.mostDrift {
      troubles.append("\(name)'s clock is \(Int(saturating: drift.seconds)) s from this machine's")
    }
    if !troubles.isEmpty { throw Trouble(description: troubles.joined(separator: "; ")) }
  }

  /// Returns a faulty state in words.
  package static func text(_ status: PeriodicStatus) -> String {
    status.overdue > PeriodicStatus.grace
      ? "\(status.name) is overdue by \(Int(saturating: status.overdue)) s"
      : "\(status.name) has run \(Int(saturating: status.ahead)) s in the future"
  }

  private func drifts() async throws -> [(String, ClockDrift)] {
    [
      ("PostgreSQL", try await ClockDrift.measure(postgresTime)),
      ("Redis", try await ClockDrift.measure(redisTime)),
    ]
  }

  /// Returns the metrics; none while a server is away, which readiness tells.
  func families() async -> [MetricFamily] {
    do {
      let periodic = try await periodic()
      return [
        MetricFamily(
          "martlet_periodic_overdue_seconds", .gauge,
          periodic.map { .init($0.overdue, [("name", $0.name)]) }),
        MetricFamily(
          "martlet_periodic_ahead_seconds", .gauge,
          periodic.map { .init($0.ahead, [("name", $0.name)]) }),
        MetricFamily(
          "martlet_clock_drift_seconds", .gauge,
          try await drifts().map { .init($0.1.seconds, [("server", $0.0.lowercased())]) }),
      ]
    } catch {
      backends.logger.debug("the schedule cannot be read", metadata: ["error": "\(error)"])
      return []
    }
  }
}

/// The difference between a server's clock and this machine's.
package struct ClockDrift: Sendable {
  /// The offset; positive if the server is ahead.
  package var seconds: Double
  /// Half of the round trip.
  package var uncertainty: Double

  /// The part of the offset that is certain, without its sign.
  package var certain: Double { max(0, abs(seconds) - uncertainty) }

  /// Creates a difference.
  package init(seconds: Double, uncertainty: Double) {
    self.seconds = seconds
    self.uncertainty = uncertainty
  }

  /// Asks three times and keeps the answer with the shortest round trip.
  package static func measure(_ ask: () async throws -> Date) async throws -> ClockDrift {
    var best: ClockDrift?
    for _ in 0..<3 {
      let (before, start) = (Date(), ContinuousClock.now)
      let server = try await ask()
      let half = (ContinuousClock.now - start).seconds / 2
      let middle = before.addingTimeInterval(half)
      if half < best?.uncertainty ?? .infinity {
        best = ClockDrift(seconds: server.timeIntervalSince(middle), uncertainty: half)
      }
    }
    return best ?? ClockDrift(seconds: 0, uncertainty: 0)
  }
}
