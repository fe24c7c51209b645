/// Something of a provider that is fetched when it is asked for, by one request at a time, and kept for a while.
actor Kept<Value: Sendable> {
  private let lifetime: Duration
  private let fetch: @Sendable () async throws -> Value
  private var known: (value: Value, at: ContinuousClock.Instant)?
  private var underWay: Task<Value, any Error>?
  /// When it was last fetched, or tried to be.
  private var tried: ContinuousClock.Instant?

  /// - Parameter lifetime: The time for which it is kept.
  init(lifetime: Duration, _ fetch: @escaping @Sendable () async throws -> Value) {
    self.lifetime = lifetime
    self.fetch = fetch
  }

  /// The value as it is kept, or fetched anew.
  ///
  /// - Throws: What fetching throws.
  func value() async throws -> Value {
    if let known, ContinuousClock.now - known.at < lifetime { return known.value }
    return try await fetched()
  }

  /// The value fetched anew, unless that was done, or tried, within a time; then as it is kept, if it is.
  ///
  /// - Throws: What fetching throws.
  func renewed(after pause: Duration) async throws -> Value? {
    if underWay == nil, let tried, ContinuousClock.now - tried < pause { return known?.value }
    return try await fetched()
  }

  private func fetched() async throws -> Value {
    if let underWay { return try await underWay.value }
    tried = .now
    // Not the request's own: others wait for it, and the request may be given up.
    let task = Task { [fetch] in try await fetch() }
    underWay = task
    defer { underWay = nil }
    let value = try await task.value
    known = (value, .now)
    return value
  }
}
