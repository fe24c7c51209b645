import Contacts
package import Foundation
package import Postgres
import Synchronization

/// The product's settings, kept in PostgreSQL; whoever asks gets a value at most a second old.
package final class Settings: Sendable {
  /// A setting as `martlet settings` shows it.
  package struct Entry: Sendable, Encodable {
    package let name: String
    /// What holds now.
    package let value: String
    /// What holds where nobody set it.
    package let `default`: String
    /// Its type and range.
    package let type: String
    /// What it does.
    package let effect: String
  }

  /// A name that is none, or a value that the setting does not take.
  package enum Problem: Error, CustomStringConvertible {
    /// There is no setting of this name.
    case unknown(String)
    /// The setting takes values of this type only.
    case invalid(name: String, value: String, type: String)

    /// What is wrong, in a line.
    package var description: String {
      switch self {
      case .unknown(let name):
        "there is no setting \(name); `martlet settings list` shows all"
      case .invalid(let name, let value, let type):
        "\(name): \(InvalidInput.shown(value)) is refused, it takes: \(type)"
      }
    }
  }

  /// How old a value may be that a process goes by.
  static let freshness = Duration.milliseconds(900)

  private struct Cache {
    var values: [String: String] = [:]
    var readAt: ContinuousClock.Instant?
  }

  private let postgres: PostgresPool
  private let cache = Mutex(Cache())

  /// - Parameter postgres: Where the settings are kept.
  package init(postgres: PostgresPool) {
    self.postgres = postgres
  }

  /// The table, in the order of the schema.
  package static let migrations: [Migration] = [
    Migration(
      "settings.001",
      """
      CREATE TABLE settings (
        name text PRIMARY KEY,
        value text NOT NULL,
        date_modified timestamptz NOT NULL
      )
      """)
  ]

  /// The value in force, at most a second old.
  /// - Throws: The database's error where the value is older and cannot be read.
  package func value<Value>(_ setting: Setting<Value>) async throws(PostgresError) -> Value {
    let texts = try await texts(maximumAge: Self.freshness)
    // A value that a later version wrote and this one does not take counts as not set.
    return texts[setting.name].flatMap(setting.read) ?? setting.standard
  }

  /// Every setting with its value.
  /// - Throws: The database's error.
  package func list() async throws(PostgresError) -> [Entry] {
    let texts = try await texts(maximumAge: .zero)
    return SettingDefinition.all.map { definition in
      Entry(
        name: definition.name, value: texts[definition.name] ?? definition.standard,
        default: definition.standard, type: definition.type, effect: definition.effect)
    }
  }

  /// Sets a value from its text.
  /// - Parameters:
  ///   - name: The setting.
  ///   - text: The value.
  ///   - now: The instant, by the injected clock.
  /// - Throws: `Problem`, or the database's error.
  package func set(_ name: String, to text: String, now: Date) async throws {
    guard let definition = SettingDefinition.all.first(where: { $0.name == name }) else {
      throw Problem.unknown(name)
    }
    guard definition.accepts(text) else {
      throw Problem.invalid(name: name, value: text, type: definition.type)
    }
    try await postgres.query(
      """
      INSERT INTO settings (name, value, date_modified) VALUES (\(name), \(text), \(now))
      ON CONFLICT (name) DO UPDATE
      SET value = excluded.value, date_modified = excluded.date_modified
      """)
    cache.withLock { $0.readAt = nil }
  }

  private func texts(maximumAge: Duration) async throws(PostgresError) -> [String: String] {
    let now = ContinuousClock.now
    let known = cache.withLock { cache in
      cache.readAt.map { now - $0 < maximumAge } ?? false ? cache.values : nil
    }
    if let known { return known }
    var values: [String: String] = [:]
    for row in try await postgres.query("SELECT name, value FROM settings") {
      values[try row.decode("name")] = try row.decode("value", as: String.self)
    }
    let read = values
    cache.withLock { cache in
      cache.values = read
      cache.readAt = now
    }
    return read
  }
}
