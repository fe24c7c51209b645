import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Transfer

@Suite("Call queue")
struct CallQueueTests {
  @Test("Calls run in order of arrival; none is accepted beyond the capacity")
  func order() async throws {
    let queue = CallQueue(threads: 1, capacity: 3) { 0 }
    let log = CallLog()
    let gate = DispatchSemaphore(value: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        _ = await queue.run { _ in
          log.isStarted.withLock { $0 = true }
          gate.wait()
        }
      }
      let hasStarted = try await eventually { log.isStarted.withLock { $0 } }
      #expect(hasStarted)
      for number in 1...3 {
        group.addTask { _ = await queue.run { _ in log.numbers.withLock { $0.append(number) } } }
        let isWaiting = try await eventually { queue.waitingCount == number }
        #expect(isWaiting)
      }
      let refused: Bool? = await queue.run { _ in true }
      #expect(refused == nil)
      gate.signal()
      try await group.waitForAll()
    }
    let numbers = log.numbers.withLock { $0 }
    #expect(numbers == [1, 2, 3])
    let accepted: Bool? = await queue.run { _ in true }
    #expect(accepted == true)
  }

  @Test("CAM-456: one key gets its share of the threads only, a slow one less")
  func shares() async throws {
    // One call that took any time makes its key slow.
    let queue = CallQueue(threads: 8, capacity: 100, perKey: 4, slowness: .nanoseconds(1)) { 0 }
    let gate = DispatchSemaphore(value: 0)
    let running = RunningCalls()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 {
        group.addTask {
          _ = await queue.run(for: "slow") { _ in
            running.begin()
            gate.wait()
            running.end()
          }
        }
      }
      let isFull = try await eventually {
        running.now == 4 && queue.waitingCount == 36
      }
      #expect(isFull)
      // Others are served at once, however many calls wait.
      for number in 0..<50 {
        let answer = await queue.run(for: "other \(number % 3)") { _ in number }
        #expect(answer == number)
      }
      for _ in 0..<4 { gate.signal() }
      // Now it is known to be slow.
      let isHeldBack = try await eventually {
        running.now == 1 && queue.waitingCount == 35
      }
      #expect(isHeldBack)
      for _ in 0..<36 { gate.signal() }
      try await group.waitForAll()
    }
    #expect(running.most == 4)
  }

  @Test("A thread keeps its state from call to call")
  func state() async {
    let queue = CallQueue(threads: 1, capacity: 1) { 0 }
    for expected in 1...3 {
      let count = await queue.run { state in
        state += 1
        return state
      }
      #expect(count == expected)
    }
  }

  @Test("A FIFO returns its elements in order, even when it discards returned ones")
  func fifo() {
    var queue = FIFO<Int>()
    var next = 0
    for number in 0..<1_000 {
      queue.append(number)
      if number % 3 == 0 {
        #expect(queue.popFirst() == next)
        next += 1
      }
    }
    #expect(queue.count == 1_000 - next)
    while let number = queue.popFirst() {
      #expect(number == next)
      next += 1
    }
    #expect(next == 1_000 && queue.count == 0)
  }
}

/// The number of calls that run at once.
final class RunningCalls: Sendable {
  private let state = Mutex((now: 0, most: 0))

  var now: Int { state.withLock { $0.now } }
  var most: Int { state.withLock { $0.most } }

  func begin() {
    state.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func end() { state.withLock { $0.now -= 1 } }
}

/// The progress of a test's calls.
final class CallLog: Sendable {
  let isStarted = Mutex(false)
  let hasEnded = Mutex(false)
  let numbers = Mutex<[Int]>([])
}
