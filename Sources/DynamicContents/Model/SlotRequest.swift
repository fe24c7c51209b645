package import Foundation
package import JobQueue

/// A browser of a contact asks for a slot.
package struct SlotRequest: Sendable, Equatable {
  /// The name of the slot.
  package var slot: String
  package var contact: Int64
  /// The instant of the request.
  package var at: Date

  package init(slot: String, contact: Int64, at: Date) {
    self.slot = slot
    self.contact = contact
    self.at = at
  }
}

/// Hears of requests before contents are chosen, such as campaigns, which may push one. The request may be repeated.
package protocol SlotObserver: Sendable {
  func requested(_ request: SlotRequest, in transaction: Transaction) async throws
}
