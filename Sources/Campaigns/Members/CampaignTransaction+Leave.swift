import Contacts
import Foundation
import Postgres

/// How contacts leave a campaign (campaigns.md 4.2).
enum ExitKind: Sendable {
  /// An exit: an automatic way in may take them back.
  case exit
  /// By hand: only a manual way in does.
  case byHand
}

extension CampaignTransaction {
  /// Takes contacts out: their run ends at this point (CAM-123).
  ///
  /// - Parameters:
  ///   - onlyAutomatic: Whether those who were added by hand stay (CAM-120), and those who left before stay as
  ///     they left: who was removed by hand is not to become one who exited (CAM-105).
  ///   - withdrawsMail: Whether e-mails that nobody has taken to hand over yet are not sent.
  /// - Returns: Who was an active member, in order.
  @discardableResult
  func leave(
    _ contacts: [Int64], _ leaving: ExitKind, onlyAutomatic: Bool = false,
    withdrawsMail: Bool = true
  ) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    let contacts = Set(contacts).sorted()
    let held = try await connection.query(
      """
      SELECT contact_id, is_active FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
        AND NOT (\(onlyAutomatic) AND (manually_added OR NOT is_active))
      ORDER BY contact_id FOR NO KEY UPDATE
      """)
    var active: [Int64] = []
    var members: [Int64] = []
    for row in held {
      let (contact, isActive) = try row.decode(Int64.self, Bool.self)
      members.append(contact)
      if isActive { active.append(contact) }
    }
    guard !members.isEmpty else { return [] }
    let exited: Date? = leaving == .exit ? now : nil
    try await connection.pipeline([
      "SELECT campaigns_uncount(\(active), \(campaign))",
      """
      INSERT INTO campaign_history (contact_id, campaign_id, run, entered, at, by_hand)
      SELECT contact_id, campaign_id, first_rotation, false, \(now), \(leaving == .byHand)
      FROM campaign_members WHERE contact_id = ANY (\(active)) AND campaign_id = \(campaign)
      ON CONFLICT DO NOTHING
      """,
      // Of those who had left before, only the date changes (CAM-124).
      """
      UPDATE campaign_members SET is_active = false, date_last_exited = \(exited)::timestamptz
      WHERE contact_id = ANY (\(members)) AND campaign_id = \(campaign)
      """,
    ])
    guard !active.isEmpty else { return [] }
    let note = "left the campaign at \(now.formatted(.iso8601))"
    try await connection.query(
      """
      UPDATE campaign_log SET state = 5, cancel_reason = 'left', note = \(note)
      WHERE contact_id = ANY (\(active)) AND campaign_id = \(campaign) AND state < 2
      """)
    try await countMembers(removed: active.count)
    if withdrawsMail { try await withdrawMail(active) }
    try await ContactChanges.mark(
      active, [.anyCampaign, .campaign(campaign)], now: now, on: connection)
    gone.formUnion(active)
    if leaving == .exit, !onlyAutomatic { try await comeBack(exited: active) }
    return active
  }
}
