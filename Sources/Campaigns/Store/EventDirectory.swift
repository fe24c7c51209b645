import Postgres
import Synchronization

/// An in-memory cache of the campaigns of events, which never change.
final class EventDirectory: Sendable {
  private let campaigns = Mutex<[Int64: Int64]>([:])
  private static let limit = 100_000

  /// Returns the campaign of an event; nil if it does not exist.
  func campaign(of event: Int64, on pool: PostgresPool) async throws -> Int64? {
    if let known = campaigns.withLock({ $0[event] }) { return known }
    return try await pool.withConnection { try await campaign(of: event, on: $0) }
  }

  /// Returns the same within a transaction.
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
