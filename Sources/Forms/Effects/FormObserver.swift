package import Foundation
package import JobQueue

/// A submission, for modules that follow what contacts do.
package struct FormEvent: Sendable, Equatable {
  /// The submission's id.
  package var submission: Int64
  /// The form's id.
  package var form: Int64
  /// The contact.
  package var contact: Int64
  /// The instant of the submission.
  package var at: Date
}

/// Is told of submissions, in the transaction that does what follows from them.
package protocol FormObserver: Sendable {
  /// A contact has submitted a form; its actions are done.
  func submitted(_ event: FormEvent, in transaction: Transaction) async throws
}
