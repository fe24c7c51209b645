import Contacts
package import Foundation
package import Postgres
import Synchronization
package import Users

/// The product's settings, kept in PostgreSQL; a reader gets a value at most a second old.
package final class Settings: Sendable {
  /// A setting as `martlet settings` shows it.
  package struct Entry: Sendable, Encodable {
    package let name: String
    /// The present value.
    package let value: String
    /// The value where none is set.
    package let `default`: String
    /// Its type and range.
    package let type: String
    /// Its effect.
    package let effect: String
  }

  /// An unknown name, or a value that the setting does not accept.
  package enum Problem: Error, CustomStringConvertible {
    /// There is no setting of this name.
    case unknown(String)
    /// The setting takes values of this type only.
    case invalid(name: String, value: String, type: String)

    /// The problem in a line.
    package var description: String {
      switch self {
      case .unknown(let name):
        "there is no setting \(name); `martlet settings list` shows all"
      case .invalid(let name, let value, let type):
        "\(name): \(InvalidInput.shown(value)) is refused, it takes: \(type)"
      }
    }
  }

  /// The greatest age of a value that a process uses.
  static let freshness = Duration.milliseconds(900)

  private struct Cache {
    var values: [String: String] = [:]
    var readAt: ContinuousClock.Instant?
  }

  private let store: SettingsStore
  private let cache = Mutex(Cache())

  /// - Parameter postgres: The database with the settings.
  package init(postgres: PostgresPool) {
    store = SettingsStore(pool: postgres)
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
    // A value that a later version wrote and this one does not accept counts as not set.
    return texts[setting.name].flatMap(setting.read) ?? setting.standard
  }

  /// Every setting with its value.
  /// - Throws: The database's error.
  package func list() async throws(PostgresError) -> [Entry] {
    let texts = try await texts(maximumAge: .zero)
    return SettingDefinition.all.map { definition in
      Entry(
        name: definition.name, value: texts[definition.name] ?? definition.standard,
        default: definition.standard, type: definition.type, effect: definition.fullEffect)
    }
  }

  /// Sets a value from its text, and writes that into the audit log.
  /// - Parameters:
  ///   - name: The setting.
  ///   - text: The value.
  ///   - author: Who sets it.
  ///   - now: The instant, by the injected clock.
  /// - Throws: `Problem`, or the database's error.
  package func set(_ name: String, to text: String, by author: Author, now: Date) async throws {
    let definition = try Self.definition(name)
    guard definition.accepts(text) else {
      throw Problem.invalid(name: name, value: text, type: definition.type)
    }
    try await store.set(definition, to: text, by: author, now: now)
    cache.withLock { $0.readAt = nil }
  }

  /// Goes back to the default, also to that of a later version, and writes that into the audit log.
  /// - Parameters:
  ///   - name: The setting.
  ///   - author: Who does so.
  ///   - now: The instant, by the injected clock.
  /// - Throws: `Problem.unknown`, or the database's error.
  package func reset(_ name: String, by author: Author, now: Date) async throws {
    try await store.set(try Self.definition(name), to: nil, by: author, now: now)
    cache.withLock { $0.readAt = nil }
  }

  private static func definition(_ name: String) throws(Problem) -> SettingDefinition {
    guard let definition = SettingDefinition.all.first(where: { $0.name == name }) else {
      throw .unknown(name)
    }
    return definition
  }

  private func texts(maximumAge: Duration) async throws(PostgresError) -> [String: String] {
    let now = ContinuousClock.now
    let known = cache.withLock { cache in
      cache.readAt.map { now - $0 < maximumAge } ?? false ? cache.values : nil
    }
    if let known { return known }
    let read = try await store.values()
    cache.withLock { cache in
      cache.values = read
      cache.readAt = now
    }
    return read
  }
}
