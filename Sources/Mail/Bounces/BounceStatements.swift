import Foundation
import Postgres

/// The statements of bounces.
enum BounceStatements {
  /// Counts the soft bounces of contacts within 30 days.
  static func softBounces(of contacts: [Int64], now: Date) -> SQL {
    """
    SELECT count(*) FROM email_bounces WHERE contact_id = ANY (\(contacts)) AND NOT is_hard
      AND is_about_recipient
      AND at > \(now.addingTimeInterval(-30 * 86_400))
    """
  }

  /// Increments the counters of an e-mail.
  static func count(of email: Int64) -> SQL {
    """
    UPDATE emails SET bounced_count = bounced_count + 1, failed_count = failed_count + 1
    WHERE id = \(email)
    """
  }
}
