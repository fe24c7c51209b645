import Postgres
import Synchronization

/// The graphs of campaigns, read once per version and process.
final class GraphCache: Sendable {
  private let graphs = Mutex<[Int64: CampaignGraph]>([:])
  private static let limit = 1_000

  /// Returns the graph of a campaign in a version that the caller has just read.
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
