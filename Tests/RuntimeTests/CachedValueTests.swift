import Synchronization
import TestSupport
import Testing

@testable import Runtime

@Suite("Cached values")
struct RecentValueTests {
  private struct Away: Error {}

  @Test(
    "A value is read again each second by the service; if that fails the old one stays for a while")
  func refreshes() async throws {
    let source = Mutex<Result<Int, Away>>(.success(1))
    let reads = Atomic<Int>(0)
    let value = CachedValue("number", logger: .silent, freshness: .milliseconds(20)) {
      reads.add(1, ordering: .relaxed)
      return try source.withLock { try $0.get() }
    }
    #expect(try await value.current() == 1)
    source.withLock { $0 = .success(2) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await value.run() }
      // Nobody asks for it meanwhile.
      let isRead = try await eventually(within: .seconds(60)) {
        reads.load(ordering: .relaxed) >= 3
      }
      #expect(isRead)
      #expect(try await value.current() == 2)
      source.withLock { $0 = .failure(Away()) }
      let before = reads.load(ordering: .relaxed)
      let wasTried = try await eventually(within: .seconds(60)) {
        try await value.current() == 2 && reads.load(ordering: .relaxed) > before
      }
      #expect(wasTried)
      group.cancelAll()
    }
  }

  @Test("After a pause no value older than its term is used, even if no service runs")
  func readsBeforeUse() async throws {
    let source = Mutex<Result<Int, Away>>(.success(1))
    let value = CachedValue(
      "number", logger: .silent, freshness: .zero, greatestAge: .seconds(3_600)
    ) { try source.withLock { try $0.get() } }
    #expect(try await value.current() == 1)
    source.withLock { $0 = .success(2) }
    #expect(try await value.current() == 2)
    source.withLock { $0 = .failure(Away()) }
    #expect(try await value.current() == 2)
    let strict = CachedValue("number", logger: .silent, freshness: .zero, greatestAge: .zero) {
      try source.withLock { try $0.get() }
    }
    source.withLock { $0 = .success(3) }
    #expect(try await strict.current() == 3)
    source.withLock { $0 = .failure(Away()) }
    await #expect(throws: Away.self) { try await strict.current() }
  }

  @Test("A fresh value is not read again")
  func keeps() async throws {
    let reads = Atomic<Int>(0)
    let value = CachedValue("number", logger: .silent, freshness: .seconds(3_600)) {
      reads.add(1, ordering: .relaxed)
    }
    for _ in 0..<3 { try await value.current() }
    #expect(reads.load(ordering: .relaxed) == 1)
  }
}
