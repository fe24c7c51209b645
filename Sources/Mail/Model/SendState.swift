import Postgres

/// How far a send has come (email.md 8).
package enum SendState: Int16, Sendable, Codable {
  /// The recipient is decided, nothing was handed over.
  case queued = 0
  /// Waits for a frequency rule or the end of a pause.
  case held = 1
  /// A worker has taken it.
  case sending = 2
  /// The transport has accepted it.
  case sent = 3
  /// A worker died with it: nobody knows (EML-220).
  case unknown = 4
  /// Given up.
  case failed = 5
  /// Not sent, because the contact or the e-mail does not allow it any more.
  case skipped = 6
  /// Came back.
  case bounced = 7
  /// Somebody cancelled it while it was held.
  case cancelled = 8
  /// Held back until its attempts were used up (EML-246).
  case expired = 9

  /// Whether the send counts as a message that the contact has got or is about to get (EML-241).
  static let counting: [Int16] = [0, 2, 3, 4, 7]
  /// Whether the send counts as sent.
  static let delivered: [Int16] = [3, 4, 7]
}

/// Lists of states for conditions `state IN (…)`.
extension SendState {
  /// The states of a send that counts as sent.
  static let deliveredList: SQL =
    "\(literal: SendState.sent), \(literal: SendState.unknown), \(literal: SendState.bounced)"
  /// The states of a send that no worker has claimed yet.
  static let unclaimedList: SQL = "\(literal: SendState.queued), \(literal: SendState.held)"
  /// The states of a send that a worker may take.
  static let claimableList: SQL = "\(literal: SendState.queued), \(literal: SendState.sending)"
}

extension SendState: PostgresEncodable, PostgresDecodable {}
