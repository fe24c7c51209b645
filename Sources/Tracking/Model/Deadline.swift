/// The error of work that took too long.
struct OutOfTime: Error, CustomStringConvertible {
  let limit: Duration
  var description: String { "no result within \(limit)" }
}

/// Runs work that is given up after a time.
///
/// - Throws: ``OutOfTime``, or the work's error.
func within<R: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async throws -> R
) async throws -> R {
  try await withThrowingTaskGroup(of: R.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw OutOfTime(limit: limit)
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw OutOfTime(limit: limit) }
    return result
  }
}
