import Synchronization

/// Lets callers that come at the same time share calls: while the calls of a lane are under way, further callers wait, and
/// the next call answers all of them. So there are fewer calls the greater the load, nobody waits for a timer, and each
/// answer is of a call that began after its caller came.
package final class Coalescer<Lane: Hashable & Sendable, Request: Sendable, Answer: Sendable>:
  Sendable
{
  /// Answers requests of one lane: one answer for each, in their order.
  package typealias Call = @Sendable (Lane, [Request]) async throws -> [Answer]

  /// The error for a call that did not return one answer for each request.
  struct Mismatch: Error {}

  /// The result for a waiting caller: its answer, or its turn to call for all who wait.
  private enum Turn {
    case answered(Result<Answer, any Error>)
    case call
  }
  private struct Waiting {
    var request: Request
    var turn: CheckedContinuation<Turn, Never>
  }
  /// A lane of which at least one call is under way.
  private struct Traffic {
    var calls = 0
    var lastCall = ContinuousClock.now
    var waiting: [Waiting] = []
  }

  private let state = Mutex<[Lane: Traffic]>([:])
  private let concurrency: Int
  private let patience: Duration
  private let size: Int
  private let isRepeatable: @Sendable (any Error) -> Bool
  private let call: Call

  /// - Parameters:
  ///   - concurrency: The maximum number of calls of a lane at the same time.
  ///   - patience: The time for which callers wait for a call that is under way; one that comes later calls too, so that a
  ///     slow call does not hold up the others.
  ///   - size: The maximum number of requests in a call.
  ///   - isRepeatable: Whether a call that failed with an error may be made again. If one fails because the task of the
  ///     caller that runs it was cancelled, the requests of the others are called again.
  ///   - call: Answers requests. Its error is the error of each of its callers.
  package init(
    concurrency: Int, patience: Duration = .zero, size: Int,
    isRepeatable: @escaping @Sendable (any Error) -> Bool = { _ in true }, call: @escaping Call
  ) {
    self.concurrency = max(1, concurrency)
    self.patience = patience
    self.size = max(1, size)
    self.isRepeatable = isRepeatable
    self.call = call
  }

  /// Answers a request, perhaps by a call that answers others too.
  package func answer(_ request: Request, in lane: Lane) async throws -> Answer {
    let turn = await withCheckedContinuation { (turn: CheckedContinuation<Turn, Never>) in
      let mayCall = state.withLock { lanes in
        var traffic = lanes.removeValue(forKey: lane) ?? Traffic()
        defer { lanes[lane] = traffic }
        let mayCall =
          traffic.calls == 0
          || traffic.calls < concurrency && .now - traffic.lastCall >= patience
        if mayCall {
          traffic.calls += 1
        } else {
          traffic.waiting.append(Waiting(request: request, turn: turn))
        }
        return mayCall
      }
      if mayCall { turn.resume(returning: .call) }
    }
    return switch turn {
    case .answered(let result): try result.get()
    case .call: try await callWithOthers(request, lane)
    }
  }

  /// The number of callers of a lane that wait, and of calls that are under way.
  package func callersPresent(in lane: Lane) -> Int {
    state.withLock { ($0[lane]?.waiting.count ?? 0) + ($0[lane]?.calls ?? 0) }
  }

  /// Calls for a request and the waiting ones, and then hands the turn to a caller that came meanwhile.
  private func callWithOthers(_ request: Request, _ lane: Lane) async throws -> Answer {
    var others = state.withLock { lanes -> [Waiting] in
      guard var traffic = lanes.removeValue(forKey: lane) else { return [] }
      defer { lanes[lane] = traffic }
      traffic.lastCall = .now
      let waiting = Array(traffic.waiting.prefix(size - 1))
      traffic.waiting.removeFirst(waiting.count)
      return waiting
    }
    let result: Result<[Answer], any Error>
    do {
      let answers = try await call(lane, [request] + others.map { $0.request })
      guard answers.count == others.count + 1 else { throw Mismatch() }
      result = .success(answers)
    } catch {
      result = .failure(error)
      // The cancellation of this caller must not fail the others.
      if Task.isCancelled, isRepeatable(error) {
        state.withLock { [others] in $0[lane]?.waiting.insert(contentsOf: others, at: 0) }
        others = []
      }
    }
    for (place, other) in others.enumerated() {
      other.turn.resume(returning: .answered(result.map { $0[place + 1] }))
    }
    nextTurn(lane)?.resume(returning: .call)
    return try result.get()[0]
  }

  /// The caller whose turn it is to call; nil if none waits, which ends this call of the lane.
  private func nextTurn(_ lane: Lane) -> CheckedContinuation<Turn, Never>? {
    state.withLock { lanes in
      guard var traffic = lanes.removeValue(forKey: lane) else { return nil }
      defer { if traffic.calls > 0 { lanes[lane] = traffic } }
      guard let next = traffic.waiting.first else {
        traffic.calls -= 1
        return nil
      }
      traffic.waiting.removeFirst()
      return next.turn
    }
  }
}
