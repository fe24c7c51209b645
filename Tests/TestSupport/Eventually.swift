/// Waits until a condition holds, asking again and again, for a bounded time.
/// - Returns: whether it came to hold: `#expect(await eventually { … })`.
public func eventually(
  within limit: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + limit
  var pause = Duration.milliseconds(1)
  while true {
    if try await condition() { return true }
    if clock.now >= end { return false }
    do {
      try await clock.sleep(for: pause)
    } catch {
      // Cancelled: there is no waiting any more, but what holds by now does hold.
      return try await condition()
    }
    pause = min(pause * 2, .milliseconds(50))
  }
}
