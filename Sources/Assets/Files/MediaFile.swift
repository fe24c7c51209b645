import Postgres

/// An uploaded file, whose bytes are read one part at a time from any position.
package struct MediaFile: Sendable, Identifiable, Equatable {
  package var id: Int64
  /// The name in its folder, made by Martlet.
  package var name: String
  /// The name with which it was uploaded.
  package var originalName: String
  /// The end of the name in small letters, without the point.
  package var fileExtension: String
  /// The size in bytes.
  package var size: Int64
  /// The SHA-256 that identifies the content.
  package var sha256: String
  /// The key of the object in the bucket with the content; nil where that is in the database.
  var objectKey: String?

  /// The content type.
  package var mime: String { ContentType.of(fileExtension) }

  /// Whether browsers show it without running anything in it.
  package var isShown: Bool { ContentType.shown.contains(mime) }

  static let columns: SQL = "id, name, original_name, extension, size, sha256, object_key"

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    name = try row.decode("name")
    originalName = try row.decode("original_name")
    fileExtension = try row.decode("extension")
    size = try row.decode("size")
    sha256 = try row.decode("sha256")
    objectKey = try row.decode("object_key")
  }
}
