import Dispatch
import Synchronization

/// Blocking calls in one bounded FIFO, run by a fixed number of threads: a call waits only while every
/// thread is busy. Each thread has a state of its own, created with its first call.
final class CallQueue<State>: Sendable {
  private typealias Call = @Sendable (inout State) -> Void

  /// The waiting calls and the idle threads.
  private struct Waiting {
    var calls = FIFO<Call>()
    var resting: [Int]
  }

  private let threads: [CallThread<State>]
  private let capacity: Int
  private let waiting: Mutex<Waiting>

  /// Creates a queue.
  ///
  /// - Parameters:
  ///   - threads: The number of concurrent calls.
  ///   - capacity: The number of calls that may wait.
  ///   - label: The name of the threads.
  ///   - makeState: Creates the state of a thread.
  init(
    threads: Int, capacity: Int, label: String = "http",
    makeState: @escaping @Sendable () -> State
  ) {
    let count = max(1, threads)
    self.threads = (0..<count).map { CallThread("\(label)-\($0)", makeState) }
    self.capacity = capacity
    waiting = Mutex(Waiting(resting: Array((0..<count).reversed())))
  }

  /// Runs a call on the next idle thread.
  ///
  /// - Returns: The call's result, or `nil` if too many calls wait.
  func run<R: Sendable>(_ body: @escaping @Sendable (inout State) -> R) async -> R? {
    await withCheckedContinuation { (continuation: CheckedContinuation<R?, Never>) in
      let isTaken = add { state in continuation.resume(returning: body(&state)) }
      if !isTaken { continuation.resume(returning: nil) }
    }
  }

  /// The number of calls waiting for a thread.
  var waitingCount: Int { waiting.withLock { $0.calls.count } }

  private func add(_ call: @escaping Call) -> Bool {
    let (isTaken, thread) = waiting.withLock { waiting -> (Bool, Int?) in
      let thread = waiting.resting.popLast()
      guard thread != nil || waiting.calls.count < capacity else { return (false, nil) }
      waiting.calls.append(call)
      return (true, thread)
    }
    if let thread { threads[thread].start { [self] state in drain(thread, &state) } }
    return isTaken
  }

  /// Runs calls until none waits.
  private func drain(_ thread: Int, _ state: inout State) {
    while let call = next(for: thread) { call(&state) }
  }

  private func next(for thread: Int) -> Call? {
    waiting.withLock { waiting in
      if let call = waiting.calls.popFirst() { return call }
      waiting.resting.append(thread)
      return nil
    }
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
