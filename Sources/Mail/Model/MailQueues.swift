/// The names of the queues of mail.
package enum MailQueues {
  /// Marketing e-mails of campaigns, and the maintenance of mail.
  package static let normal = "mail"
  /// Urgent e-mails: transactional or of high priority.
  package static let first = "mail-first"
  /// Broadcasts.
  package static let bulk = "mail-bulk"

  /// The sending queues with their shares of the workers (EML-231).
  package static let weights: [String: Double] = [first: 8, normal: 4, bulk: 1]
}
