import Synchronization

/// Removes jobs that end at the same time without an effect of their own in one statement: while one statement is on its
/// way, the next jobs gather. Each caller returns when its own job's removal is committed.
final class GroupCommitter: Sendable {
  private enum Turn {
    /// The caller sends the statement, for itself and the waiting ones.
    case lead
    /// Another caller has sent it; the result says whether the job was there.
    case done(Result<Bool, any Error>)
  }

  private struct Waiter {
    let ending: DurableStore.Ending
    let continuation: CheckedContinuation<Turn, Never>
  }

  private struct State {
    var isBusy = false
    var waiting: [Waiter] = []
  }

  private let state = Mutex(State())
  private let remove: @Sendable ([DurableStore.Ending]) async throws -> Set<JobID>

  /// - Parameter remove: removes jobs in one statement and returns those that were there.
  init(remove: @escaping @Sendable ([DurableStore.Ending]) async throws -> Set<JobID>) {
    self.remove = remove
  }

  /// The number of callers behind the statement on its way.
  var waiting: Int { state.withLock { $0.waiting.count } }

  /// Removes a job that belongs to no batch and leaves no history.
  ///
  /// - Returns: false when its row is another delivery's, gone, or one of a batch.
  func end(_ ending: DurableStore.Ending) async throws -> Bool {
    let turn = await withCheckedContinuation { continuation in
      let leads = state.withLock { state in
        guard state.isBusy else {
          state.isBusy = true
          return true
        }
        state.waiting.append(Waiter(ending: ending, continuation: continuation))
        return false
      }
      if leads { continuation.resume(returning: .lead) }
    }
    switch turn {
    case .done(let result): return try result.get()
    case .lead: return try await lead(ending)
    }
  }

  private func lead(_ ending: DurableStore.Ending) async throws -> Bool {
    let others = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    let outcome: Result<Set<JobID>, any Error>
    do {
      outcome = .success(try await remove([ending] + others.map(\.ending)))
    } catch {
      outcome = .failure(error)
    }
    // Only this caller was cancelled: the others' jobs go with the next statement.
    let isMine = if case .failure = outcome { Task.isCancelled } else { false }
    let next = state.withLock { state -> Waiter? in
      if isMine { state.waiting.insert(contentsOf: others, at: 0) }
      guard !state.waiting.isEmpty else {
        state.isBusy = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.continuation.resume(returning: .lead)
    if !isMine {
      for other in others {
        other.continuation.resume(
          returning: .done(outcome.map { $0.contains(other.ending.id) }))
      }
    }
    return try outcome.get().contains(ending.id)
  }
}
