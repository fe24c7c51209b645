package import Contacts
package import Query

/// A text for Twitter (api.md 10). Nothing sends it: there is no transport.
package struct Tweet: TableRecord, Equatable {
  /// The tweet's id.
  package var id: Int64
  /// The values that users set.
  package var values: TweetValues
  /// The category it is filed under.
  package var category: Category?
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The values of a tweet that users set.
package struct TweetValues: Sendable, Equatable {
  package var name = ""
  package var description: String?
  /// What it says.
  package var text = ""
  package var language = "en"
  /// The category's id.
  package var category: Int64?
  /// The id that Twitter has given to its picture or film.
  package var mediaID: String?
  /// The path of the file of its picture or film.
  package var mediaPath: String?
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for a tweet; `nil` leaves a value as it is.
package struct TweetInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The description; an empty text removes it, as it does the media's id and path.
  package var description: String?
  /// What it says, 1 to 280 characters.
  package var text: String?
  /// The language, at most 35 characters; `en` where it is empty.
  package var language: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// The id that Twitter has given to its picture or film, at most 255 characters.
  package var mediaID: String?
  /// The path of the file of its picture or film, at most 255 characters.
  package var mediaPath: String?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of tweets; its conditions refer to the table `tweets` by that name.
  package static let tweets = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "tweets"), QueryColumn("name", .text, of: "tweets"),
      QueryColumn("description", .text, of: "tweets"), QueryColumn("text", .text, of: "tweets"),
      QueryColumn("language", .text, of: "tweets", otherNames: ["lang"]),
      QueryColumn("category_id", .integer, of: "tweets", otherNames: ["category"]),
      QueryColumn("media_id", .text, of: "tweets"), QueryColumn("media_path", .text, of: "tweets"),
    ] + published("tweets"),
    mainColumns: ["name", "text"],
    commands: ["lang": find(QueryColumn("language", .text, of: "tweets"), at: .whole)])
}
