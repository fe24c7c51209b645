/// The state of a contact's entry for an event, as stored (campaigns.md 8.2).
package enum EntryState: Int16, Sendable, CaseIterable {
  case scheduled, waiting, running, executed, failed, cancelled

  /// The state in words, for messages and reports.
  package var name: String { "\(self)" }
}

/// Why an entry was cancelled, as stored with it.
enum CancelReason {
  static let left = "left"
  static let restarted = "restarted"
  static let eventDeleted = "event_deleted"
  static let user = "user"
}
