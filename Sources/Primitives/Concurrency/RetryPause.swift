/// The pause before something that failed is tried again: it doubles with every failure in a row, up to a bound.
package enum RetryPause {
  /// The longest pause after some failures, from 0 on: 50 ms, 100 ms, … 2 s.
  ///
  /// - Parameters:
  ///   - failures: The failures in a row so far.
  ///   - first: The pause after none, in milliseconds.
  ///   - bound: The maximum, in milliseconds.
  package static func milliseconds(
    after failures: Int, first: Int = 50, atMost bound: Int = 2000
  ) -> Int {
    min(bound, first << min(max(failures, 0), 16))
  }

  /// A pause between half of that and the whole of it, so that processes that lost one server do not come back to it in
  /// step.
  package static func spread(after failures: Int) -> Duration {
    let ceiling = milliseconds(after: failures)
    return .milliseconds(Int.random(in: ceiling / 2...ceiling))
  }
}
