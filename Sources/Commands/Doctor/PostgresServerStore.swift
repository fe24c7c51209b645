import Foundation
import Postgres

/// Reads PostgreSQL's information about itself.
struct PostgresServerStore {
  let pool: PostgresPool

  /// The server's settings by name, and `in_recovery`: `on` for a standby.
  func settings() async throws -> [String: String] {
    var values: [String: String] = [:]
    for row in try await pool.query("SELECT name, setting FROM pg_settings") {
      values[try row.decode("name")] = try row.decode("setting", as: String.self)
    }
    let recovering = try await pool.query("SELECT pg_is_in_recovery()")[0].decode(
      at: 0, as: Bool.self)
    values["in_recovery"] = recovering ? "on" : "off"
    return values
  }

  /// Connections of clients to any database.
  func connectionsInUse() async throws -> Int {
    try await pool.query("SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL")[0]
      .decode(at: 0, as: Int.self)
  }

  /// The server's time.
  func time() async throws -> Date {
    try await pool.query("SELECT clock_timestamp()")[0].decode(at: 0, as: Date.self)
  }
}
