import Contacts
import Fields
import Foundation
import JobQueue
import Points
import Postgres
import Primitives
import Segments
import Users

@testable import Campaigns

extension CampaignBed {
  /// Returns the history of a contact, oldest first, of campaigns only.
  func timeline(of contact: Int64) async throws -> [TimelineEvent] {
    try await TimelineStore(pool: pool, sources: TimelineSource.campaigns)
      .page(of: contact, TimelineQuery(isDescending: false), limit: 1_000).events
  }

  /// Returns the number of counters that a repair corrects.
  ///
  /// - Parameter crowded: Whether ``crowd(_:)`` was called.
  func corrections(of campaign: Int64, crowded: Bool = false) async throws -> Int {
    if crowded {
      try await pool.query(
        "DELETE FROM campaign_member_hours WHERE campaign_id = \(campaign) AND slot = 99")
    }
    let corrections = try await pool.transaction {
      try await StatisticsRepair.run(campaign, on: $0)
    }
    if crowded { try await crowd(campaign) }
    return corrections
  }

  /// Makes a campaign look so large that failures never stop it, which would depend on the size of batches
  /// (CAM-505).
  func crowd(_ campaign: Int64) async throws {
    try await pool.query(
      """
      INSERT INTO campaign_member_hours (campaign_id, hour, slot, added)
      VALUES (\(campaign), \(now), 99, 1000000)
      """)
  }

  /// Creates a campaign with an external event, `call`, and points below it, `then`, and adds contact 1.
  func callThenPoints() async throws -> (campaign: Campaign, call: CampaignEvent) {
    try await contacts(1)
    let campaign = try await campaign([
      E.action("call", "trial.outside", ["modulus": .integer(9)]),
      E.points("then", under: "call"),
    ])
    try await add([1], to: campaign.id)
    return (campaign, campaign.events[0])
  }

  /// Creates a campaign whose events may reference missing records.
  func campaign(
    _ events: [JSONValue], restart: Bool, trusting: Bool
  ) async throws -> Campaign {
    let exists = try await pool.query("SELECT FROM segments WHERE id = 1")
    if exists.isEmpty { try await segment(1) }
    var input = CampaignInput()
    input.name = "Campaign"
    input.isPublished = true
    input.allowsRestart = restart
    input.segments = [1]
    input.events = events.compactMap { EventInput(json: $0) }
    let (editor, now, wanted) = (editor, now, input)
    let id = try await jobs.transaction(at: now) { transaction in
      try await editor.insert(wanted, isTrusted: trusting, by: .system, in: transaction)
    }
    return try await editor.read(id)
  }

  /// Creates a segment of contacts in Berlin, and returns its id.
  func berliners() async throws -> Int64 {
    let filter: JSONValue = [
      "object": "lead", "field": "city", "type": "text", "operator": "=", "glue": "and",
      "properties": ["filter": "Berlin"],
    ]
    return try await segmentEditor.create(
      SegmentInput(name: "Berliners", filters: [filter]), by: .system
    ).id
  }

  /// Creates a point trigger that changes campaigns.
  func trigger(_ name: String, _ properties: [String: JSONValue]) async throws {
    var event = PointTriggerEventInput()
    event.type = PointTriggerEventType.changeCampaigns.rawValue
    event.properties = .object(properties)
    var input = PointTriggerInput()
    input.rule.name = name
    input.events = [event]
    _ = try await PointTriggerStore(jobs: jobs).create(input, by: .system, now: now)
  }

  /// Merges one contact into another.
  func merge(_ loser: Int64, into winner: Int64) async throws {
    let merger = ContactMerger(
      fields: FieldStore(pool: pool),
      tables: MergeTable.contacts + MergeTable.segments + MergeTable.campaigns,
      companies: { CompanyRules() })
    try await merger.merge(loser, into: winner, by: .system, now: now, with: jobs.transactions)
  }

  /// Deletes contacts.
  func delete(_ contacts: [Int64]) async throws {
    let fields = FieldStore(pool: pool)
    try await jobs.transaction(at: now) { transaction in
      try await ContactDeletion.delete(
        contacts, fields: try await fields.current(on: transaction.connection), by: .system,
        in: transaction)
    }
  }
}
