import Synchronization

/// How far a test has moved the clock of its test bed.
public final class ClockOffset: Sendable {
  private let offset = Mutex(Duration.zero)

  /// Creates an offset of nothing.
  public init() {}

  /// The offset from the system's time.
  public var value: Duration { offset.withLock { $0 } }

  /// Moves the clock on.
  public func advance(by seconds: Int) { offset.withLock { $0 += .seconds(seconds) } }
}
