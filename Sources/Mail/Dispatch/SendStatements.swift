import Foundation
import Postgres

/// The statements for sends whose e-mail was changed.
enum SendStatements {
  /// Ends sends of an e-mail that was deleted.
  static func abandon(_ sends: [Int64], of email: Int64?) -> SQL {
    """
    UPDATE email_sends SET state = CASE WHEN state = \(literal: SendState.sending) THEN \(literal: SendState.unknown) ELSE \(literal: SendState.skipped) END,
      counts_once = false, note = \(MailRefusal.missing.note)
    WHERE id = ANY (\(sends)) AND email_id IS NOT DISTINCT FROM \(email)
      AND state IN (\(sql: SendState.claimableList))
    """
  }

  /// Passes sends that were not handed over on to the parent of their e-mail; returns ids and e-mails.
  static func passOn(_ sends: [Int64], of email: Int64) -> SQL {
    """
    WITH passed AS (
      UPDATE email_sends s SET email_id = parent.id FROM emails parent
      WHERE s.id = ANY (\(sends)) AND s.email_id IS NOT DISTINCT FROM \(email) AND s.state = \(literal: SendState.queued)
        AND parent.id = s.family_id AND parent.id <> \(email)
      RETURNING s.id, s.email_id
    ), queued AS (
      UPDATE message_queue q SET channel_id = passed.email_id FROM passed
      WHERE q.send_id = passed.id
    )
    SELECT id, email_id FROM passed
    """
  }
}
