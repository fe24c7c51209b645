import Foundation
import JobQueue
import Synchronization

/// A clock that a test can move; it keeps running from there.
final class MovableClock: Sendable {
  private let offset: Mutex<Duration>

  init(at date: Date) { offset = Mutex(Self.offset(of: date)) }

  private static func offset(of date: Date) -> Duration {
    .seconds(date.timeIntervalSince(Date()))
  }

  func move(to date: Date) { offset.withLock { $0 = Self.offset(of: date) } }

  var clock: WallClock { WallClock { self.offset.withLock { $0 } } }
}
