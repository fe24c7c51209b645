public import Contacts
public import Foundation
public import JobQueue
import Postgres
public import Users

/// Makes, changes and deletes campaigns. Each call is one transaction with all that follows from it: what
/// cannot be kept of the log is cancelled, deadlines are computed anew, members are brought up to date.
public struct CampaignEditor: Sendable {
  let jobs: JobClient
  let engine: CampaignEngine
  let runtime: CampaignRuntime

  init(runtime: CampaignRuntime) {
    jobs = runtime.jobs
    engine = runtime.engine
    self.runtime = runtime
  }

  /// Makes a campaign.
  ///
  /// - Throws: ``CampaignError``, `UnknownCategory`; `PostgresError`.
  public func create(_ input: CampaignInput, by author: Author) async throws -> Campaign {
    let now = jobs.clock.now
    let id = try await jobs.transaction { connection, outbox in
      let rows = try await connection.query(
        """
        INSERT INTO campaigns (name, date_added, created_by, created_by_user)
        VALUES ('…', \(now), \(author.id)::bigint, \(author.name)::text) RETURNING id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      let edit = CampaignEdit(
        editor: self, id: id, input: input, isReplacing: true, isNew: true, author: author,
        now: now, connection: connection, outbox: outbox)
      try await edit.apply()
      try await AuditLog.write(
        [.init("create", "campaign", id, details: .object(["name": .string(input.name ?? "")]))],
        by: author, now: now, on: connection)
      return id
    }
    return try await read(id)
  }

  /// Changes a campaign: the members given, or all of them.
  ///
  /// - Returns: nil where there is none.
  /// - Throws: ``CampaignError``, `UnknownCategory`; `PostgresError`.
  public func update(
    _ id: Int64, _ input: CampaignInput, replacing: Bool = false, by author: Author
  ) async throws -> Campaign? {
    let now = jobs.clock.now
    let found = try await jobs.transaction { connection, outbox in
      let rows = try await connection.query(
        "SELECT FROM campaigns WHERE id = \(id) AND deleted_at IS NULL FOR NO KEY UPDATE")
      guard !rows.isEmpty else { return false }
      let edit = CampaignEdit(
        editor: self, id: id, input: input, isReplacing: replacing, isNew: false, author: author,
        now: now, connection: connection, outbox: outbox)
      if let details = try await edit.apply() {
        try await AuditLog.write(
          [.init("update", "campaign", id, details: .object(details))], by: author, now: now,
          on: connection)
      }
      return true
    }
    return found ? try await read(id) : nil
  }

  /// Deletes a campaign: it is gone at once, what hangs on it is removed in the background (CAM-640).
  ///
  /// - Returns: The campaign as it was; nil where there was none.
  /// - Throws: `PostgresError`.
  public func delete(_ id: Int64, by author: Author) async throws -> Campaign? {
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
        RemoveCampaign(campaign: id), EnqueueOptions(object: JobObject(type: "campaign", id: id)))
      try await AuditLog.write(
        [.init("delete", "campaign", id, details: .object(["name": .string(campaign.name)]))],
        by: author, now: now, on: connection)
      return campaign
    }
  }

  /// The campaigns and point triggers that name a campaign, by name (CAM-641).
  public func uses(of id: Int64) async throws -> [String] {
    let rows = try await jobs.postgres.query(
      """
      SELECT DISTINCT c.name FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
      WHERE e.deleted_at IS NULL AND c.deleted_at IS NULL AND c.id <> \(id)
        AND (e.type = 'campaign.addremovelead'
          AND (e.properties -> 'addTo' @> to_jsonb(\(id)::bigint)
            OR e.properties -> 'addTo' @> to_jsonb(\(id)::text)
            OR e.properties -> 'removeFrom' @> to_jsonb(\(id)::bigint)
            OR e.properties -> 'removeFrom' @> to_jsonb(\(id)::text)))
      ORDER BY c.name
      """)
    return try rows.map { try $0.decode(at: 0) }
  }

  private func read(_ id: Int64) async throws -> Campaign {
    guard let campaign = try await CampaignStore(pool: jobs.postgres).campaign(id) else {
      throw CampaignError.notFound("campaign \(id) was deleted meanwhile")
    }
    return campaign
  }
}
