import Foundation
import Postgres

/// Counts failures of events, and stops campaigns.
struct FailureStore {
  let connection: PostgresConnection
  let campaign: Int64
  let now: Date

  /// Counts failures of an event.
  ///
  /// - Parameter limit: The instant since which a notification suppresses another one.
  /// - Returns: The failures so far, whether users are to be notified, and the failures that they have not been
  ///   notified of; nil for an event that does not exist.
  func count(
    _ failures: Int, of event: Int64, notifiedSince limit: Date
  ) async throws -> (failed: Int64, isToNotify: Bool, withheld: Int64)? {
    let rows = try await connection.query(
      """
      UPDATE campaign_events AS e SET failed_count = failed_count + \(failures),
        failures_untold = CASE WHEN failures_told_at > \(limit)
          THEN failures_untold + \(failures) ELSE 0 END,
        failures_told_at = CASE WHEN failures_told_at > \(limit) THEN failures_told_at
          ELSE \(now) END
      FROM (SELECT id, failures_untold AS untold FROM campaign_events
        WHERE id = \(event) FOR NO KEY UPDATE) AS before
      WHERE e.id = before.id
      RETURNING e.failed_count, e.failures_told_at = \(now), before.untold
      """)
    guard let row = rows.first else { return nil }
    let (failed, isToNotify, withheld) = try row.decode(Int64.self, Bool.self, Int64.self)
    return (failed, isToNotify, withheld)
  }

  /// Unpublishes the campaign once failures reach a tenth of its contacts.
  ///
  /// - Returns: Its name and creator if it was stopped.
  func stop(failures: Int64) async throws -> (name: String, creator: Int64?)? {
    let rows = try await connection.query(
      """
      WITH members AS (
        SELECT coalesce(sum(added - removed), 0) AS count FROM campaign_member_hours
        WHERE campaign_id = \(campaign)
      )
      UPDATE campaigns SET is_published = false, version = version + 1, date_modified = \(now)
      FROM members
      WHERE id = \(campaign) AND is_published AND \(failures) * 10 >= members.count
      RETURNING name, created_by
      """)
    guard let row = rows.first else { return nil }
    let (name, creator) = try row.decode(String.self, Int64?.self)
    return (name, creator)
  }

  /// Returns the campaign's name; its id if it does not exist.
  func campaignName() async throws -> String {
    try await connection.query("SELECT name FROM campaigns WHERE id = \(campaign)")
      .first?.decode("name") ?? "\(campaign)"
  }

  /// Returns the owner of a contact, else the campaign's creator.
  func owner(of contact: Int64) async throws -> Int64? {
    let rows = try await connection.query(
      """
      SELECT coalesce((SELECT u.id FROM contacts c JOIN users u ON u.id = c.owner_id
          WHERE c.id = \(contact)),
        (SELECT created_by FROM campaigns WHERE id = \(campaign))) AS owner
      """)
    return try rows.first?.decode("owner")
  }
}
