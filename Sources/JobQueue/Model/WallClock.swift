public import Foundation
import Primitives

/// The source of the current time for all code.
///
/// Production uses ``system``. A test moves time by an offset; the queue adds the same offset to
/// the Redis server's time when it asks what is due, so scheduled jobs follow the moved clock,
/// while leases and heartbeats always run on real time.
public struct WallClock: Sendable {
  private enum Reading: Sendable {
    case system
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
    case .moved(let offset): Date().addingTimeInterval(offset().seconds)
    case .standing(let instant): instant()
    }
  }

  /// The offset of this clock from the system's; positive when it is ahead.
  public var offset: Duration {
    switch reading {
    case .system: .zero
    case .moved(let offset): offset()
    case .standing(let instant): .seconds(instant().timeIntervalSinceNow)
    }
  }

  /// The instant of this clock at an instant by a server's clock: moved by the same offset.
  func reading(at real: Date) -> Date {
    switch reading {
    case .system: real
    case .moved(let offset): real.addingTimeInterval(offset().seconds)
    case .standing(let instant): instant()
    }
  }

  /// Whether the clock can be moved, so that loops waiting on it read it often.
  public var isMovable: Bool {
    if case .system = reading { false } else { true }
  }
}

extension Date {
  /// Milliseconds since 1970, as scores in Redis hold instants.
  var milliseconds: Int { Int(saturating: (timeIntervalSince1970 * 1000).rounded(.down)) }
}
