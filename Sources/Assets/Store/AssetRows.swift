import Contacts
import Foundation
package import Postgres

extension AssetValues: RecordValues {
  package static let columns: SQL = """
    title, alias, description, category_id, language, publish_up, publish_down, storage, file_id, url,
    extension, mime, size, is_hidden_from_search, is_published
    """

  package init(_ row: PostgresRow) throws {
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
  package var sql: SQL {
    """
    \(title), \(alias), \(description)::text, \(category)::bigint, \(language),
    \(publishUp)::timestamptz, \(publishDown)::timestamptz, \(storage.rawValue), \(file)::bigint,
    \(url)::text, \(fileExtension)::text, \(mime)::text, \(size), \(isHiddenFromSearch), \(isPublished)
    """
  }
}
