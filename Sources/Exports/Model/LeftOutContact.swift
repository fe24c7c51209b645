/// A contact that a file does not have, because its row could not be formed (EXP-24).
package struct LeftOutContact: Sendable, Hashable, Codable {
  /// The maximum number of contacts that one file may lack; with more the export fails.
  package static let most = 100

  /// The contact's id.
  package let contact: Int64
  /// The error that its data caused, at most 500 characters.
  package let reason: String

  init(_ contact: Int64, _ reason: String) {
    self.contact = contact
    self.reason = String(reason.prefix(500))
  }
}
