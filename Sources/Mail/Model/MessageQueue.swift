import Foundation
import Postgres

/// Messages that a frequency rule or a pause holds back (EML-240 to EML-251).
package enum MessageQueue {
  /// How far an entry has come.
  package enum State: Int16, Sendable {
    /// Waits for its first time.
    case pending = 0
    /// Was held back once more.
    case rescheduled = 1
    /// Is on its way to the transport.
    case released = 2
    /// Was sent.
    case sent = 3
    /// Somebody cancelled it.
    case cancelled = 4
    /// Its attempts are used up.
    case expired = 5
    /// Neither e-mail nor contact allow it any more.
    case dropped = 6

    /// The word of the history.
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
  /// The states of an entry that waits, for conditions `state IN (…)`.
  static let waitingList: SQL =
    "\(literal: MessageQueue.State.pending), \(literal: MessageQueue.State.rescheduled)"
}
