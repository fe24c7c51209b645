import Foundation
import Primitives
import Runtime

/// The test clock while the example lives through its weeks.
struct SampleClock: Sendable {
  private let clock: TestClock?

  /// - Parameter clock: Nil for an installation whose time goes its way: every day is today then.
  init(_ clock: TestClock?) { self.clock = clock }

  /// Has every process believe that it is so many days ago, at an hour that is the day's own.
  /// - Returns: What time it is there.
  @discardableResult
  func go(daysAgo: Int) async throws -> Date {
    guard let clock, daysAgo > 0 else {
      try await goBack()
      return Date()
    }
    let hours = [9, 14, 11, 17, 8, 19, 13][daysAgo % 7]
    let day = (Date().timeIntervalSince1970 / 86_400).rounded(.down) - Double(daysAgo)
    let offset = day * 86_400 + Double(hours) * 3600 - Date().timeIntervalSince1970
    try await clock.set(.milliseconds(Int64(saturating: offset * 1000)))
    try await Task.sleep(for: TestClock.refreshInterval * 3)
    return Date().addingTimeInterval(offset)
  }

  /// Returns to real time.
  func goBack() async throws {
    guard let clock else { return }
    try await clock.set(.zero)
    try await Task.sleep(for: TestClock.refreshInterval * 3)
  }
}
