package import Foundation
package import JobQueue
import Postgres

/// What is known of a visitor's contact before the values of the request are looked at (tracking.md 4).
package struct ContactVisit: Sendable, Equatable {
  /// The contact as which the browser is tracked.
  package var tracked: Int64?
  /// The recipient of the e-mail whose link was followed.
  package var recipient: Int64?
  /// The contact that the sender's own id of its user names. It counts before the values of the request: the user's
  /// address may have changed.
  package var named: Int64?
  /// Whether the sender says that ``tracked`` and ``named`` are one person, whoever they are.
  package var isSamePerson = false
  /// The contact last seen at the address, which counts where nothing else tells who it is.
  package var neighbour: Int64?
  /// Whether an unknown visitor becomes a contact.
  package var creates = true

  /// Creates a visit; without arguments nothing is known.
  package init(
    tracked: Int64? = nil, recipient: Int64? = nil, named: Int64? = nil, neighbour: Int64? = nil,
    creates: Bool = true
  ) {
    self.named = named
    self.tracked = tracked
    self.recipient = recipient
    self.neighbour = neighbour
    self.creates = creates
  }
}

extension ContactVisit {
  /// Whether nothing tells of another contact than one that was found by identifiers.
  func names(only match: Int64) -> Bool {
    [tracked, recipient, named].allSatisfy { $0 == nil || $0 == match }
  }
}

extension ContactEditor {
  /// Finds or creates the contact of a visitor, merges what proves to be the same person, and applies the values of
  /// the request (tracking.md 4 and 7, CON-64, CON-65).
  ///
  /// - Parameters:
  ///   - input: The values that the request may change, all of them valid. Its identifiers say who the visitor is.
  ///   - activeAt: The instant at which the contact was active; nil if that is told otherwise.
  ///   - origin: The author, the source and the instant.
  ///   - find: Returns what is known of the visitor; called again if the transaction has to be repeated.
  ///   - body: Further writes, called with the contact.
  /// - Returns: The result of `body`; nil for an unknown visitor who is not to be created.
  /// - Throws: ``InvalidInput``; what the closures throw; `PostgresError`.
  package func visit<R: Sendable>(
    _ input: ContactInput, activeAt: Date? = nil, from origin: ContactOrigin,
    finding find: @Sendable (Transaction) async throws -> ContactVisit,
    then body: @Sendable (Int64, Transaction) async throws -> R
  ) async throws -> R? {
    try await changes.run(input, .patch, origin) { work -> R? in
      let visit = try await find(work.transaction)
      var work = work
      work.activeAt = activeAt
      guard let contact = try await work.visit(visit) else { return nil }
      return try await body(contact, work.transaction)
    }
  }
}
