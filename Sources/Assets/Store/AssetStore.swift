import Contacts
package import Foundation
package import JobQueue
package import Postgres

/// Reads and writes assets (api.md 9). Downloads of a deleted one stay in the histories of contacts.
package struct AssetStore: TableStore {
  package typealias Record = Asset

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  private var pool: PostgresPool { transactions.postgres }

  package static let table = "assets"
  package static let noun = "asset"
  package static let revision: String? = "revision"
  package static let further: SQL? = """
    coalesce(n.downloads, 0) AS downloads, coalesce(n.devices, 0) AS devices
    """
  package static let source: SQL = """
    assets LEFT JOIN LATERAL (
      SELECT sum(c.downloads)::bigint AS downloads, sum(c.devices)::bigint AS devices
      FROM asset_counts c WHERE c.asset_id = assets.id
    ) AS n ON true
    """

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Asset] {
    try await read(rows, on: connection) { row, values, category in
      Asset(
        id: try row.decode("id"), values: values, category: category,
        revision: try row.decode("revision"), downloads: try row.decode("downloads"),
        uniqueDownloads: try row.decode("devices"), dates: try RecordDates(row))
    }
  }

  /// Returns the newest asset of a category that visitors may have at an instant; `nil` if there is none.
  package func newest(inCategory category: Int64, at instant: Date) async throws -> Asset? {
    try await page(
      start: 0, limit: 1,
      where: """
        assets.category_id = \(category) AND assets.is_published
        AND coalesce(assets.publish_up <= \(instant), true)
        AND coalesce(assets.publish_down > \(instant), true)
        """, order: "ORDER BY assets.id DESC"
    ).records.first
  }

  /// Returns the last parts of the addresses of assets, by id; unknown ids are left out.
  ///
  /// - Throws: `PostgresError`.
  package func slugs(of ids: [Int64]) async throws -> [Int64: String] {
    guard !ids.isEmpty else { return [:] }
    return try await pool.withConnection { try await Self.slugs(of: ids, on: $0) }
  }

  /// Returns the last parts of the addresses of assets, by id; unknown ids are left out.
  ///
  /// - Throws: `PostgresError`.
  package static func slugs(
    of ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: String] {
    let rows = try await connection.query("SELECT id, alias FROM assets WHERE id = ANY (\(ids))")
    var slugs: [Int64: String] = [:]
    for row in rows {
      let id: Int64 = try row.decode(at: 0)
      slugs[id] = "\(id):\(try row.decode(at: 1, as: String.self))"
    }
    return slugs
  }

  /// Reads what an input says of the file, which is kept from being removed meanwhile. The file stays where everything is
  /// replaced.
  package func values(
    _ input: AssetInput, before: Asset?, replacing: Bool, in transaction: Transaction
  ) async throws -> AssetValues {
    var values = try AssetValues(input, before: before?.values, replacing: replacing)
    if let name = input.file, !name.isEmpty {
      switch values.storage {
      case .remote: try values.setAddress(name)
      case .local:
        values.setFile(try await uploaded(name, on: transaction.connection))
      }
    } else if values.file == nil, values.url == nil {
      throw InvalidInput("file", "a value is required")
    }
    return values
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
}
