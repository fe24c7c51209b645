public import Foundation

/// Where every "now" of the product comes from.
///
/// Production uses ``system``. A test moves time by an offset; the queue adds the same offset to
/// the Redis server's time when it asks what is due, so scheduled jobs follow the moved clock,
/// while leases and heartbeats always run on real time.
public struct WallClock: Sendable {
  private let currentOffset: (@Sendable () -> Duration)?

  /// A clock that adds what `offset` returns at each reading to the system's time.
  public init(offset: @escaping @Sendable () -> Duration) {
    currentOffset = offset
  }

  private init() {
    currentOffset = nil
  }

  /// The system's time.
  public static let system = WallClock()

  /// The system's time moved by a fixed offset.
  public static func offset(_ offset: Duration) -> WallClock {
    WallClock(offset: { offset })
  }

  /// The instant by this clock.
  public var now: Date {
    guard let currentOffset else { return Date() }
    return Date().addingTimeInterval(currentOffset().seconds)
  }

  /// How far this clock is from the system's.
  public var offset: Duration { currentOffset?() ?? .zero }

  /// Whether somebody may move this clock, so that what waits on it must look again often.
  public var isMovable: Bool { currentOffset != nil }
}

extension Duration {
  /// The duration in seconds, with its fraction.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }

  /// The duration in whole milliseconds, rounded down.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}

extension Date {
  /// Milliseconds since 1970, as scores in Redis hold instants.
  var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded(.down)) }
}
