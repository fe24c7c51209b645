import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// Reads and writes assets (api.md 9).
package struct AssetStore: Sendable {
  let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  var pool: PostgresPool { transactions.postgres }

  /// Returns the asset with an id; `nil` if there is none.
  package func asset(_ id: Int64) async throws -> Asset? {
    try await pool.withConnection { try await Self.asset(id, on: $0) }
  }

  /// Returns a page of assets and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of assets to skip.
  ///   - limit: The maximum number of assets to return.
  ///   - condition: A condition on the table `assets`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY assets.id"
  ) async throws -> (assets: [Asset], total: Int) {
    try await pool.page(
      Asset.columns, from: Asset.source, where: condition, order: order, start: start, limit: limit
    ) { rows, connection in try await Asset.read(rows, on: connection) }
  }

  /// Creates an asset.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(_ input: AssetInput, by author: Author, now: Date) async throws -> Asset {
    var values = try AssetValues(input, before: nil, replacing: true)
    return try await transactions.transaction(at: now) { transaction in
      try await take(input, &values, in: transaction)
      let rows = try await transaction.query(
        """
        INSERT INTO assets (\(sql: AssetValues.columns), date_added, created_by, created_by_user)
        VALUES (\(sql: values.sql), \(now), \(author.id)::bigint, \(author.name)::text) RETURNING id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      try await audit("create", id, by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Changes an asset.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults (`PUT`); the file stays.
  /// - Returns: The changed asset; `nil` if there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: AssetInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Asset? {
    try await transactions.transaction(at: now) { transaction in
      await transaction.sendWithNext("SELECT FROM assets WHERE id = \(id) FOR NO KEY UPDATE")
      guard let before = try await Self.asset(id, on: transaction.connection) else { return nil }
      var after = try AssetValues(input, before: before.values, replacing: replacing)
      try await take(input, &after, in: transaction)
      guard after != before.values else { return before }
      try await transaction.query(
        """
        UPDATE assets SET (\(sql: AssetValues.columns)) = ROW(\(sql: after.sql)),
          revision = revision + 1, date_modified = \(now), modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        WHERE id = \(id)
        """)
      let details = AuditLog.differences(
        zip(before.values.members, after.members).map { ($0.name, $0.value, $1.value) })
      try await audit("update", id, details: .object(details), by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Deletes an asset. Downloads stay in the histories of contacts.
  ///
  /// - Returns: The deleted asset; `nil` if there was none.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Asset? {
    try await transactions.transaction(at: now) { transaction in
      await transaction.sendWithNext("SELECT FROM assets WHERE id = \(id) FOR UPDATE")
      guard let asset = try await Self.asset(id, on: transaction.connection) else { return nil }
      try await transaction.query("DELETE FROM assets WHERE id = \(id)")
      try await audit(
        "delete", id, details: .object(["title": .string(asset.values.title)]), by: author,
        in: transaction)
      return asset
    }
  }

  /// Reads what an input says of the file, and checks the category. The file is kept from being removed meanwhile.
  private func take(
    _ input: AssetInput, _ values: inout AssetValues, in transaction: Transaction
  ) async throws {
    if let name = input.file, !name.isEmpty {
      switch values.storage {
      case .remote: try values.setAddress(name)
      case .local:
        values.setFile(try await uploaded(name, on: transaction.connection))
      }
    } else if values.file == nil, values.url == nil {
      throw InvalidInput("file", "a value is required")
    }
    try await CategoryStore.require(values.category.map { [$0] } ?? [], on: transaction.connection)
  }

  /// The file with a name in the folder `media`, or in one inside of it.
  private func uploaded(
    _ name: String, on connection: PostgresConnection
  ) async throws -> MediaFile {
    let unknown = InvalidInput(
      "file", "\(InvalidInput.shown(name)) was not uploaded to the folder media")
    let parts = name.split(separator: "/").map(String.init)
    guard let last = parts.last else { throw unknown }
    let folder: MediaFolder
    do throws(MediaError) {
      folder = try MediaFolder(
        MediaFolder.media, inner: parts.dropLast().joined(separator: "/"))
    } catch {
      throw unknown
    }
    let file = try await MediaFileStore.file(
      last, in: folder, locking: "FOR KEY SHARE", on: connection)
    guard let file else { throw unknown }
    return file
  }

  private static func asset(_ id: Int64, on connection: PostgresConnection) async throws -> Asset? {
    let rows = try await connection.query(
      "SELECT \(sql: Asset.columns) FROM \(sql: Asset.source) WHERE assets.id = \(id)")
    return try await Asset.read(rows, on: connection).first
  }

  private func found(_ id: Int64, in transaction: Transaction) async throws -> Asset {
    guard let asset = try await Self.asset(id, on: transaction.connection) else {
      throw InvalidInput("id", "there is no asset \(id)")
    }
    return asset
  }

  private func audit(
    _ action: String, _ id: Int64, details: JSONValue = .object([:]), by author: Author,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "asset", id, details: details)], by: author, in: transaction)
  }
}
