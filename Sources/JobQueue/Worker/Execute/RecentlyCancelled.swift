import Synchronization

/// The jobs cancelled recently, up to ``most``: their entries are dropped when they are delivered later.
final class RecentlyCancelled: Sendable {
  private struct State {
    var ids: Set<JobID> = []
    var order: [JobID] = []
  }
  private let state = Mutex(State())
  private let count = Atomic<Int>(0)
  static let most = 20_000

  /// Takes no lock, because it is read for every job.
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
