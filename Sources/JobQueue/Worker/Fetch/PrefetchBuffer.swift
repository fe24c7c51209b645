import Synchronization

/// The jobs fetched and not begun. ``Fetcher`` fills it, slots take from it.
final class PrefetchBuffer: Sendable {
  private struct State {
    var items: [Delivery] = []
    var head = 0
    var sleepers: [UnsafeContinuation<[Delivery]?, Never>] = []
    var isClosed = false
    /// The fetcher while it waits for a sleeping slot, or for fewer jobs than `lowWater`.
    var fetcher: UnsafeContinuation<Room?, Never>?
    var lowWater = 0
    var taken = 0

    var count: Int { items.count - head }

    /// Takes the first job, with those behind it that its handler takes too.
    mutating func pop() -> [Delivery]? {
      guard head < items.count else { return nil }
      let first = items[head]
      head += 1
      var batch = [first]
      // A job that failed or crashed its worker before runs alone.
      if first.kind.batchSize > 1, first.isFresh {
        while batch.count < first.kind.batchSize, head < items.count,
          items[head].kind.name == first.kind.name, items[head].isFresh,
          items[head].queue == first.queue
        {
          batch.append(items[head])
          head += 1
        }
      }
      taken += batch.count
      if head == items.count {
        items.removeAll(keepingCapacity: true)
        head = 0
      } else if head > 1024, head * 2 > items.count {
        items.removeFirst(head)
        head = 0
      }
      return batch
    }

    mutating func roomIfAny() -> Room? {
      guard sleepers.count > count || count < lowWater else { return nil }
      return Room(free: max(0, sleepers.count - count), queued: count, taken: taken)
    }
  }

  /// The demand for jobs.
  struct Room: Sendable {
    /// The sleeping slots without a job.
    var free: Int
    /// The jobs that wait for a slot.
    var queued: Int
    /// The jobs taken since the worker's start.
    var taken: Int
  }

  private let state = Mutex(State())

  /// The outcome of a look under the lock.
  private enum Found {
    case closed
    case jobs([Delivery], wake: Wake?)
    case nothing(wake: Wake?)
  }

  /// The fetcher, to be woken outside of the lock.
  private struct Wake {
    let fetcher: UnsafeContinuation<Room?, Never>
    let room: Room

    init?(_ state: inout State) {
      guard let fetcher = state.fetcher, let room = state.roomIfAny() else { return nil }
      state.fetcher = nil
      (self.fetcher, self.room) = (fetcher, room)
    }

    func perform() { fetcher.resume(returning: room) }
  }

  /// The next job or jobs; nil when the buffer is closed.
  func take() async -> [Delivery]? {
    // Usually a job is there, and a continuation would only add cost.
    switch find(sleeping: nil) {
    case .closed: return nil
    case .jobs(let jobs, let wake):
      wake?.perform()
      return jobs
    case .nothing: break
    }
    return await withUnsafeContinuation { continuation in
      switch find(sleeping: continuation) {
      case .closed: continuation.resume(returning: nil)
      case .jobs(let jobs, let wake):
        wake?.perform()
        continuation.resume(returning: jobs)
      case .nothing(let wake): wake?.perform()
      }
    }
  }

  private func find(sleeping sleeper: UnsafeContinuation<[Delivery]?, Never>?) -> Found {
    state.withLock { state in
      if state.isClosed { return .closed }
      if let jobs = state.pop() { return .jobs(jobs, wake: Wake(&state)) }
      guard let sleeper else { return .nothing(wake: nil) }
      state.sleepers.append(sleeper)
      return .nothing(wake: Wake(&state))
    }
  }

  /// Adds fetched jobs and wakes slots for them.
  func append(_ deliveries: [Delivery]) {
    let wakes = state.withLock { state in
      state.items.append(contentsOf: deliveries)
      var wakes: [(UnsafeContinuation<[Delivery]?, Never>, [Delivery])] = []
      while !state.sleepers.isEmpty, let batch = state.pop() {
        wakes.append((state.sleepers.removeLast(), batch))
      }
      return wakes
    }
    for (sleeper, batch) in wakes { sleeper.resume(returning: batch) }
  }

  /// Waits until a slot sleeps or fewer than `lowWater` jobs wait. Returns nil when closed.
  func room(lowWater: Int) async -> Room? {
    await withUnsafeContinuation { continuation in
      let answer: Room?? = state.withLock { state in
        if state.isClosed { return .some(nil) }
        state.lowWater = lowWater
        if let room = state.roomIfAny() { return room }
        state.fetcher = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Takes out the jobs that wait: all, or those received before an instant.
  func withdraw(before instant: ContinuousClock.Instant? = nil) -> [Delivery] {
    state.withLock { state in
      let waiting = state.items[state.head...]
      let withdrawn =
        instant.map { instant in waiting.filter { $0.receivedAt < instant } }
        ?? Array(waiting)
      state.items =
        instant.map { instant in waiting.filter { $0.receivedAt >= instant } } ?? []
      state.head = 0
      return withdrawn
    }
  }

  /// Lets slots end when they ask for the next job. The jobs left must be withdrawn.
  func close() {
    let (sleepers, fetcher) = state.withLock { state in
      state.isClosed = true
      defer {
        state.sleepers = []
        state.fetcher = nil
      }
      return (state.sleepers, state.fetcher)
    }
    for sleeper in sleepers { sleeper.resume(returning: nil) }
    fetcher?.resume(returning: nil)
  }
}

extension Delivery {
  /// Whether the job has neither failed nor been under way in a crashed worker.
  var isFresh: Bool { entry.attempt == 0 && entry.crashes == 0 }
}
