import Foundation
import JobQueue
import Postgres

/// Runs campaigns through time without waiting: the next due entry is executed at its own instant, in the
/// order of fire times, as schedulers and workers would.
struct VirtualRun {
  let engine: CampaignEngine
  /// The campaigns whose events are run.
  let campaigns: [Int64]

  /// Returns the instant of the next due entry; nil if there is none until `end`.
  func next(until end: Date, on connection: PostgresConnection) async throws -> Date? {
    let rows = try await connection.query(
      """
      SELECT min(first.fire_at) FROM campaign_events e CROSS JOIN LATERAL (
        \(sql: first(end))) AS first
      WHERE e.campaign_id = ANY (\(campaigns)) AND e.deleted_at IS NULL
      """)
    return try rows.first?.decode(at: 0)
  }

  /// The first entry of an event `e` that is due until an instant, including those dispatched to external
  /// actions.
  private func first(_ end: Date) -> SQL {
    if let contacts = engine.contactScope {
      // By contact: others may have any number of entries due before.
      return """
        SELECT min(CASE WHEN l.state < \(literal: EntryState.running) THEN l.fire_at ELSE l.lease_until END) AS fire_at
        FROM campaign_log l
        WHERE l.contact_id = ANY (\(contacts)) AND l.event_id = e.id
          AND (l.state < \(literal: EntryState.running) AND l.fire_at <= \(end) OR l.state = \(literal: EntryState.running) AND l.lease_until <= \(end))
        HAVING count(*) > 0
        """
    }
    return """
      SELECT fire_at FROM (
        (SELECT fire_at FROM campaign_log l
          WHERE l.event_id = e.id AND l.state < \(literal: EntryState.running) AND l.fire_at <= \(end)
          ORDER BY l.fire_at LIMIT 1)
        UNION ALL
        (SELECT lease_until FROM campaign_log l
          WHERE l.state = \(literal: EntryState.running) AND l.lease_until <= \(end) AND l.event_id = e.id
          ORDER BY l.lease_until LIMIT 1)) AS candidates ORDER BY fire_at LIMIT 1
      """
  }

  /// Executes everything due at an instant, in order of fire times, until nothing is left.
  ///
  /// - Parameters:
  ///   - limit: The maximum number of entries at a time.
  ///   - perform: Returns the results of external actions.
  /// - Returns: The number of entries executed.
  @discardableResult
  func run(
    limit: Int = 1_000, in transaction: Transaction,
    performing perform: (Claim) -> [ExternalResult] = { claim in
      claim.entries.map { ($0, .success(())) }
    }
  ) async throws -> Int {
    var total = 0
    while true {
      let rows = try await transaction.query(
        """
        SELECT e.campaign_id, e.id FROM campaign_events e CROSS JOIN LATERAL (
          \(sql: first(transaction.now))) AS first
        WHERE e.campaign_id = ANY (\(campaigns)) AND e.deleted_at IS NULL
        ORDER BY first.fire_at, e.id
        """)
      var done = 0
      for row in rows {
        let (campaign, event) = try row.decode(Int64.self, Int64.self)
        done += try await execute(event, campaign, limit, in: transaction, perform)
      }
      // Those of campaigns that are not live stay.
      if done == 0 { return total }
      total += done
    }
  }

  private func execute(
    _ id: Int64, _ campaign: Int64, _ limit: Int, in transaction: Transaction,
    _ perform: (Claim) -> [ExternalResult]
  ) async throws -> Int {
    let step = try await engine.transaction(campaign, in: transaction) {
      transaction -> Int in
      guard let event = transaction.graph[id] else { return 0 }
      guard case .external(let action)? = engine.types[event.type] else {
        return try await DueExecutor(transaction).execute(event, limit: limit)
      }
      let external = ExternalActions(transaction)
      let claim = try await external.claim(
        event, action, limit: limit, lease: .seconds(3600))
      guard let claim else { return 0 }
      try await external.record(claim, perform(claim))
      return claim.taken
    }
    return step?.result ?? 0
  }
}
