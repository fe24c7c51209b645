/// The names of the queues of mail.
package enum MailQueues {
  /// Marketing e-mails of campaigns, and the upkeep of mail.
  package static let normal = "mail"
  /// E-mails that somebody waits for.
  package static let first = "mail-first"
  /// Broadcasts.
  package static let bulk = "mail-bulk"

  /// The queues that send, with their shares of the workers (EML-231).
  package static let weights: [String: Double] = [first: 8, normal: 4, bulk: 1]
}
