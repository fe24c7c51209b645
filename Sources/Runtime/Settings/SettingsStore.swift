import Foundation
import Postgres

/// The settings that operators have changed, as texts.
struct SettingsStore: Sendable {
  let pool: PostgresPool

  /// Every stored value by its name.
  func values() async throws(PostgresError) -> [String: String] {
    var values: [String: String] = [:]
    for row in try await pool.query("SELECT name, value FROM settings") {
      values[try row.decode("name")] = try row.decode("value", as: String.self)
    }
    return values
  }

  /// Stores a value.
  /// - Parameter now: The time of the change.
  func set(_ name: String, to value: String, now: Date) async throws(PostgresError) {
    try await pool.query(
      """
      INSERT INTO settings (name, value, date_modified) VALUES (\(name), \(value), \(now))
      ON CONFLICT (name) DO UPDATE
      SET value = excluded.value, date_modified = excluded.date_modified
      """)
  }
}
