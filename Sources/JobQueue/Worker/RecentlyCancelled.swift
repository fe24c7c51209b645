import Synchronization

/// The jobs cancelled lately: an entry of theirs that is delivered later is dropped.
final class RecentlyCancelled: Sendable {
  private struct State {
    var ids: Set<JobID> = []
    var order: [JobID] = []
  }
  private let state = Mutex(State())
  private let count = Atomic<Int>(0)
  static let most = 20_000

  /// Asked for every job, so it takes no lock.
  var isEmpty: Bool { count.load(ordering: .relaxed) == 0 }

  func contains(_ id: JobID) -> Bool { state.withLock { $0.ids.contains(id) } }

  func insert(_ id: JobID) {
    state.withLock { state in
      guard state.ids.insert(id).inserted else { return }
      state.order.append(id)
      if state.order.count > Self.most {
        for old in state.order.prefix(Self.most / 2) { state.ids.remove(old) }
        state.order.removeFirst(Self.most / 2)
      }
      count.store(state.ids.count, ordering: .relaxed)
    }
  }

  func remove(_ id: JobID) {
    state.withLock { state in
      guard state.ids.remove(id) != nil else { return }
      state.order.removeAll { $0 == id }
      count.store(state.ids.count, ordering: .relaxed)
    }
  }
}

/// Lets one suspect at a time through.
final class CrashGate: Sendable {
  private struct State {
    var isBusy = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isBusy {
          state.waiting.append(continuation)
          return false
        }
        state.isBusy = true
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.isBusy = false
        return nil as CheckedContinuation<Void, Never>?
      }
      return state.waiting.removeFirst()
    }?.resume()
  }
}
