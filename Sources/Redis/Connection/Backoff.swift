/// The pauses between attempts to connect: doubling, bounded, and with jitter, so that the
/// many processes that lost one server do not come back to it in step.
struct Backoff {
  private let shortest: Int64
  private let longest: Int64
  private var next: Int64
  private(set) var failures = 0

  /// Delays in nanoseconds.
  init(shortest: Int64, longest: Int64) {
    self.shortest = max(1, shortest)
    self.longest = max(self.shortest, longest)
    next = self.shortest
  }

  /// The delay after one more failure: between half of the present step and the whole of it.
  mutating func delay(using random: inout some RandomNumberGenerator) -> Int64 {
    failures += 1
    let step = next
    next = min(longest, step > longest / 2 ? longest : step * 2)
    return Int64.random(in: max(1, step / 2)...step, using: &random)
  }

  /// After a success the next outage starts from the shortest delay again.
  mutating func reset() {
    failures = 0
    next = shortest
  }
}
