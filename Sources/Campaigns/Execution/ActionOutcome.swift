/// The outcome of an action for the contacts of a batch. Contacts not listed have succeeded.
package struct ActionOutcome: Sendable {
  /// The reasons for entries executed without effect (CAM-306); the run continues.
  package var notes: [Int64: String] = [:]
  /// The failures; the run waits for another attempt (CAM-501).
  package var failures: [Int64: ActionFailure] = [:]
  /// The contacts deleted with all their entries (CAM-350).
  package var deleted: Set<Int64> = []

  package init() {}

  /// Returns an outcome in which all succeeded with a note.
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
  /// Whether retrying is pointless (CAM-507).
  package var isFinal: Bool
  /// The pause before the next attempt; nil for the standard one.
  package var retryAfter: Duration?

  /// Creates a failure, which allows retries by default.
  package init(_ reason: String, isFinal: Bool = false, retryAfter: Duration? = nil) {
    self.reason = reason
    self.isFinal = isFinal
    self.retryAfter = retryAfter
  }
}
