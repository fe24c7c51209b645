import Foundation
import Postgres

/// Messages that a frequency rule or a pause holds back (EML-240 to EML-251).
package enum MessageQueue {
  /// The state of an entry.
  package enum State: Int16, Sendable {
    /// It waits for its first attempt.
    case pending = 0
    /// It was held back again.
    case rescheduled = 1
    /// It is on its way to the transport.
    case released = 2
    /// It was sent.
    case sent = 3
    /// It was cancelled by a user.
    case cancelled = 4
    /// Its attempts are used up.
    case expired = 5
    /// The e-mail or the contact no longer allows it.
    case dropped = 6

    /// The name in histories.
    package var name: String {
      switch self {
      case .pending: "pending"
      case .rescheduled: "rescheduled"
      case .released: "released"
      case .sent: "sent"
      case .cancelled: "cancelled"
      case .expired: "expired"
      case .dropped: "dropped"
      }
    }
  }
}

extension MessageQueue.State {
  /// The states of a waiting entry, for conditions `state IN (…)`.
  static let waitingList: SQL =
    "\(literal: MessageQueue.State.pending), \(literal: MessageQueue.State.rescheduled)"
}
