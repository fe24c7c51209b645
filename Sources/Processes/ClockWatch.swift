import Foundation
import JobQueue
import Logging
import Postgres
import Primitives
import Runtime
import Synchronization

/// Compares this machine's clock with the servers', and has the process go by theirs where they agree that this one is
/// wrong: of three clocks two are believed.
///
/// It looks whenever the process's readiness is checked: before the first job, and every few seconds from then on.
final class ClockWatch: Sendable {
  private struct State {
    var drifts: [(server: String, drift: ClockDrift)] = []
    var isWrong = false
  }

  private let backends: Backends
  private let state = Mutex(State())

  init(_ backends: Backends) { self.backends = backends }

  /// Has the clocks compared with each check of the readiness. A server that is away is told by its own check, and what
  /// was known before holds.
  func require(in readiness: Readiness) {
    readiness.require("clock") { [self] in
      do {
        try await PostgresPool.$usesReserve.withValue(true) { try await look() }
      } catch {
        backends.logger.debug("the clocks cannot be compared", metadata: ["error": "\(error)"])
      }
    }
  }

  private func look() async throws {
    let drifts = try await ScheduleCheck(backends).drifts()
    let drift = ClockDrift.agreed(drifts.map(\.drift), within: ClockCorrection.tolerance)
    if let drift {
      backends.correction.follow(
        Date().addingTimeInterval(drift.seconds), at: .now, uncertainty: drift.uncertainty)
    } else {
      backends.correction.forget()
    }
    let isWrong = drift.map { $0.certain > ClockCorrection.tolerance } ?? false
    let hasChanged = state.withLock { state in
      defer { state = State(drifts: drifts, isWrong: isWrong) }
      return state.isWrong != isWrong
    }
    if hasChanged { tell(drift, isWrong: isWrong) }
  }

  private func tell(_ drift: ClockDrift?, isWrong: Bool) {
    let logger = backends.logger
    guard let drift else {
      return logger.warning("the servers' clocks differ; the process goes by this machine's")
    }
    let metadata: Logger.Metadata = ["seconds": .stringConvertible(drift.seconds)]
    if isWrong {
      logger.warning(
        "this machine's clock is wrong; the process goes by the servers', which agree",
        metadata: metadata)
    } else {
      logger.notice("this machine's clock is right again", metadata: metadata)
    }
  }

  /// Returns the metric of the differences that were found last.
  func families() -> [MetricFamily] {
    let drifts = state.withLock { $0.drifts }
    guard !drifts.isEmpty else { return [] }
    return [
      MetricFamily(
        "martlet_clock_drift_seconds", .gauge,
        drifts.map { .init($0.drift.seconds, [("server", $0.server.lowercased())]) })
    ]
  }
}
