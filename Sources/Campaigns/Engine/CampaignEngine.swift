package import Contacts
package import Foundation
import JobQueue
import Postgres
import Synchronization

/// What an operator has set about campaigns.
package struct CampaignSettings: Sendable, Equatable {
  /// The zone of contacts without one of their own.
  package var timeZone: TimeZone
  /// The pause before a failed action is tried again; zero: it is not (CAM-501, CAM-502).
  package var retryInterval: Duration
  /// Attempts after which an action is given up (CAM-502).
  package var maxAttempts: Int
  /// How long after an exit a contact is taken again by itself (CAM-110).
  package var restartPause: Duration
  /// Whether webhooks may go to addresses that are not public (CAM-454).
  package var allowsPrivateWebhooks = false
  /// How companies are found, and how many a contact may have.
  package var companies: CompanyRules

  /// The settings of a new system unless told otherwise.
  package init(
    companies: CompanyRules, timeZone: TimeZone = .gmt, retryInterval: Duration = .seconds(3600),
    maxAttempts: Int = 5,
    restartPause: Duration = .seconds(60)
  ) {
    self.companies = companies
    self.timeZone = timeZone
    self.retryInterval = retryInterval
    self.maxAttempts = maxAttempts
    self.restartPause = restartPause
  }

  /// When segments take back who exited at an instant: after the pause, together with all whose pause ends
  /// within the same ten seconds (CAM-110).
  func returnTime(after exit: Date) -> Date {
    let pause = Double(restartPause.components.seconds)
    return Date(
      timeIntervalSince1970: ((exit.timeIntervalSince1970 + pause) / 10).rounded(.up) * 10)
  }
}

/// Runs campaigns: everything here happens inside a transaction of the caller's, at an instant of the
/// caller's, so that jobs, acts and simulations share it.
struct CampaignEngine: Sendable {
  let fields: FieldStore
  let types: EventTypes
  private(set) var graphs = GraphCache()
  /// Whose entries are executed when they come due; nil: everybody's.
  private(set) var contacts: [Int64]?
  let settings: @Sendable () async throws -> CampaignSettings

  init(
    fields: FieldStore, types: EventTypes,
    settings: @escaping @Sendable () async throws -> CampaignSettings
  ) {
    self.fields = fields
    self.types = types
    self.settings = settings
  }

  /// The same with graphs of its own: for what may never be saved, and must not be taken for what was.
  var isolated: CampaignEngine {
    var engine = self
    engine.graphs = GraphCache()
    return engine
  }

  /// The same for some contacts alone: what others have due is left alone.
  func confined(to contacts: [Int64]) -> CampaignEngine {
    var engine = self
    engine.contacts = contacts
    return engine
  }

  /// Runs a body as a pass over a campaign, with the counters written at its end.
  ///
  /// - Returns: What the body gives, and what is to be woken after the commit; nil where the campaign does
  ///   not exist, is deleted, or (unless `evenAsleep`) is not live (CAM-602).
  func pass<R: Sendable>(
    _ campaign: Int64, now: Date, on connection: PostgresConnection, _ outbox: JobOutbox,
    evenAsleep: Bool = false, family: Cascade = Cascade(),
    _ body: (CampaignTransaction) async throws -> R
  ) async throws -> (result: R, wakes: Set<TimerBucket>)? {
    let settings = try await settings()
    let rows = try await connection.query(
      """
      SELECT c.version, \(sql: CampaignSQL.isLive(now)) FROM campaigns c
      WHERE c.id = \(campaign) AND c.deleted_at IS NULL
      """)
    guard let row = rows.first else { return nil }
    let (version, isLive) = try row.decode(Int64.self, Bool.self)
    guard isLive || evenAsleep else { return nil }
    let graph = try await graphs.graph(campaign, version: version, on: connection)
    let pass = CampaignTransaction(
      engine: self, graph: graph, settings: settings, connection: connection, outbox: outbox,
      now: now, isLive: isLive, family: family)
    family.begin(pass)
    defer { family.end(pass) }
    let result = try await body(pass)
    try await pass.finish()
    return (result, pass.wakes)
  }
}

/// Pieces of SQL that several statements share.
enum CampaignSQL {
  /// Whether the campaign `c` is live (CAM-601).
  static func isLive(_ now: Date) -> SQL {
    """
    (c.is_published AND c.deleted_at IS NULL
      AND (c.publish_up IS NULL OR c.publish_up <= \(now))
      AND (c.publish_down IS NULL OR c.publish_down > \(now))
      AND (c.category_id IS NULL OR EXISTS (
        SELECT FROM categories k WHERE k.id = c.category_id AND k.is_published)))
    """
  }
}

/// The graphs of campaigns, read once per version and process.
final class GraphCache: Sendable {
  private let graphs = Mutex<[Int64: CampaignGraph]>([:])
  private static let limit = 1_000

  /// The graph of a campaign in a version that the caller has just read.
  func graph(
    _ campaign: Int64, version: Int64, on connection: PostgresConnection
  ) async throws -> CampaignGraph {
    if let graph = graphs.withLock({ $0[campaign] }), graph.version == version { return graph }
    let results = try await connection.pipeline([
      "SELECT version, allow_restart FROM campaigns WHERE id = \(campaign)",
      """
      SELECT \(sql: EventRows.columns) FROM campaign_events
      WHERE campaign_id = \(campaign) AND deleted_at IS NULL ORDER BY id
      """,
      """
      SELECT source_id FROM campaign_sources WHERE campaign_id = \(campaign) AND kind = 'segment'
      ORDER BY source_id
      """,
    ])
    let (present, allowsRestart) =
      try results[0].first?.decode(Int64.self, Bool.self) ?? (version, false)
    let graph = CampaignGraph(
      campaign: campaign, version: present, allowsRestart: allowsRestart,
      segments: try results[2].map { try $0.decode(at: 0) },
      events: try results[1].map(EventRows.event))
    graphs.withLock { graphs in
      if graphs.count >= Self.limit { graphs.removeAll() }
      graphs[campaign] = graph
    }
    return graph
  }
}

/// Rows of `campaign_events` as values.
enum EventRows {
  static let columns: SQL = """
    id, parent_id, path, kind, type, name, description, position, properties, trigger, channel,
    channel_id
    """

  static func event(_ row: PostgresRow) throws -> CampaignEvent {
    CampaignEvent(
      id: try row.decode("id"), parent: try row.decode("parent_id"), path: try row.decode("path"),
      kind: EventKind(rawValue: try row.decode("kind")) ?? .action, type: try row.decode("type"),
      name: try row.decode("name"), description: try row.decode("description"),
      position: try row.decode("position"),
      properties: try row.decode("properties", as: JSON.self).decode(),
      trigger: try row.decode("trigger", as: JSON.self).decode(),
      channel: try row.decode("channel"), channelID: try row.decode("channel_id"))
  }
}
