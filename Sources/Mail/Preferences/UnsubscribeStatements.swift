import Foundation
import Postgres

/// The statements of unsubscribing.
enum UnsubscribeStatements {
  /// Reads which contacts get no e-mail.
  static func barred(_ contacts: [Int64]) -> SQL {
    """
    SELECT FROM do_not_contact WHERE contact_id = ANY (\(contacts)) AND channel = 'email' LIMIT 1
    """
  }

  /// Marks a send as unsubscribed, and counts the first time.
  static func count(_ event: SendEvent, now: Date) -> SQL {
    """
    WITH left_by AS (
      UPDATE email_sends SET unsubscribed_at = \(now)
      WHERE id = \(event.send) AND unsubscribed_at IS NULL RETURNING email_id
    )
    UPDATE emails e SET unsubscribed_count = unsubscribed_count + 1
    FROM left_by WHERE e.id = left_by.email_id
    """
  }
}
