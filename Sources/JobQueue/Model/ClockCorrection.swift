public import Foundation
import Primitives
import Synchronization

/// The true time as far as a process knows it, for a ``WallClock`` on a machine whose own clock may be wrong: an instant
/// that the servers agreed on, and the time that has passed since, by a clock that nobody sets.
///
/// While the machine's clock agrees with it, the machine's is read. Once it does not, also because somebody has just set
/// it, the process goes by the true time: what it schedules is due for the others when it should be (CAM-906).
public final class ClockCorrection: Sendable {
  private struct Known {
    var date: Date
    var instant: ContinuousClock.Instant
    /// The difference in seconds up to which the machine's clock is believed.
    var tolerance: Double
  }

  /// The difference in seconds up to which clocks agree: what time servers leave between machines is far less.
  public static let tolerance = 0.1

  private let known = Mutex<Known?>(nil)

  /// Nothing is known yet: the machine's clock is read.
  public init() {}

  /// Takes over an instant that the servers agreed on.
  ///
  /// - Parameters:
  ///   - date: The instant by the servers' clocks.
  ///   - instant: The moment at which it was that.
  ///   - uncertainty: The greatest error of `date`, in seconds.
  public func follow(_ date: Date, at instant: ContinuousClock.Instant, uncertainty: Double) {
    known.withLock {
      $0 = Known(date: date, instant: instant, tolerance: Self.tolerance + abs(uncertainty))
    }
  }

  /// Forgets what was known: the servers disagree, so the machine's clock is as good as theirs.
  public func forget() { known.withLock { $0 = nil } }

  /// The current instant.
  public var now: Date { reading(of: Date()) }

  /// Returns the true time at a reading of the machine's clock.
  func reading(of machine: Date, at instant: ContinuousClock.Instant = .now) -> Date {
    guard let known = known.withLock({ $0 }) else { return machine }
    let expected = known.date.addingTimeInterval((instant - known.instant).seconds)
    return abs(expected.timeIntervalSince(machine)) > known.tolerance ? expected : machine
  }
}
