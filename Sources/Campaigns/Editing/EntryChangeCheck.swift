import Contacts
import Foundation

/// The rules for changes of entries by hand (campaigns.md 10.6).
struct EntryChangeCheck {
  let change: EntryChange
  let event: CampaignEvent
  /// The current entry; nil without one.
  let present: PresentEntry?
  /// The member's current rotation.
  let rotation: Int
  let now: Date

  /// The fire time of the current entry if it is scheduled.
  private var scheduled: Date? { present?.state == .scheduled ? present?.fire : nil }

  /// Whether the fire time was set into the past by hand: until it is picked up, it may be changed
  /// (CAM-706).
  private var isSetIntoPast: Bool { scheduled != nil && present?.isSetIntoPast == true }

  /// - Throws: ``CampaignError`` for an invalid change.
  func run() throws(CampaignError) {
    try checkFinalState()
    if event.kind == .decision, change.triggerDate != nil {
      throw .conflict("a decision cannot be scheduled")
    }
    if change.isAnnotation, present == nil {
      throw .conflict("there is nothing to schedule: neither date is given")
    }
    try checkDates()
    if present?.state == .running {
      throw .conflict("the event is being executed")
    }
    if let scheduled, scheduled <= now, !isSetIntoPast, change.triggerDate != nil {
      throw .conflict("the event is due and cannot be rescheduled")
    }
  }

  /// Refuses to restart an entry that has ended in this rotation.
  private func checkFinalState() throws(CampaignError) {
    guard let present, present.rotation == rotation, !change.isAnnotation else { return }
    switch present.state {
    case .executed:
      let executed = present.executed.map { $0.formatted(.iso8601) } ?? "some time"
      throw .conflict("the event was executed already at \(executed)")
    case .failed, .cancelled:
      // CAM-460.
      throw .conflict("the entry is \(present.state.name), which is final for this run")
    case .scheduled, .waiting, .running: break
    }
  }

  private func checkDates() throws(CampaignError) {
    if let fire = change.triggerDate, fire < now, scheduled != nil, !isSetIntoPast {
      // CAM-702: the old time stays.
      throw .refused(InvalidInput("triggerDate", "\(fire.formatted(.iso8601)) lies in the past"))
    }
    // Allows for a small difference of clocks.
    if let executed = change.dateTriggered, executed > now.addingTimeInterval(60) {
      throw .refused(
        InvalidInput("dateTriggered", "\(executed.formatted(.iso8601)) lies in the future"))
    }
  }
}
