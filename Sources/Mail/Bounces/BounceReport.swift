package import Foundation

/// A report that a message bounced or that its recipient complained (EML-420 to EML-425).
package struct BounceReport: Sendable, Equatable {
  /// The kind of a report.
  package enum Kind: String, Sendable, CaseIterable {
    /// The address does not accept mail.
    case hard
    /// A temporary failure: the mailbox is full or the message is delayed.
    case soft
    /// The recipient reported the message as spam.
    case complaint
  }

  /// The unique key of the report; the same report delivered twice has one effect (EML-424).
  package var key: String
  /// The kind of the report.
  package var kind: Kind
  /// The recipient's address, if it is given.
  package var address: String?
  /// The send's hash, from the address that the bounce was sent to or from the Message-ID.
  package var hash: UUID?
  /// Whether it says something about the recipient: a refusal of the sender or of the message never bars an address.
  package var isAboutRecipient = true
  /// Whether the message will not arrive, whatever the kind.
  package var isFinal = false
  /// The reason, in the words of the reporting server.
  package var reason: String
  /// The instant of the report.
  package var at: Date

  package init(
    key: String, kind: Kind, address: String?, hash: UUID?, reason: String, at: Date
  ) {
    // PostgreSQL does not accept NUL.
    self.key = key.replacing("\0", with: "")
    self.kind = kind
    self.address = address?.replacing("\0", with: "\u{FFFD}")
    self.hash = hash
    self.reason = String(reason.unicodeScalars.filter { $0 != "\0" }.prefix(1000))
    self.at = at
  }
}
