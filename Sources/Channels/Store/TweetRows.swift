package import Contacts
package import Postgres
package import Primitives

extension TweetValues: RecordValues {
  /// The maximum number of characters of a tweet.
  private static let longestText = 280

  package static let columns: SQL = """
    name, description, text, language, category_id, media_id, media_path, is_published
    """

  package init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    description = try row.decode("description")
    text = try row.decode("text")
    language = try row.decode("language")
    category = try row.decode("category_id")
    mediaID = try row.decode("media_id")
    mediaPath = try row.decode("media_path")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    """
    \(name), \(description)::text, \(text), \(language), \(category)::bigint, \(mediaID)::text,
    \(mediaPath)::text, \(isPublished)
    """
  }

  /// Applies an input to the values that there are; the category is checked by the store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new tweet.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: `InvalidInput`.
  package init(_ input: TweetInput, before: TweetValues?, replacing: Bool) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? TweetValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    if let given = input.description {
      description = try RecordText.optional(given, "description", html: true)
    }
    if kept == nil || input.text != nil {
      text = try ChannelText.required(input.text, "text", limit: Self.longestText)
    }
    if let given = input.language { language = try ChannelText.language(given) }
    category = input.category ?? category
    if let given = input.mediaID {
      mediaID = try RecordText.optional(given, "mediaId", limit: 255)
    }
    if let given = input.mediaPath {
      mediaPath = try RecordText.optional(given, "mediaPath", limit: 255)
    }
    isPublished = input.isPublished ?? isPublished
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)), ("text", .string(text)),
      ("language", .string(language)), ("category", JSONValue(category)),
      ("mediaId", JSONValue(mediaID)), ("mediaPath", JSONValue(mediaPath)),
      ("isPublished", .boolean(isPublished)),
    ]
  }
}
