package import Foundation

/// That a message came back, or that its recipient complained (EML-420 to EML-425).
package struct BounceReport: Sendable, Equatable {
  /// What is reported.
  package enum Kind: String, Sendable, CaseIterable {
    /// The address does not take mail.
    case hard
    /// Not for now: the mailbox is full, the message is delayed.
    case soft
    /// The recipient calls it spam.
    case complaint
  }

  /// What tells the report from others; the same one delivered twice has one effect (EML-424).
  package var key: String
  /// What is reported.
  package var kind: Kind
  /// The recipient's address, where it is told.
  package var address: String?
  /// The send's hash, from the address that the bounce came to or from the Message-ID.
  package var hash: UUID?
  /// Why, in the words of who reports.
  package var reason: String
  /// When.
  package var at: Date

  package init(
    key: String, kind: Kind, address: String?, hash: UUID?, reason: String, at: Date
  ) {
    // The database takes no NUL.
    self.key = key.replacing("\0", with: "")
    self.kind = kind
    self.address = address?.replacing("\0", with: "\u{FFFD}")
    self.hash = hash
    self.reason = String(reason.unicodeScalars.filter { $0 != "\0" }.prefix(1000))
    self.at = at
  }
}
