/// The state of a contact's entry for an event, as stored (campaigns.md 8.2).
package enum EntryState: Int16, Sendable, CaseIterable {
  case scheduled, waiting, running, executed, failed, cancelled

  /// The name of the state, for messages and reports.
  package var name: String { "\(self)" }
}

/// The reasons of cancelled entries, as stored with them.
enum CancelReason {
  static let left = "left"
  static let restarted = "restarted"
  static let eventDeleted = "event_deleted"
  static let user = "user"
}
