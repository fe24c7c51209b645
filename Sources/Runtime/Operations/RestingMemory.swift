import Foundation
import ServiceLifecycle

/// Frees memory whenever the process has come to rest: after its start, after a large job.
package struct RestingMemory: Service {
  /// CPU time, as a share of one core, below which the process counts as resting.
  static let restingShare = 0.01
  /// Growth in bytes that is worth giving back.
  static let worthwhile = 1.0 * 1024 * 1024

  private let first: Duration
  private let interval: Duration

  /// - Parameters:
  ///   - first: The time from the start of the services to the first check.
  ///   - interval: The time between checks, each of which reads one small file.
  package init(first: Duration = .seconds(3), interval: Duration = .seconds(20)) {
    self.first = first
    self.interval = interval
  }

  /// Returns at graceful shutdown.
  package func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { try await look() }
    } catch is CancellationError {
      // told to stop
    }
  }

  private func look() async throws {
    try await Task.sleep(for: first)
    Memory.release()
    var small = ProcessMetrics.residentBytes ?? 0
    while true {
      let before = ProcessMetrics.cpuSeconds
      try await Task.sleep(for: interval)
      let share = (ProcessMetrics.cpuSeconds - before) / interval.seconds
      guard let now = ProcessMetrics.residentBytes else { return }
      if share < Self.restingShare, now > small + Self.worthwhile {
        Memory.release()
        small = ProcessMetrics.residentBytes ?? 0
      }
    }
  }
}
