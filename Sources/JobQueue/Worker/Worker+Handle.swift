import Foundation
import Logging

extension Worker {
  /// Takes jobs and does them until the backlog closes, or until a job was cancelled with the task.
  func slotLoop(_ slot: Slot) async {
    while let deliveries = await backlog.take() {
      await handle(deliveries, in: slot)
      if slot.end() { return }
    }
  }

  private func handle(_ deliveries: [Delivery], in slot: Slot) async {
    var live = deliveries
    if let reason = slot.begin(deliveries) { return settle(deliveries, error: reason) }
    // Only now: a cancellation that comes after this look finds the job in the slot.
    if !cancelled.isEmpty {
      let dropped = live.filter { cancelled.contains($0.entry.id) }
      if !dropped.isEmpty {
        unsettled.put(dropped.map { Settlement($0, .drop) })
        live.removeAll { cancelled.contains($0.entry.id) }
      }
    }
    guard let first = live.first else { return }
    if first.entry.timeoutMilliseconds > 0 { watch.raise() }
    if first.kind.options.keep != nil {
      let now = client.clock.now
      for delivery in live { delivery.state.withLock { $0.startedAt = now } }
    }
    do {
      if live.contains(where: \.mayBeRepetition) {
        live = try await stillThere(live)
      }
      guard let first = live.first else { return }
      if first.entry.kills >= configuration.poisonKills - 1, configuration.poisonKills > 1 {
        try await withSuspect(first) { try await run(first.kind, live) }
      } else {
        try await run(first.kind, live)
      }
      settle(live, error: nil)
    } catch {
      settle(live, error: error)
    }
  }

  /// Of jobs that may have been done already, those whose rows are still there.
  private func stillThere(_ deliveries: [Delivery]) async throws -> [Delivery] {
    let found = try await DurableStore.live(
      deliveries.filter(\.mayBeRepetition).map(\.entry.id), on: client.postgres)
    let gone = deliveries.filter { $0.mayBeRepetition && !found.contains($0.entry.id) }
    unsettled.put(gone.map { Settlement($0, .drop) })
    return deliveries.filter { !$0.mayBeRepetition || found.contains($0.entry.id) }
  }

  private func run(_ kind: JobKind, _ deliveries: [Delivery]) async throws {
    guard !middleware.isEmpty else { return try await kind.run(deliveries, services) }
    let entry = deliveries[0].entry
    let info = JobInfo(
      id: entry.id, name: kind.name, queue: deliveries[0].queue, attempt: entry.attempt + 1,
      isLastAttempt: entry.attempt + 1 >= entry.maxAttempts, count: deliveries.count)
    try await run(info, from: 0) {
      do {
        try await kind.run(deliveries, services)
      } catch {
        // Middleware shall hear why a cancelled handler ended, not what it threw on the way.
        if let reason = deliveries[0].cancellation { throw reason }
        throw error
      }
    }
  }

  private func run(
    _ info: JobInfo, from index: Int, _ job: () async throws -> Void
  ) async throws {
    guard index < middleware.count else { return try await job() }
    try await middleware[index].run(info) { try await run(info, from: index + 1, job) }
  }

  private func settle(_ deliveries: [Delivery], error: (any Error)?) {
    if isAbandoned { return }
    var pause = Duration.zero
    if let error, let server = BackendUnavailable(error) {
      pause = outages.away(server, error)
    }
    let settlements = deliveries.compactMap { Settlement($0, error: error, pause: pause) }
    if settlements.count == 1, case .done(removesRow: false) = settlements[0].action {
      unacknowledged.put(settlements[0])
    } else {
      unsettled.put(settlements)
    }
  }
}
