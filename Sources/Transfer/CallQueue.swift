import Dispatch
import Synchronization

/// Blocking calls in a bounded queue, run by a fixed number of threads.
///
/// Calls with the same key, such as calls to one host, run in order of arrival and share a part of the threads, a quarter
/// of that part once the key is slow, so that one slow host does not hold up the others. Keys take turns. Each thread
/// has a state of its own, created with its first call.
final class CallQueue<State>: Sendable {
  private typealias Work = @Sendable (inout State) -> Void
  private struct Call {
    var key: String
    var work: Work
  }

  /// The calls of one key.
  private struct Group {
    var waiting = FIFO<Call>()
    var running = 0
    /// The typical time of a call, the latest ones counting most.
    var time = Duration.zero
  }

  /// The waiting calls and the idle threads.
  private struct Waiting {
    var groups: [String: Group] = [:]
    /// The keys with waiting calls, in the order of their turns.
    var turns: [String] = []
    var count = 0
    var resting: [Int]
  }

  private let threads: [CallThread<State>]
  private let capacity: Int
  private let perKey: Int
  private let slowness: Duration
  private let waiting: Mutex<Waiting>

  /// Creates a queue.
  ///
  /// - Parameters:
  ///   - threads: The number of concurrent calls.
  ///   - capacity: The number of calls that may wait.
  ///   - perKey: The number of concurrent calls of one key; nil for no limit.
  ///   - slowness: The typical time of a call from which on its key is slow.
  ///   - label: The name of the threads.
  ///   - makeState: Creates the state of a thread.
  init(
    threads: Int, capacity: Int, perKey: Int? = nil, slowness: Duration = .seconds(2),
    label: String = "http",
    makeState: @escaping @Sendable () -> State
  ) {
    let count = max(1, threads)
    self.threads = (0..<count).map { CallThread("\(label)-\($0)", makeState) }
    self.capacity = capacity
    self.perKey = perKey.map { max(1, $0) } ?? .max
    self.slowness = slowness
    waiting = Mutex(Waiting(resting: Array((0..<count).reversed())))
  }

  /// Runs a call on the next idle thread that its key may have.
  ///
  /// - Returns: The call's result, or `nil` if too many calls wait.
  func run<R: Sendable>(
    for key: String = "", _ body: @escaping @Sendable (inout State) -> R
  ) async -> R? {
    await withCheckedContinuation { (continuation: CheckedContinuation<R?, Never>) in
      let isTaken = add(
        Call(key: key) { state in continuation.resume(returning: body(&state)) })
      if !isTaken { continuation.resume(returning: nil) }
    }
  }

  /// The number of calls waiting for a thread.
  var waitingCount: Int { waiting.withLock { $0.count } }

  private func add(_ call: Call) -> Bool {
    let (isTaken, thread) = waiting.withLock { waiting -> (Bool, Int?) in
      let isFree = !waiting.resting.isEmpty && mayRun(waiting.groups[call.key])
      guard isFree || waiting.count < capacity else { return (false, nil) }
      var group = waiting.groups[call.key] ?? Group()
      if group.waiting.count == 0 { waiting.turns.append(call.key) }
      group.waiting.append(call)
      waiting.groups[call.key] = group
      waiting.count += 1
      return (true, isFree ? waiting.resting.popLast() : nil)
    }
    if let thread { start(thread) }
    return isTaken
  }

  private func start(_ thread: Int) {
    threads[thread].start { [self] state in drain(thread, &state) }
  }

  /// Runs calls until none waits that may run.
  private func drain(_ thread: Int, _ state: inout State) {
    while let call = next(for: thread) {
      let start = ContinuousClock.now
      call.work(&state)
      end(call, after: .now - start)
    }
  }

  /// The number of threads that a key may have.
  private func share(_ group: Group) -> Int {
    perKey < .max && group.time >= slowness ? max(1, perKey / 4) : perKey
  }

  private func mayRun(_ group: Group?) -> Bool {
    group.map { $0.running < share($0) } ?? true
  }

  private func next(for thread: Int) -> Call? {
    waiting.withLock { waiting in
      for (index, key) in waiting.turns.enumerated() {
        guard var group = waiting.groups[key], mayRun(group), let call = group.waiting.popFirst()
        else { continue }
        waiting.turns.remove(at: index)
        if group.waiting.count > 0 { waiting.turns.append(key) }
        group.running += 1
        waiting.groups[key] = group
        waiting.count -= 1
        return call
      }
      waiting.resting.append(thread)
      return nil
    }
  }

  /// Notes the end of a call. Its key may be faster now than when other threads looked for work.
  private func end(_ call: Call, after time: Duration) {
    let idle = waiting.withLock { waiting -> Int? in
      guard var group = waiting.groups[call.key] else { return nil }
      group.running -= 1
      group.time = (group.time * 3 + time) / 4
      let isUnused = group.running == 0 && group.waiting.count == 0
      // What is known of a slow key is kept for a while; the memory of all is bounded.
      waiting.groups[call.key] =
        isUnused && (group.time < slowness || waiting.groups.count > 1_000) ? nil : group
      guard group.waiting.count > 0, mayRun(group) else { return nil }
      return waiting.resting.popLast()
    }
    if let idle { start(idle) }
  }
}

/// A thread with its state.
///
/// `@unchecked Sendable`: the state is used on the serial queue only.
private final class CallThread<State>: @unchecked Sendable {
  private let queue: DispatchQueue
  private let makeState: @Sendable () -> State
  private var state: State?

  init(_ label: String, _ makeState: @escaping @Sendable () -> State) {
    queue = DispatchQueue(label: label)
    self.makeState = makeState
  }

  func start(_ body: @escaping @Sendable (inout State) -> Void) {
    queue.async { [self] in
      var current = state ?? makeState()
      body(&current)
      state = current
    }
  }
}

/// A queue with constant-time access to both ends.
struct FIFO<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head]
    elements[head] = nil
    head += 1
    if head > 64, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
