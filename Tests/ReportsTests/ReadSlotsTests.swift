import TestSupport
import Testing

@testable import Reports

@Suite("Long reads of a process") struct ReadSlotsTests {
  /// Counts what runs.
  private actor Counter {
    var now = 0
    var most = 0
    var done = 0

    func begin() {
      now += 1
      most = max(most, now)
    }

    func end() {
      now -= 1
      done += 1
    }
  }

  @Test("A few run at once, all have their turn")
  func bounded() async throws {
    let slots = ReadSlots(count: 3)
    let counter = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await slots.run {
            await counter.begin()
            for _ in 0..<10 { await Task.yield() }
            await counter.end()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(await counter.most <= 3)
    #expect(await counter.done == 50)
  }

  @Test("What waits can be cancelled, and is refused where too many wait")
  func refused() async throws {
    let slots = ReadSlots(count: 1, mostWaiting: 1)
    let latch = Latch()
    let entered = Latch()
    let first = Task {
      try await slots.run {
        entered.open()
        await latch.pass()
      }
    }
    await entered.pass()
    let second = Task { try await slots.run {} }
    // One of the two waits, the other is refused at once.
    let isRefused = try await eventually(within: .seconds(10)) {
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await slots.run {} }
          group.addTask { try await Task.sleep(for: .milliseconds(20)) }
          try await group.next()
          group.cancelAll()
        }
        return false
      } catch ReportError.busy {
        return true
      }
    }
    #expect(isRefused)
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    latch.open()
    try await first.value
    try await slots.run {}
  }
}
