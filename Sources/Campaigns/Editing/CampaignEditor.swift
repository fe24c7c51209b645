import Contacts
import Foundation
import JobQueue
import Points
import Postgres
import Segments
package import Users

/// Makes, changes and deletes campaigns. Each call is one transaction with all that follows from it: what
/// cannot be kept of the log is cancelled, deadlines are computed anew, members are brought up to date.
package struct CampaignEditor: Sendable {
  let jobs: JobClient
  let engine: CampaignEngine
  let runtime: CampaignService

  init(runtime: CampaignService) {
    jobs = runtime.jobs
    engine = runtime.engine
    self.runtime = runtime
  }

  /// Makes a campaign.
  ///
  /// - Throws: ``CampaignError``, `UnknownCategory`; `PostgresError`.
  package func create(_ input: CampaignInput, by author: Author) async throws -> Campaign {
    let now = jobs.clock.now
    let id = try await jobs.transaction { connection, outbox in
      try await insert(input, by: author, now: now, on: connection, outbox)
    }
    return try await read(id)
  }

  /// Makes a campaign within a transaction.
  ///
  /// - Parameters:
  ///   - details: What else the audit log says.
  ///   - isTrusted: Whether what events name may be missing, as of a copy or an import.
  /// - Returns: Its number.
  func insert(
    _ input: CampaignInput, details: [String: JSONValue] = [:], isTrusted: Bool = false,
    by author: Author, now: Date, on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws -> Int64 {
    let rows = try await connection.query(
      """
      INSERT INTO campaigns (name, date_added, created_by, created_by_user)
      VALUES ('…', \(now), \(author.id)::bigint, \(author.name)::text) RETURNING id
      """)
    let id: Int64 = try rows[0].decode(at: 0)
    let edit = CampaignEdit(
      editor: self, id: id, input: input, isReplacing: true, isNew: true, isTrusted: isTrusted,
      author: author, now: now, connection: connection, outbox: outbox)
    _ = try await edit.apply()
    var details = details
    details["name"] = .string(input.name ?? "")
    try await AuditLog.write(
      [.init("create", "campaign", id, details: .object(details))], by: author, now: now,
      on: connection)
    return id
  }

  /// Changes a campaign: the members given, or all of them.
  ///
  /// - Returns: nil where there is none.
  /// - Throws: ``CampaignError``, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: CampaignInput, replacing: Bool = false, by author: Author
  ) async throws -> Campaign? {
    let now = jobs.clock.now
    let changed = try await jobs.transaction { connection, outbox in
      try await change(
        id, input, replacing: replacing, by: author, now: now, on: connection, outbox)
    }
    return changed == nil ? nil : try await read(id)
  }

  /// Changes a campaign within a transaction.
  ///
  /// - Returns: What changed; nil where there is no such campaign.
  func change(
    _ id: Int64, _ input: CampaignInput, replacing: Bool, by author: Author, now: Date,
    on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws -> CampaignEdit.Change? {
    let rows = try await connection.query(
      "SELECT FROM campaigns WHERE id = \(id) AND deleted_at IS NULL FOR NO KEY UPDATE")
    guard !rows.isEmpty else { return nil }
    let edit = CampaignEdit(
      editor: self, id: id, input: input, isReplacing: replacing, isNew: false, isTrusted: false,
      author: author, now: now, connection: connection, outbox: outbox)
    guard let change = try await edit.apply() else { return nil }
    if !change.details.isEmpty {
      try await AuditLog.write(
        [.init("update", "campaign", id, details: .object(change.details))], by: author, now: now,
        on: connection)
    }
    return change
  }

  /// Deletes a campaign: it is gone at once, what hangs on it is removed in the background (CAM-640).
  ///
  /// - Returns: The campaign as it was; nil where there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author) async throws -> Campaign? {
    let now = jobs.clock.now
    return try await jobs.transaction { connection, outbox -> Campaign? in
      guard
        let campaign = try await CampaignStore.find("campaigns.id = \(id)", on: connection).first
      else { return nil }
      let gone = try await connection.query(
        """
        UPDATE campaigns SET deleted_at = \(now), is_published = false, was_live = false,
          version = version + 1 WHERE id = \(id) AND deleted_at IS NULL
        """)
      guard gone.affected == 1 else { return nil }
      try await connection.query("DELETE FROM campaign_sources WHERE campaign_id = \(id)")
      try await CampaignEdit.announce(campaign.sources, on: connection)
      try outbox.add(
        RemoveCampaign(campaign: id), EnqueueOptions(object: JobSubject(type: "campaign", id: id)))
      try await AuditLog.write(
        [.init("delete", "campaign", id, details: .object(["name": .string(campaign.name)]))],
        by: author, now: now, on: connection)
      return campaign
    }
  }

  /// The campaigns, point triggers and segments that name a campaign, in words (CAM-641).
  package func uses(of id: Int64) async throws -> [String] {
    let rows = try await jobs.postgres.query(
      """
      SELECT c.name FROM campaigns c WHERE c.deleted_at IS NULL AND c.id <> \(id) AND EXISTS (
        SELECT FROM campaign_events e
        WHERE e.campaign_id = c.id AND e.deleted_at IS NULL
          AND (e.type = \(EventType.changeCampaigns) AND (\(sql: Self.names(id, in: "addTo"))
              OR \(sql: Self.names(id, in: "removeFrom")))
            OR e.type = 'lead.campaigns' AND \(sql: Self.names(id, in: "campaigns"))))
      ORDER BY lower(c.name), c.id
      """)
    let triggers = try await PointTriggerStore(jobs: jobs).names(changing: id)
    let segments = try await SegmentStore(pool: jobs.postgres).names(naming: id, by: "campaign")
    return try rows.map { "the campaign “\(try $0.decode(at: 0, as: String.self))”" }
      + triggers.map { "the point trigger “\($0)”" } + segments.map { "the segment “\($0)”" }
  }

  /// Whether a property of an event `e` names a campaign; numbers may be texts.
  static func names(_ campaign: Int64, in property: SQL) -> SQL {
    """
    (e.properties -> '\(sql: property)' @> to_jsonb(\(campaign)::bigint)
      OR e.properties -> '\(sql: property)' @> to_jsonb(\(campaign)::text))
    """
  }

  func read(_ id: Int64) async throws -> Campaign {
    guard let campaign = try await CampaignStore(pool: jobs.postgres).campaign(id) else {
      throw CampaignError.notFound("campaign \(id) was deleted meanwhile")
    }
    return campaign
  }
}
