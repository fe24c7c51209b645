package import Foundation
package import Postgres
package import Query

/// A contact's row in a campaign (campaigns.md 2.4).
package struct CampaignMember: Sendable {
  package var campaign: Int64
  package var contact: Int64
  /// The current rotation.
  package var rotation: Int
  /// Whether the contact is in the campaign.
  package var isActive: Bool
  /// Whether a user or an action added the contact, not a segment.
  package var isManual: Bool
  /// The beginning of the current run.
  package var dateAdded: Date
  /// The instant of the last exit.
  package var dateLastExited: Date?
}

/// The progress of a member (CAM-804).
package struct MemberProgress: Sendable {
  package var member: CampaignMember
  /// Whether no entry is open.
  package var isFinished: Bool
  /// Whether only decisions are open.
  package var isWaiting: Bool
  /// The fire time of the next entry.
  package var nextFire: Date?
}

/// A campaign for the contact's page (api.md 8.2).
package struct ContactCampaign: Sendable {
  /// The campaign's id.
  package var id: Int64
  package var name: String
  /// The contact's row.
  package var member: CampaignMember
  /// The segments that are its sources.
  package var segments: [Int64]
}

/// Reads members of campaigns from the database.
package struct CampaignMemberStore: Sendable {
  private let pool: PostgresPool

  init(pool: PostgresPool) { self.pool = pool }

  private static let columns: SQL = """
    m.campaign_id, m.contact_id, m.rotation, m.is_active, m.manually_added, m.date_added,
    m.date_last_exited
    """

  private static func member(_ row: PostgresRow) throws -> CampaignMember {
    CampaignMember(
      campaign: try row.decode("campaign_id"), contact: try row.decode("contact_id"),
      rotation: try row.decode("rotation"), isActive: try row.decode("is_active"),
      isManual: try row.decode("manually_added"), dateAdded: try row.decode("date_added"),
      dateLastExited: try row.decode("date_last_exited"))
  }

  /// Returns a page of a campaign's active members, and their total.
  ///
  /// - Parameters:
  ///   - campaign: The campaign.
  ///   - start: The number of rows to skip.
  ///   - limit: The maximum number of rows.
  ///   - condition: A condition on `campaign_members AS m`.
  ///   - order: `ORDER BY …`.
  package func page(
    of campaign: Int64, start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY m.contact_id"
  ) async throws -> (members: [CampaignMember], total: Int) {
    try await pool.page(
      Self.columns, from: "campaign_members AS m",
      where: "m.campaign_id = \(campaign) AND m.is_active AND (\(sql: condition))", order: order,
      start: start, limit: limit
    ) { rows, _ in try rows.map(Self.member) }
  }

  /// Returns the same page with the progress of each member.
  package func progress(
    of campaign: Int64, start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY m.contact_id"
  ) async throws -> (members: [MemberProgress], total: Int) {
    let page = try await page(
      of: campaign, start: start, limit: limit, where: condition, order: order)
    let open = try await open(page.members)
    let members = page.members.map { member -> MemberProgress in
      let entries = open[member.contact]
      return MemberProgress(
        member: member, isFinished: entries == nil,
        isWaiting: entries.map { $0.scheduled == 0 } ?? false, nextFire: entries?.next)
    }
    return (members, page.total)
  }

  private struct Open {
    var scheduled: Int
    var next: Date?
  }

  /// Returns the open entries of members of one campaign, by contact; finished members are left out.
  private func open(_ members: [CampaignMember]) async throws -> [Int64: Open] {
    guard let campaign = members.first?.campaign else { return [:] }
    let rows = try await pool.query(
      """
      SELECT contact_id, count(*) FILTER (WHERE state <> \(literal: EntryState.waiting)), min(fire_at)
      FROM campaign_log
      WHERE contact_id = ANY (\(members.map(\.contact))) AND campaign_id = \(campaign) AND state < \(literal: EntryState.executed)
      GROUP BY contact_id
      """)
    var open: [Int64: Open] = [:]
    for row in rows {
      open[try row.decode(at: 0)] = Open(
        scheduled: try row.decode(at: 1), next: try row.decode(at: 2))
    }
    return open
  }

  /// Returns a contact's row in a campaign, active or not; nil for a contact that was never in it.
  package func member(_ contact: Int64, of campaign: Int64) async throws -> CampaignMember? {
    try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM campaign_members AS m
      WHERE m.contact_id = \(contact) AND m.campaign_id = \(campaign)
      """
    ).first.map(Self.member)
  }

  /// Returns the numbers of active members, for all campaigns in the argument.
  package func counts(_ campaigns: [Int64]) async throws -> [Int64: Int] {
    let rows = try await pool.query(
      """
      SELECT campaign_id, count(*) FROM campaign_members
      WHERE campaign_id = ANY (\(campaigns)) AND is_active GROUP BY campaign_id
      """)
    var counts = Dictionary(campaigns.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
    for row in rows { counts[try row.decode(at: 0)] = try row.decode(at: 1) }
    return counts
  }

  /// Returns the published campaigns that a contact is an active member of.
  package func campaigns(of contact: Int64) async throws -> [ContactCampaign] {
    let rows = try await pool.query(
      """
      SELECT \(sql: Self.columns), c.name, ARRAY(SELECT s.source_id FROM campaign_sources s
        WHERE s.campaign_id = c.id AND s.kind = 'segment' ORDER BY s.source_id) AS segments
      FROM campaign_members AS m JOIN campaigns c ON c.id = m.campaign_id
      WHERE m.contact_id = \(contact) AND m.is_active AND c.is_published AND c.deleted_at IS NULL
      ORDER BY c.id
      """)
    return try rows.map { row in
      ContactCampaign(
        id: try row.decode("campaign_id"), name: try row.decode("name"),
        member: try Self.member(row), segments: try row.decode("segments"))
    }
  }
}

extension ListQuery {
  /// The list of a campaign's members, with conditions on `campaign_members AS m`.
  package static let campaignMembers = ListQuery(
    columns: [
      QueryColumn("id", .integer, sql: "m.contact_id", otherNames: ["lead_id", "contact_id"]),
      QueryColumn("campaign_id", .integer, of: "m"), QueryColumn("rotation", .integer, of: "m"),
      QueryColumn("manually_added", .boolean, of: "m"),
      QueryColumn("manually_removed", .boolean, sql: "(NOT m.is_active)"),
      QueryColumn("date_added", .instant, of: "m"),
      QueryColumn("date_last_exited", .instant, of: "m"),
    ], mainColumns: [], own: ofOwnContacts("m.contact_id"))
}
