import Postgres

/// The state of a send (email.md 8).
package enum SendState: Int16, Sendable, Codable {
  /// Its recipient is decided; it was not handed over.
  case queued = 0
  /// It waits for a frequency rule or the end of a pause.
  case held = 1
  /// It was claimed by a worker.
  case sending = 2
  /// It was accepted by the transport.
  case sent = 3
  /// Its worker died, and the outcome is unknown (EML-220).
  case unknown = 4
  /// It failed permanently.
  case failed = 5
  /// It was not sent, because the contact or the e-mail no longer allows it.
  case skipped = 6
  /// It bounced.
  case bounced = 7
  /// It was cancelled by a user while held.
  case cancelled = 8
  /// It was held back until its attempts were used up (EML-246).
  case expired = 9

  /// The states of a send that counts as a message the contact has received or will receive (EML-241).
  static let counting: [Int16] = [0, 2, 3, 4, 7]
  /// The states of a send that counts as sent.
  static let delivered: [Int16] = [3, 4, 7]
}

/// Lists of states for conditions `state IN (…)`.
extension SendState {
  /// The states of a send that counts as sent.
  static let deliveredList: SQL =
    "\(literal: SendState.sent), \(literal: SendState.unknown), \(literal: SendState.bounced)"
  /// The states of a send that no worker has claimed yet.
  static let unclaimedList: SQL = "\(literal: SendState.queued), \(literal: SendState.held)"
  /// The states of a send that a worker may claim.
  static let claimableList: SQL = "\(literal: SendState.queued), \(literal: SendState.sending)"
}

extension SendState: PostgresEncodable, PostgresDecodable {}
