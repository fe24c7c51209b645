import Foundation
import JobQueue
import Points
import Postgres
import Primitives
import Segments
package import Users

/// Creates, changes and deletes campaigns. Each call is one transaction with all its consequences: entries of
/// deleted events are cancelled, deadlines recomputed, members updated.
package struct CampaignEditor: Sendable {
  let jobs: JobClient
  let engine: CampaignEngine
  let runtime: CampaignService

  init(runtime: CampaignService) {
    jobs = runtime.jobs
    engine = runtime.engine
    self.runtime = runtime
  }

  /// Creates a campaign.
  ///
  /// - Throws: ``CampaignError``, `UnknownCategory`; `PostgresError`.
  package func create(_ input: CampaignInput, by author: Author) async throws -> Campaign {
    let id = try await jobs.transaction { transaction in
      try await insert(input, by: author, in: transaction)
    }
    return try await read(id)
  }

  /// Creates a campaign within a transaction.
  ///
  /// - Parameters:
  ///   - details: Further details for the audit log.
  ///   - isTrusted: Whether referenced records may be missing, as in a copy or an import.
  /// - Returns: Its id.
  func insert(
    _ input: CampaignInput, details: [String: JSONValue] = [:], isTrusted: Bool = false,
    by author: Author, in transaction: Transaction
  ) async throws -> Int64 {
    let id = try await CampaignWriteStore.insert(by: author, in: transaction)
    let edit = CampaignEdit(
      editor: self, id: id, input: input, isReplacing: true, isNew: true, isTrusted: isTrusted,
      author: author, transaction: transaction)
    _ = try await edit.apply()
    var details = details
    details["name"] = .string(input.name ?? "")
    try await AuditLog.write(
      [.init("create", "campaign", id, details: .object(details))], by: author, in: transaction)
    return id
  }

  /// Changes a campaign: the given members, or all of them.
  ///
  /// - Returns: nil if the campaign does not exist.
  /// - Throws: ``CampaignError``, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: CampaignInput, replacing: Bool = false, by author: Author
  ) async throws -> Campaign? {
    let changed = try await jobs.transaction { transaction in
      try await change(id, input, replacing: replacing, by: author, in: transaction)
    }
    return changed == nil ? nil : try await read(id)
  }

  /// Changes a campaign within a transaction.
  ///
  /// - Returns: The changes; nil if the campaign does not exist.
  func change(
    _ id: Int64, _ input: CampaignInput, replacing: Bool, by author: Author,
    in transaction: Transaction
  ) async throws -> CampaignEdit.Change? {
    let store = CampaignWriteStore(
      connection: transaction.connection, campaign: id, now: transaction.now)
    guard try await store.lock() else { return nil }
    let edit = CampaignEdit(
      editor: self, id: id, input: input, isReplacing: replacing, isNew: false, isTrusted: false,
      author: author, transaction: transaction)
    guard let change = try await edit.apply() else { return nil }
    if !change.details.isEmpty {
      try await AuditLog.write(
        [.init("update", "campaign", id, details: .object(change.details))], by: author,
        in: transaction)
    }
    return change
  }

  /// Deletes a campaign: it disappears at once, and its rows are removed in the background (CAM-640).
  ///
  /// - Returns: The campaign as it was; nil if it does not exist.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author) async throws -> Campaign? {
    try await jobs.transaction { transaction -> Campaign? in
      let connection = transaction.connection
      guard
        let campaign = try await CampaignStore.find("campaigns.id = \(id)", on: connection).first
      else { return nil }
      let store = CampaignWriteStore(connection: connection, campaign: id, now: transaction.now)
      guard try await store.markDeleted() else { return nil }
      try await CampaignWriteStore.updateAnnouncing(campaign.sources, on: connection)
      try transaction.outbox.add(
        RemoveCampaign(campaign: id), EnqueueOptions(object: JobSubject(type: "campaign", id: id)))
      try await AuditLog.write(
        [.init("delete", "campaign", id, details: .object(["name": .string(campaign.name)]))],
        by: author, in: transaction)
      return campaign
    }
  }

  /// Returns the campaigns, point triggers and segments that reference a campaign, as texts (CAM-641).
  package func uses(of id: Int64) async throws -> [String] {
    let campaigns = try await CampaignReferenceStore.names(naming: id, on: jobs.postgres)
    let triggers = try await PointTriggerStore(jobs: jobs).names(changing: id)
    let segments = try await SegmentStore(pool: jobs.postgres).names(naming: id, by: "campaign")
    return campaigns.map { "the campaign “\($0)”" }
      + triggers.map { "the point trigger “\($0)”" } + segments.map { "the segment “\($0)”" }
  }

  func read(_ id: Int64) async throws -> Campaign {
    guard let campaign = try await CampaignStore(pool: jobs.postgres).campaign(id) else {
      throw CampaignError.notFound("campaign \(id) was deleted meanwhile")
    }
    return campaign
  }
}
