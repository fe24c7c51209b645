import Contacts
import Foundation
package import JobQueue
package import Postgres
import Primitives
import Users

/// Write keys in the database, as hashes: a key is random and long, so that a plain hash cannot be guessed back.
package enum WriteKeyStore {
  /// The maximum number of characters of a name, and of an origin.
  private static let length = 191
  /// The maximum number of origins of a key.
  private static let origins = 100
  private static let letters = Array(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

  /// Makes a key.
  ///
  /// - Parameters:
  ///   - name: What it is for.
  ///   - isServer: Whether a server keeps it.
  ///   - origins: The origins that may use it; empty for any client.
  ///   - transaction: The transaction.
  /// - Returns: The key, and the secret, which is kept nowhere.
  /// - Throws: ``InvalidInput``; `PostgresError`.
  package static func create(
    name: String, isServer: Bool, origins: [String], in transaction: Transaction
  ) async throws -> (key: WriteKey, secret: String) {
    let name = line(name, upTo: .max).trimmingBlanks()
    guard !name.isEmpty, name.unicodeScalars.count <= length else {
      throw InvalidInput("name", "between 1 and \(length) characters")
    }
    guard origins.count <= Self.origins else {
      throw InvalidInput("origin", "more than \(Self.origins)")
    }
    guard !isServer || origins.isEmpty else {
      throw InvalidInput(
        "origin", "a server has no origin: give the key either origins or --server")
    }
    for origin in origins {
      guard origin.utf8.count <= length, origin.firstMatch(of: /^https?:\/\/[^\/\s]+$/) != nil
      else {
        throw InvalidInput(
          "origin", "\(InvalidInput.shown(origin)) is no origin such as https://www.example.com")
      }
    }
    let secret = String((0..<32).compactMap { _ in letters.randomElement() })
    let rows = try await transaction.query(
      """
      INSERT INTO write_keys (name, hash, is_server, origins, date_added)
      VALUES (\(name), \(try hash(secret)), \(isServer), \(origins.map { $0.lowercased() })::text[],
        \(transaction.now)::timestamptz)
      RETURNING \(sql: columns)
      """)
    let key = try key(rows[0])
    try await AuditLog.write(
      [.init("create", "write_key", key.id)], by: .commandLine, in: transaction)
    return (key, secret)
  }

  /// Returns all keys, those that are revoked too.
  ///
  /// - Throws: `PostgresError`.
  package static func all(in pool: PostgresPool) async throws -> [WriteKey] {
    try await pool.query("SELECT \(sql: columns) FROM write_keys ORDER BY id").map(key)
  }

  /// Refuses a key from now on.
  ///
  /// - Returns: The key; nil if there is none with this id.
  /// - Throws: `PostgresError`.
  package static func revoke(_ id: Int64, in transaction: Transaction) async throws -> WriteKey? {
    let rows = try await transaction.query(
      """
      UPDATE write_keys SET revoked_at = coalesce(revoked_at, \(transaction.now)::timestamptz)
      WHERE id = \(id) RETURNING \(sql: columns)
      """)
    guard let key = try rows.first.map(key) else { return nil }
    try await AuditLog.write([.init("revoke", "write_key", id)], by: .commandLine, in: transaction)
    return key
  }

  /// Returns the keys in use, by their hashes.
  static func inUse(in pool: PostgresPool) async throws -> [String: WriteKey] {
    var keys: [String: WriteKey] = [:]
    let rows = try await pool.query(
      "SELECT hash, \(sql: columns) FROM write_keys WHERE revoked_at IS NULL")
    for row in rows { keys[try row.decode("hash")] = try key(row) }
    return keys
  }

  /// The hash under which a key is kept.
  static func hash(_ secret: String) throws -> String { try MessageDigest.sha256(secret) }

  private static let columns: SQL = "id, name, is_server, origins, date_added, revoked_at"

  private static func key(_ row: PostgresRow) throws -> WriteKey {
    WriteKey(
      id: try row.decode("id"), name: try row.decode("name"),
      isServer: try row.decode("is_server"), origins: try row.decode("origins"),
      dateAdded: try row.decode("date_added"), revokedAt: try row.decode("revoked_at"))
  }
}
