import Foundation
import Postgres
import Users

/// Tells people that an action fails, and stops a campaign that mostly fails (CAM-504, CAM-505).
struct FailureReport {
  let pass: CampaignTransaction
  let event: CampaignEvent
  /// For whom it failed, in order.
  let contacts: [Int64]

  /// At least so many failures stop a campaign, so that one in a campaign of five does not.
  static let fewest: Int64 = 10
  /// Of an event at most one note in so many seconds.
  static let pause: Double = 3600

  func write() async throws {
    let connection = pass.connection
    let limit = pass.now.addingTimeInterval(-Self.pause)
    let rows = try await connection.query(
      """
      UPDATE campaign_events AS e SET failed_count = failed_count + \(contacts.count),
        failures_untold = CASE WHEN failures_told_at > \(limit)
          THEN failures_untold + \(contacts.count) ELSE 0 END,
        failures_told_at = CASE WHEN failures_told_at > \(limit) THEN failures_told_at
          ELSE \(pass.now) END
      FROM (SELECT id, failures_untold AS untold FROM campaign_events
        WHERE id = \(event.id) FOR NO KEY UPDATE) AS before
      WHERE e.id = before.id
      RETURNING e.failed_count, e.failures_told_at = \(pass.now), before.untold
      """)
    guard let row = rows.first else { return }
    let (failed, isToTell, untold) = try row.decode(Int64.self, Bool.self, Int64.self)
    if isToTell { try await tell(Int64(contacts.count) + untold) }
    if failed >= Self.fewest { try await stop(failed) }
  }

  private func tell(_ number: Int64) async throws {
    let name = try await campaignName()
    let times = number == 1 ? "for a contact" : "for \(number) contacts"
    try await Inbox.post(
      to: try await recipient(),
      title: "Campaign “\(name)”: “\(event.name)” failed",
      body:
        "The event “\(event.name)” failed \(times). It is tried again, or given up after some attempts.",
      now: pass.now, on: pass.connection)
  }

  /// Unpublishes the campaign once failures reach a tenth of its contacts.
  private func stop(_ failed: Int64) async throws {
    let rows = try await pass.connection.query(
      """
      WITH members AS (
        SELECT coalesce(sum(added - removed), 0) AS count FROM campaign_member_hours
        WHERE campaign_id = \(pass.campaign)
      )
      UPDATE campaigns SET is_published = false, version = version + 1, date_modified = \(pass.now)
      FROM members
      WHERE id = \(pass.campaign) AND is_published AND \(failed) * 10 >= members.count
      RETURNING name, created_by
      """)
    guard let row = rows.first else { return }
    let (name, creator) = try row.decode(String.self, Int64?.self)
    try await Inbox.post(
      to: try await Inbox.user(creator, on: pass.connection),
      title: "Campaign “\(name)” was stopped",
      body: """
        The event “\(event.name)” has failed \(failed) times, which is a tenth of the campaign's contacts or \
        more. The campaign is not published any more.
        """,
      now: pass.now, on: pass.connection)
  }

  private func campaignName() async throws -> String {
    try await pass.connection.query("SELECT name FROM campaigns WHERE id = \(pass.campaign)")
      .first?.decode(at: 0) ?? "\(pass.campaign)"
  }

  /// The owner of the first contact, else the campaign's creator, else an administrator.
  private func recipient() async throws -> Int64? {
    let rows = try await pass.connection.query(
      """
      SELECT coalesce((SELECT u.id FROM contacts c JOIN users u ON u.id = c.owner_id
          WHERE c.id = \(contacts.first ?? 0)),
        (SELECT created_by FROM campaigns WHERE id = \(pass.campaign)))
      """)
    let wanted: Int64? = try rows.first?.decode(at: 0)
    return try await Inbox.user(wanted, on: pass.connection)
  }
}
