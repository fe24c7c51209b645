/// The rate at which the slots take jobs, and the number of jobs to fetch ahead of them.
struct FetchPace: Sendable {
  /// The maximum number of jobs fetched ahead of what the slots can begin at once.
  static let mostAhead = 2048

  private(set) var ahead = 0
  private var taken = 0
  private var measuredAt: ContinuousClock.Instant

  init(now: ContinuousClock.Instant = .now) { measuredAt = now }

  /// Notes the jobs taken since the worker's start.
  ///
  /// - Returns: the number of jobs that may wait: those of the next 20 ms at the current rate.
  mutating func ahead(
    _ taken: Int, now: ContinuousClock.Instant = .now
  ) -> Int {
    let elapsed = (now - measuredAt).seconds
    guard elapsed > 0.0005 else { return ahead }
    let rate = Double(taken - self.taken) / elapsed
    self.taken = taken
    measuredAt = now
    // Fewer than a handful are single jobs, not a flood of short ones.
    let wanted = rate * 0.02
    ahead = wanted < 4 ? 0 : min(Self.mostAhead, Int(wanted))
    return ahead
  }
}
