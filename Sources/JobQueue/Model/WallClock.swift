public import Foundation
import Primitives

/// The source of the current time for all code.
///
/// Production uses ``corrected(by:)``, the system's time unless that is wrong. A test moves time by an offset; the queue adds the same offset to
/// the Redis server's time when it asks what is due, so scheduled jobs follow the moved clock,
/// while leases and heartbeats always run on real time.
public struct WallClock: Sendable {
  private enum Reading: Sendable {
    case system
    case corrected(ClockCorrection)
    case moved(@Sendable () -> Duration)
    case standing(@Sendable () -> Date)
  }
  private let reading: Reading

  private init(reading: Reading) { self.reading = reading }

  /// A clock that adds `offset` to the system's time at each reading.
  public init(offset: @escaping @Sendable () -> Duration) {
    self.init(reading: .moved(offset))
  }

  /// The system's time.
  public static let system = WallClock(reading: .system)

  /// The system's time, unless that is known to be wrong.
  public static func corrected(by correction: ClockCorrection) -> WallClock {
    WallClock(reading: .corrected(correction))
  }

  /// The system's time moved by a fixed offset.
  public static func offset(_ offset: Duration) -> WallClock {
    WallClock { offset }
  }

  /// A clock that shows the instant that `instant` returns at each reading.
  public static func standing(at instant: @escaping @Sendable () -> Date) -> WallClock {
    WallClock(reading: .standing(instant))
  }

  /// The current instant of this clock.
  public var now: Date {
    switch reading {
    case .system: Date()
    case .corrected(let correction): correction.now
    case .moved(let offset): Date().addingTimeInterval(offset().seconds)
    case .standing(let instant): instant()
    }
  }

  /// The current instant in reality, wherever a test has moved this clock.
  var real: Date {
    if case .corrected(let correction) = reading { correction.now } else { Date() }
  }

  /// The offset of this clock from real time; positive when it is ahead.
  public var offset: Duration {
    switch reading {
    case .system, .corrected: .zero
    case .moved(let offset): offset()
    case .standing(let instant): .seconds(instant().timeIntervalSinceNow)
    }
  }

  /// The instant of this clock at an instant by a server's clock: moved by the same offset.
  func reading(at real: Date) -> Date {
    switch reading {
    case .system, .corrected: real
    case .moved(let offset): real.addingTimeInterval(offset().seconds)
    case .standing(let instant): instant()
    }
  }

  /// Whether the clock can be moved, so that loops waiting on it read it often.
  public var isMovable: Bool {
    switch reading {
    case .system, .corrected: false
    case .moved, .standing: true
    }
  }
}

extension Date {
  /// Milliseconds since 1970, as scores in Redis hold instants.
  var milliseconds: Int { Int(saturating: (timeIntervalSince1970 * 1000).rounded(.down)) }
}
