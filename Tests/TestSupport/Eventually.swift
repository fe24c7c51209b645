/// Waits until a condition holds, asking again and again, for a bounded time: two minutes at least, whatever is asked
/// for, since a machine that is busy with something else is no failure.
/// - Returns: Whether it held: `#expect(await eventually { … })`.
public func eventually(
  within limit: Duration = .seconds(120), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + max(limit, .seconds(120))
  var pause = Duration.milliseconds(1)
  while true {
    if try await condition() { return true }
    if clock.now >= end { return false }
    do {
      try await clock.sleep(for: pause)
    } catch {
      // Cancelled: no more waiting, but the condition may hold by now.
      return try await condition()
    }
    pause = min(pause * 2, .milliseconds(50))
  }
}
