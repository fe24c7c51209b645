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

  /// Returns the differences of the servers' clocks from this machine's.
  func drifts() async throws -> [(server: String, drift: ClockDrift)] {
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
      ]
    } catch {
      backends.logger.debug("the schedule cannot be read", metadata: ["error": "\(error)"])
      return []
    }
  }
}
