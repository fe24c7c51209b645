import Foundation
import Postgres

/// The statements for the results of deliveries.
enum DeliveryStatements {
  /// Writes sends that the transport accepted, or whose fate is unknown; returns the ids of those that were being sent.
  static func accept(_ done: [DeliveryResult], now: Date) -> SQL {
    """
    UPDATE email_sends s SET state = n.state, sent_at = \(now), address = n.address,
      copy_id = n.copy_id, token_values = n.tokens::jsonb, note = n.note
    FROM unnest(\(done.map(\.send.id))::bigint[], \(done.map(\.state.rawValue))::smallint[],
      \(done.map(\.send.person.address))::text[], \(done.map(\.copyID))::bigint[],
      \(done.map(\.tokens))::text[], \(done.map(\.note))::text[])
      AS n (id, state, address, copy_id, tokens, note)
    WHERE s.id = n.id AND s.state = \(literal: SendState.sending) RETURNING s.id
    """
  }

  /// Marks entries of the message queue as sent.
  static func finishEntries(_ entries: [Int64], now: Date) -> SQL {
    """
    UPDATE message_queue SET state = \(literal: MessageQueue.State.sent), last_attempt_at = \(now) WHERE send_id = ANY (\(entries))
    """
  }

  /// Adds to the e-mail's counters of sent messages.
  static func countSent(_ sent: [DeliveryResult], of email: Int64) -> SQL {
    """
    UPDATE emails SET sent_count = sent_count + \(sent.count),
      variant_sent_count = variant_sent_count
        + CASE WHEN variant_start_at IS NULL THEN 0 ELSE \(sent.count) END
    WHERE id = \(email)
    """
  }

  /// Puts sends back (EML-221); returns the ids of those that were being sent.
  static func requeue(_ plain: [DeliveryResult]) -> SQL {
    """
    UPDATE email_sends s SET state = \(literal: SendState.queued), note = n.note
    FROM unnest(\(plain.map(\.send.id))::bigint[], \(plain.map(\.note))::text[]) AS n (id, note)
    WHERE s.id = n.id AND s.state = \(literal: SendState.sending) RETURNING s.id
    """
  }

  /// Puts sends back into the message queue (EML-245).
  static func holdBack(_ entries: [DeliveryResult], now: Date) -> SQL {
    """
    WITH tried AS (
      UPDATE message_queue SET attempts = attempts + 1, last_attempt_at = \(now),
        scheduled_at = \(now.addingTimeInterval(RetrySchedule.queuePause)),
        state = CASE WHEN attempts + 1 >= max_attempts THEN \(literal: MessageQueue.State.expired) ELSE \(literal: MessageQueue.State.rescheduled) END
      WHERE send_id = ANY (\(entries.map(\.send.id))) AND state = \(literal: MessageQueue.State.released)
      RETURNING send_id, state
    )
    UPDATE email_sends s SET state = CASE WHEN tried.state = \(literal: MessageQueue.State.expired) THEN \(literal: SendState.expired) ELSE \(literal: SendState.held) END,
      counts_once = s.counts_once AND tried.state <> \(literal: MessageQueue.State.expired)
    FROM tried WHERE s.id = tried.send_id
    """
  }

  /// Skips sends whose entries were deleted with their contact.
  static func skipDeleted(_ entries: [DeliveryResult]) -> SQL {
    """
    UPDATE email_sends SET state = \(literal: SendState.skipped), counts_once = false, note = 'the contact was deleted'
    WHERE id = ANY (\(entries.map(\.send.id))) AND state = \(literal: SendState.sending)
    """
  }

  /// Writes sends that failed permanently.
  static func fail(_ failed: [DeliveryResult], now: Date) -> SQL {
    """
    UPDATE email_sends s SET state = \(literal: SendState.failed), is_failed = true, counts_once = false,
      sent_at = \(now), address = n.address, note = n.note, bounce_count = n.bounces
    FROM unnest(\(failed.map(\.send.id))::bigint[], \(failed.map(\.send.person.address))::text[],
      \(failed.map(\.note))::text[], \(failed.map { $0.isBounce ? 1 : 0 })::bigint[])
      AS n (id, address, note, bounces)
    WHERE s.id = n.id AND s.state = \(literal: SendState.sending)
    """
  }

  /// Drops the entries of failed sends from the message queue.
  static func dropEntries(_ failed: [DeliveryResult], now: Date) -> SQL {
    """
    UPDATE message_queue SET state = \(literal: MessageQueue.State.dropped), last_attempt_at = \(now)
    WHERE send_id = ANY (\(failed.map(\.send.id))) AND state = \(literal: MessageQueue.State.released)
    """
  }

  /// Adds to the e-mail's counters of failures.
  static func countFailed(_ failed: [DeliveryResult], of email: Int64) -> SQL {
    """
    UPDATE emails SET failed_count = failed_count + \(failed.count),
      bounced_count = bounced_count + \(failed.filter(\.isBounce).count) WHERE id = \(email)
    """
  }
}
