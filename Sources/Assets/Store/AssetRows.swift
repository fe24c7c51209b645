import Contacts
import Foundation
import Postgres

extension Asset {
  /// The columns of an asset with its counts: of `assets` and ``source``.
  static let columns: SQL = """
    assets.id, \(sql: AssetValues.columns), revision, coalesce(n.downloads, 0) AS downloads,
    coalesce(n.devices, 0) AS devices, \(sql: RecordDates.columns(of: "assets"))
    """

  static let source: SQL = """
    assets LEFT JOIN LATERAL (
      SELECT sum(c.downloads)::bigint AS downloads, sum(c.devices)::bigint AS devices
      FROM asset_counts c WHERE c.asset_id = assets.id
    ) AS n ON true
    """

  /// Decodes assets, with their categories in one further statement.
  static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Asset] {
    let filed = try rows.compactMap { try $0.decode("category_id", as: Int64?.self) }
    let categories = try await CategoryStore.categories(Set(filed).sorted(), on: connection)
    return try rows.map { row in
      let values = try AssetValues(row)
      return Asset(
        id: try row.decode("id"), values: values,
        category: values.category.flatMap { categories[$0] },
        revision: try row.decode("revision"), downloads: try row.decode("downloads"),
        uniqueDownloads: try row.decode("devices"), dates: try RecordDates(row))
    }
  }
}

extension AssetValues {
  static let columns: SQL = """
    title, alias, description, category_id, language, publish_up, publish_down, storage, file_id, url,
    extension, mime, size, is_hidden_from_search, is_published
    """

  init(_ row: PostgresRow) throws {
    title = try row.decode("title")
    alias = try row.decode("alias")
    description = try row.decode("description")
    category = try row.decode("category_id")
    language = try row.decode("language")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    storage = Asset.Storage(rawValue: try row.decode("storage")) ?? .local
    file = try row.decode("file_id")
    url = try row.decode("url")
    fileExtension = try row.decode("extension")
    mime = try row.decode("mime")
    size = try row.decode("size")
    isHiddenFromSearch = try row.decode("is_hidden_from_search")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  var sql: SQL {
    """
    \(title), \(alias), \(description)::text, \(category)::bigint, \(language),
    \(publishUp)::timestamptz, \(publishDown)::timestamptz, \(storage.rawValue), \(file)::bigint,
    \(url)::text, \(fileExtension)::text, \(mime)::text, \(size), \(isHiddenFromSearch), \(isPublished)
    """
  }
}
