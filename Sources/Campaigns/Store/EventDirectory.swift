import Postgres
import Synchronization

/// The campaigns of events, which never change, kept in memory.
final class EventDirectory: Sendable {
  private let campaigns = Mutex<[Int64: Int64]>([:])
  private static let limit = 100_000

  /// The campaign of an event; nil for one that does not exist.
  func campaign(of event: Int64, on pool: PostgresPool) async throws -> Int64? {
    if let known = campaigns.withLock({ $0[event] }) { return known }
    return try await pool.withConnection { try await campaign(of: event, on: $0) }
  }

  /// The same within a transaction.
  func campaign(of event: Int64, on connection: PostgresConnection) async throws -> Int64? {
    if let known = campaigns.withLock({ $0[event] }) { return known }
    let rows = try await connection.query(
      "SELECT campaign_id FROM campaign_events WHERE id = \(event)")
    guard let campaign: Int64 = try rows.first?.decode("campaign_id") else { return nil }
    campaigns.withLock { known in
      if known.count > Self.limit { known.removeAll() }
      known[event] = campaign
    }
    return campaign
  }
}
