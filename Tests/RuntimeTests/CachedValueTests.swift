import Synchronization
import TestSupport
import Testing

@testable import Runtime

@Suite("Cached values")
struct RecentValueTests {
  private struct Away: Error {}

  @Test(
    "A stale value is returned at once, and read anew by the service; if that fails the old one stays"
  )
  func refreshes() async throws {
    let source = Mutex<Result<Int, Away>>(.success(1))
    let reads = Atomic<Int>(0)
    let value = CachedValue("number", logger: .silent) {
      reads.add(1, ordering: .relaxed)
      return try source.withLock { try $0.get() }
    }
    #expect(try await value.current() == 1)
    source.withLock { $0 = .success(2) }
    // Fresh enough, so it is not read again.
    #expect(try await value.current() == 1)
    #expect(reads.load(ordering: .relaxed) == 1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await value.run() }
      let isNew = try await eventually(within: .seconds(60)) { try await value.current() == 2 }
      #expect(isNew)
      source.withLock { $0 = .failure(Away()) }
      let before = reads.load(ordering: .relaxed)
      let wasTried = try await eventually(within: .seconds(60)) {
        try await value.current() == 2 && reads.load(ordering: .relaxed) > before
      }
      #expect(wasTried)
      #expect(try await value.current() == 2)
      group.cancelAll()
    }
  }
}
