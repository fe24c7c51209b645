import Primitives
import Synchronization
import TestSupport
import Testing

@Suite struct CoalescerTests {
  /// Records calls; the first `held` of them wait for a latch.
  private final class Service: Sendable {
    let calls = Mutex<[[Int]]>([])
    let latch = Latch()
    private let held: Int

    init(held: Int = 1) { self.held = held }

    func answer(_ requests: [Int]) async throws -> [String] {
      let number = calls.withLock { calls in
        calls.append(requests)
        return calls.count
      }
      if number <= held { await latch.pass() }
      try Task.checkCancellation()
      if requests.contains(13) { throw Unlucky() }
      return requests.map { "answer \($0)" }
    }

    var count: Int { calls.withLock { $0.count } }
  }
  private struct Unlucky: Error {}

  private func coalescer(
    _ service: Service, concurrency: Int = 1, size: Int = 100, isRepeatable: Bool = true
  ) -> Coalescer<Bool, Int, String> {
    Coalescer(concurrency: concurrency, size: size, isRepeatable: { _ in isRepeatable }) {
      try await service.answer($1)
    }
  }

  /// Starts callers one after the other, each when those before it have come.
  private func callers(
    _ requests: [Int], _ coalescer: Coalescer<Bool, Int, String>, after present: Int = 0
  ) async -> [Task<String, any Error>] {
    var tasks: [Task<String, any Error>] = []
    for request in requests {
      tasks.append(Task { try await coalescer.answer(request, in: true) })
      let count = present + tasks.count
      #expect(await eventually { coalescer.callersPresent(in: true) == count })
    }
    return tasks
  }

  @Test("Those who come during a call share the next one, and each gets its own answer")
  func sharesTheNextCall() async throws {
    let service = Service()
    let tasks = await callers([1, 2, 3, 4], coalescer(service))
    #expect(service.calls.withLock { $0 } == [[1]])
    service.latch.open()
    for (index, task) in tasks.enumerated() {
      let answer = try await task.value
      #expect(answer == "answer \(index + 1)")
    }
    #expect(service.calls.withLock { $0 } == [[1], [2, 3, 4]])
  }

  @Test("A call takes no more than its size; the rest get the call after it")
  func boundsCalls() async throws {
    let service = Service()
    let tasks = await callers([1, 2, 3, 4, 5, 6], coalescer(service, size: 2))
    service.latch.open()
    for task in tasks { _ = try await task.value }
    #expect(service.calls.withLock { $0 } == [[1], [2, 3], [4, 5], [6]])
  }

  @Test("Lanes do not wait for each other, and as many calls of a lane are made as allowed")
  func lanesAreApart() async throws {
    let service = Service(held: 3)
    let coalescer = Coalescer<Int, Int, String>(concurrency: 2, size: 10) {
      try await service.answer($1)
    }
    let tasks = [(1, 0), (2, 0), (3, 1), (4, 0)].map { request, lane in
      Task { try await coalescer.answer(request, in: lane) }
    }
    #expect(await eventually { service.count == 3 })
    service.latch.open()
    for task in tasks { _ = try await task.value }
  }

  @Test("Who comes when a call has taken long calls too, for those who wait as well")
  func doesNotWaitForSlowCalls() async throws {
    let service = Service()
    let coalescer = Coalescer<Bool, Int, String>(
      concurrency: 2, patience: .milliseconds(50), size: 100
    ) {
      try await service.answer($1)
    }
    let first = await callers([1], coalescer)
    // Of those who come, one is late enough, and answers those who wait too.
    var later: [Task<String, any Error>] = []
    while service.count < 2 {
      let number = later.count + 2
      later.append(Task { try await coalescer.answer(number, in: true) })
      try await Task.sleep(for: .milliseconds(5))
    }
    for (index, task) in later.enumerated() {
      let answer = try await task.value
      #expect(answer == "answer \(index + 2)")
    }
    service.latch.open()
    let answer = try await first[0].value
    #expect(answer == "answer 1")
  }

  @Test("An error is the error of all callers of its call, and of no other")
  func failsTogether() async throws {
    let service = Service()
    let coalescer = coalescer(service)
    let tasks = await callers([1, 2, 13], coalescer)
    service.latch.open()
    _ = try await tasks[0].value
    for task in tasks.dropFirst() {
      await #expect(throws: Unlucky.self) { try await task.value }
    }
    let later = try await coalescer.answer(5, in: true)
    #expect(later == "answer 5")
  }

  @Test(
    "The cancellation of the caller that runs a call fails the others only if it must not run again"
  )
  func cancellationIsOnesOwn() async throws {
    for isRepeatable in [true, false] {
      let service = Service()
      let tasks = await callers([1, 2, 3], coalescer(service, isRepeatable: isRepeatable))
      // Its turn comes when the first call has ended: it calls for itself and for the third.
      tasks[1].cancel()
      service.latch.open()
      _ = try await tasks[0].value
      await #expect(throws: CancellationError.self) { try await tasks[1].value }
      let third = await tasks[2].result
      if isRepeatable {
        let answer = try third.get()
        #expect(answer == "answer 3")
      } else {
        #expect(throws: CancellationError.self) { try third.get() }
      }
    }
  }

  @Test("Whatever comes when, every caller gets the answer to its own request")
  func answersEveryCaller() async throws {
    let coalescer = Coalescer<Int, Int, Int>(concurrency: 2, size: 7) { lane, requests in
      for _ in 0..<(requests.count % 3) { await Task.yield() }
      return requests.map { $0 * 10 + lane }
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for request in 0..<2000 {
        group.addTask {
          try await coalescer.answer(request, in: request % 5) == request * 10 + request % 5
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    for lane in 0..<5 { #expect(coalescer.callersPresent(in: lane) == 0) }
  }
}
