import Contacts
import Foundation

/// The rules for changes of entries by hand (campaigns.md 10.6).
struct EntryChangeCheck {
  let change: EntryChange
  let event: CampaignEvent
  /// The entry as it stands; nil without one.
  let present: PresentEntry?
  /// The member's present rotation.
  let rotation: Int
  let now: Date

  /// The fire time to come of the entry as it stands.
  private var scheduled: Date? { present?.state == .scheduled ? present?.fire : nil }

  /// Whether the fire time was set into the past by hand: until it is taken up, it may be moved
  /// (CAM-706).
  private var isLaidIntoPast: Bool { scheduled != nil && present?.isLaidIntoPast == true }

  /// - Throws: ``CampaignError`` for a change that cannot be made.
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
    if let scheduled, scheduled <= now, !isLaidIntoPast, change.triggerDate != nil {
      throw .conflict("the event is due and cannot be rescheduled")
    }
  }

  /// An entry that has ended in this rotation is not begun again.
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
    if let fire = change.triggerDate, fire < now, scheduled != nil, !isLaidIntoPast {
      // CAM-702: the old time stays.
      throw .refused(InvalidInput("triggerDate", "\(fire.formatted(.iso8601)) lies in the past"))
    }
    // Clocks differ a little.
    if let executed = change.dateTriggered, executed > now.addingTimeInterval(60) {
      throw .refused(
        InvalidInput("dateTriggered", "\(executed.formatted(.iso8601)) lies in the future"))
    }
  }
}
