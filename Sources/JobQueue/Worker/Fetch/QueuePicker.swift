/// Picks the queue to read next: queues of strict priority in their order, then the weighted ones by the jobs they gave
/// so far, divided by their weight.
///
/// A queue that was empty is skipped for ``rest``, so that an idle queue does not cost a round trip each time a busy one
/// is read.
struct QueuePicker: Sendable {
  let queues: [WorkerQueue]
  private var served: [Double]
  private var emptyUntil: [ContinuousClock.Instant]
  private var wasEmpty: [Bool]
  static let rest = Duration.milliseconds(5)

  init(_ queues: [WorkerQueue], now: ContinuousClock.Instant = .now) {
    self.queues = queues
    served = queues.map { _ in 0 }
    emptyUntil = queues.map { _ in now }
    wasEmpty = queues.map { _ in true }
  }

  /// The queues to try, best first.
  func order(now: ContinuousClock.Instant, excluding paused: Set<String>) -> [Int] {
    let open = queues.indices.filter {
      !paused.contains(queues[$0].name) && emptyUntil[$0] <= now
    }
    let strict = open.filter { queues[$0].weight == nil }
    let weighted = open.filter { queues[$0].weight != nil }
    return strict + weighted.sorted { (served[$0], $0) < (served[$1], $1) }
  }

  /// Notes the number of jobs that a read of the queue gave.
  mutating func gave(_ index: Int, _ count: Int, now: ContinuousClock.Instant) {
    if count == 0 {
      emptyUntil[index] = now + Self.rest
      wasEmpty[index] = true
    } else if let weight = queues[index].weight {
      if wasEmpty[index] {
        // It starts again level with the others: idle time earns no credit.
        wasEmpty[index] = false
        let others = served.indices.filter {
          $0 != index && queues[$0].weight != nil && !wasEmpty[$0]
        }
        if let floor = others.map({ served[$0] }).min() {
          served[index] = max(served[index], floor)
        }
      }
      served[index] += Double(count) / weight
    }
  }

  /// Notes that a blocking read found jobs in the queue.
  mutating func woke(_ index: Int, now: ContinuousClock.Instant) {
    emptyUntil[index] = now
  }
}
