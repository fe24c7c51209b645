import Foundation
import Postgres
import Users

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

  /// Stores a value, or forgets it, with an entry in the audit log where that changes it.
  /// - Parameters:
  ///   - value: The value; nil for the default.
  ///   - author: The author of the change.
  ///   - now: The time of the change.
  func set(
    _ setting: SettingDefinition, to value: String?, by author: Author, now: Date
  ) async throws {
    let name = setting.name
    try await pool.transaction { connection in
      // Two changes wait for each other, so that each entry has the value before it.
      try await connection.query("LOCK TABLE settings IN SHARE ROW EXCLUSIVE MODE")
      let rows = try await connection.query("SELECT value FROM settings WHERE name = \(name)")
      let before: String? = try rows.first?.decode("value")
      if let value {
        try await connection.query(
          """
          INSERT INTO settings (name, value, date_modified) VALUES (\(name), \(value), \(now))
          ON CONFLICT (name) DO UPDATE
          SET value = excluded.value, date_modified = excluded.date_modified
          """)
      } else {
        try await connection.query("DELETE FROM settings WHERE name = \(name)")
      }
      let (old, new) = (before ?? setting.standard, value ?? setting.standard)
      guard old != new else { return }
      let entry = AuditLog.Entry(
        value == nil ? "reset" : "update", "setting", 0, bundle: "config",
        details: .object([name: .array([.string(old), .string(new)])]))
      if let statement = try AuditLog.statement([entry], by: author, now: now) {
        try await connection.query(statement)
      }
    }
  }
}
