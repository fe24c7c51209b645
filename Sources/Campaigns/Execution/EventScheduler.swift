import Foundation

/// Schedules the events below a completed event: each is run at once, scheduled, or opened
/// (CAM-301).
struct EventScheduler {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Considers events for contacts whose parent has completed. Resulting jumps wait for ``JumpExecutor``.
  ///
  /// - Parameters:
  ///   - events: The events in the order in which they run.
  ///   - enrollments: The contacts; those that exit on the way are dropped.
  ///   - base: The start of delays.
  ///   - delayUsed: The events whose delay has passed as a waiting period (CAM-413).
  func consider(
    _ events: [CampaignEvent], _ enrollments: [Enrollment], base: DelayBase = .now,
    delayUsed: Set<Int64> = []
  ) async throws {
    for event in events {
      let present = transaction.present(enrollments)
      guard !present.isEmpty else { return }
      if event.kind == .decision {
        try await DecisionScheduler(transaction).open(event, present, base: base)
      } else {
        try await begin(event, present, base, delayUsed: delayUsed.contains(event.id))
      }
    }
  }

  /// Runs or schedules an action or a condition.
  private func begin(
    _ event: CampaignEvent, _ enrollments: [Enrollment], _ base: DelayBase, delayUsed: Bool
  ) async throws {
    let executor = EventExecutor(transaction)
    if event.trigger.mode == .immediate, transaction.isLive, case .now = base {
      return try await executor.run(event, enrollments, base: base)
    }
    let now = transaction.now
    let times = try await transaction.fireTimes.planned(
      event.trigger,
      enrollments.map {
        DelayStart(
          contact: $0.contact, base: base.date(of: $0.contact, now: now), delayUsed: delayUsed)
      })
    var due: [Enrollment] = []
    var later: [ScheduledEntry] = []
    var dateless: [Enrollment] = []
    for enrollment in enrollments {
      guard let time = times[enrollment.contact] else {
        dateless.append(enrollment)
        continue
      }
      if time <= now, transaction.isLive {
        due.append(enrollment)
      } else {
        later.append(
          ScheduledEntry(
            enrollment: enrollment, base: base.date(of: enrollment.contact, now: now), fire: time))
      }
    }
    if !dateless.isEmpty {
      // Without a date it ends, and nothing below it runs (CAM-218).
      let ended = try await transaction.entries.insertExecuted(
        event, dateless, base: base, note: Note.noDate)
      transaction.count(event, .executed(nil), ended.count)
    }
    if !later.isEmpty { try await schedule(event, later, delayUsed: delayUsed) }
    if !due.isEmpty { try await executor.run(event, due, base: base, delayUsed: delayUsed) }
  }

  /// Schedules entries for later.
  func schedule(_ event: CampaignEvent, _ entries: [ScheduledEntry], delayUsed: Bool) async throws {
    try await transaction.entries.insertScheduled(
      event, entries, delayUsed: delayUsed, areNew: transaction.expectsNoEntries)
    transaction.progress.stage(event, entries.map(\.fire), now: transaction.now)
  }
}
