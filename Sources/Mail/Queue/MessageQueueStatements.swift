import Foundation
import Postgres

/// The statements of releasing entries of the message queue.
enum MessageQueueStatements {
  /// Marks entries as released.
  static func release(_ sends: [Int64], now: Date) -> SQL {
    """
    UPDATE message_queue SET state = \(literal: MessageQueue.State.released), last_attempt_at = \(now) WHERE send_id = ANY (\(sends))
    """
  }

  /// Queues sends that were held.
  static func queue(_ sends: [Int64], now: Date) -> SQL {
    """
    UPDATE email_sends SET state = \(literal: SendState.queued), queued_at = \(now) WHERE id = ANY (\(sends)) AND state = \(literal: SendState.held)
    """
  }
}
