/// The outcome of an action for the contacts of a batch. Contacts that are not named passed.
package struct ActionOutcome: Sendable {
  /// Executed without effect, and why (CAM-306); the run goes on.
  package var notes: [Int64: String] = [:]
  /// Failed; the run waits for another attempt (CAM-501).
  package var failures: [Int64: ActionFailure] = [:]
  /// Deleted, entries and all (CAM-350).
  package var deleted: Set<Int64> = []

  package init() {}

  /// An outcome in which all passed with a note.
  static func noted(_ enrollments: [Enrollment], _ note: String) -> ActionOutcome {
    var outcome = ActionOutcome()
    for enrollment in enrollments { outcome.notes[enrollment.contact] = note }
    return outcome
  }

  mutating func merge(_ other: ActionOutcome) {
    notes.merge(other.notes) { $1 }
    failures.merge(other.failures) { $1 }
    deleted.formUnion(other.deleted)
  }
}

/// A failure of an action for a contact.
package struct ActionFailure: Error, Sendable, Equatable {
  /// The reason in words.
  package var reason: String
  /// Whether another attempt cannot change it (CAM-507).
  package var isFinal: Bool
  /// The pause before the next attempt; nil is the standard one.
  package var retryAfter: Duration?

  /// A failure; of those that another attempt may mend unless told otherwise.
  package init(_ reason: String, isFinal: Bool = false, retryAfter: Duration? = nil) {
    self.reason = reason
    self.isFinal = isFinal
    self.retryAfter = retryAfter
  }
}
