package import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// Keeps the archives of themes (api.md 10), beside the one that is built in.
package struct ThemeStore: Sendable {
  /// The maximum number of themes.
  package static let most = 200

  private let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Returns all themes by their keys.
  ///
  /// - Throws: `PostgresError`.
  package func all() async throws -> [Theme] {
    let rows = try await transactions.postgres.query("SELECT key, name, config FROM themes")
    let kept = try rows.map { row in
      let config: JSON = try row.decode("config")
      return Theme(
        key: try row.decode("key"), name: try row.decode("name"), config: try config.decode())
    }
    return (kept + [BuiltInTheme.blank]).sorted { $0.key < $1.key }
  }

  /// Returns the archive of a theme; nil if there is none of that key.
  ///
  /// - Throws: `PostgresError`.
  package func archive(of key: String) async throws -> [UInt8]? {
    if key == BuiltInTheme.blank.key { return BuiltInTheme.archive }
    return try await transactions.postgres.query("SELECT file FROM themes WHERE key = \(key)")
      .first.map { try $0.decode(at: 0) }
  }

  /// Keeps an archive; a theme of the same key is replaced.
  ///
  /// - Throws: ``ThemeError``, `PostgresError`.
  package func save(_ archive: ThemeArchive, by author: Author, now: Date) async throws {
    let theme = archive.theme
    guard theme.key != BuiltInTheme.blank.key else { throw ThemeError.builtIn(theme.key) }
    try await transactions.transaction(at: now) { transaction in
      let rows = try await transaction.query(
        """
        INSERT INTO themes (key, name, config, file, date_added, created_by, created_by_user)
        SELECT \(theme.key), \(theme.name), \(try JSON(theme.config)), \(archive.bytes),
          \(now)::timestamptz, \(author.id)::bigint, \(author.name)::text
        WHERE (SELECT count(*) FROM themes WHERE key <> \(theme.key)) < \(Self.most)
        ON CONFLICT (key) DO UPDATE SET name = EXCLUDED.name, config = EXCLUDED.config,
          file = EXCLUDED.file, date_modified = \(now)::timestamptz,
          modified_by = EXCLUDED.created_by, modified_by_user = EXCLUDED.created_by_user
        RETURNING id, date_modified IS NULL
        """)
      guard let row = rows.first else { throw ThemeError.tooMany(Self.most) }
      try await AuditLog.write(
        [
          .init(
            try row.decode(at: 1) ? "create" : "update", "theme", try row.decode(at: 0),
            details: .object(["key": .string(theme.key)]))
        ], by: author, in: transaction)
    }
  }

  /// Deletes a theme; e-mails and pages keep its name.
  ///
  /// - Returns: Whether there was one of that key.
  /// - Throws: ``ThemeError``, `PostgresError`.
  package func delete(_ key: String, by author: Author, now: Date) async throws -> Bool {
    guard key != BuiltInTheme.blank.key else { throw ThemeError.builtIn(key) }
    return try await transactions.transaction(at: now) { transaction in
      let rows = try await transaction.query("DELETE FROM themes WHERE key = \(key) RETURNING id")
      guard let row = rows.first else { return false }
      try await AuditLog.write(
        [
          .init(
            "delete", "theme", try row.decode(at: 0), details: .object(["key": .string(key)]))
        ], by: author, in: transaction)
      return true
    }
  }
}
