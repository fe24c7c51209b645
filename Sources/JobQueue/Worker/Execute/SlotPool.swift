/// A worker's slots: as many handlers run at once as there are slots.
final class SlotPool: Sendable {
  /// The jobs of one slot and the instant at which its handler began.
  struct Running: Sendable {
    var jobs: [Delivery]
    var since: ContinuousClock.Instant
  }

  private let slots: [Slot]

  init(_ slots: [Slot]) { self.slots = slots }

  convenience init(count: Int) { self.init((0..<count).map { _ in Slot() }) }

  /// Runs `loop` in every slot until it has returned everywhere.
  func run(_ loop: @escaping @Sendable (Slot) async -> Void) async {
    await withDiscardingTaskGroup { group in
      for slot in slots { group.addTask { await slot.run { await loop(slot) } } }
    }
  }

  /// The slots with a handler.
  var running: [Running] { slots.compactMap(\.running) }

  /// Tells the handlers of some jobs to stop.
  func cancel(_ reason: JobCancellation, where condition: (Delivery) -> Bool = { _ in true }) {
    for slot in slots { slot.cancel(reason, where: condition) }
  }

  /// Tells all handlers to stop, and lets no further job begin.
  func stop(_ reason: JobCancellation) {
    for slot in slots { slot.stop(reason) }
  }

  /// Cancels the handlers that have run longer than their jobs allow.
  ///
  /// - Returns: the time until the next one is overdue; nil when no running job has a timeout.
  func cancelOverdue(now: ContinuousClock.Instant = .now) -> Duration? {
    var next: Duration?
    for slot in slots {
      guard let running = slot.running,
        let limit = running.jobs.map(\.entry.timeoutMilliseconds).filter({ $0 > 0 }).min()
      else { continue }
      let left = Duration.milliseconds(limit) - (now - running.since)
      if left <= .zero {
        let ids = Set(running.jobs.map(\.entry.id))
        slot.cancel(.timeout) { ids.contains($0.entry.id) }
      } else {
        next = min(next ?? left, left)
      }
    }
    return next
  }
}
