/// The pause before the next attempt of a job that failed.
public struct RetryPolicy: Sendable {
  private let pause: @Sendable (_ failures: Int, _ random: Double) -> Duration

  private init(_ pause: @escaping @Sendable (Int, Double) -> Duration) {
    self.pause = pause
  }

  /// Pauses that grow by `factor` from `base` up to `maximum`, each shortened at random by up to
  /// the share `jitter`, so that jobs which failed together do not come back together.
  public static func exponential(
    base: Duration = .seconds(1), factor: Double = 2, maximum: Duration = .seconds(3600),
    jitter: Double = 0.25
  ) -> RetryPolicy {
    RetryPolicy { failures, random in
      var seconds = base.seconds
      // Multiplying step by step stops at the maximum before it could overflow.
      for _ in 1..<max(1, failures) where seconds < maximum.seconds { seconds *= factor }
      seconds = min(seconds, maximum.seconds)
      return .seconds(seconds * (1 - jitter * random))
    }
  }

  /// The same pause each time.
  public static func constant(_ pause: Duration) -> RetryPolicy {
    RetryPolicy { _, _ in pause }
  }

  /// The pause after the `failures`-th failure (1 for the first); `random` in 0..<1 decides the
  /// jitter.
  public func delay(afterFailures failures: Int, random: Double = .random(in: 0..<1)) -> Duration {
    max(.zero, pause(failures, random))
  }
}
