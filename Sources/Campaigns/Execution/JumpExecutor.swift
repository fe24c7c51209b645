import Foundation

/// Takes contacts to the targets of jumps, each in a new rotation (CAM-340 to CAM-346).
struct JumpExecutor {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Runs the pending jumps, and those that follow, until there are none (CAM-345).
  func runPending() async throws {
    var rounds = 0
    while !transaction.progress.jumps.isEmpty {
      let (event, enrollments) = transaction.progress.jumps.removeFirst()
      let present = transaction.present(enrollments)
      guard !present.isEmpty else { continue }
      rounds += 1
      // A cycle without time passing is refused when a campaign is saved (CAM-008); old data must still not
      // hang a worker.
      guard rounds <= 1_000 else {
        let now = transaction.now
        try await EventScheduler(transaction).schedule(
          event,
          present.map {
            ScheduledEntry(enrollment: $0, base: now, fire: now.addingTimeInterval(60))
          }, delayUsed: false)
        continue
      }
      let entries = try await transaction.entries.insertExecuted(event, present, base: .now)
      try await jump(event, entries.map { Entry($0) })
    }
  }

  /// Executes entries of a jump.
  func jump(_ event: CampaignEvent, _ entries: [Entry]) async throws {
    let contacts = entries.map(\.contact)
    let held = try await transaction.members.lock(contacts)
    // An earlier jump may have raised the rotation.
    let present = Dictionary(
      held.map { ($0.contact, $0.rotation) }, uniquingKeysWith: { first, _ in first })
    transaction.count(
      event, .executed(nil), entries.count,
      current: entries.count { present[$0.contact] == $0.rotation })
    guard let target = event.jumpTarget.flatMap({ transaction.graph[$0] }) else {
      return try await transaction.entryOutcomes(of: event).note(entries, Note.missingTarget)
    }
    let enrollments = try await transaction.members.rotate(contacts)
    try await EventScheduler(transaction).consider([target], enrollments)
  }
}
