import Channels
import Contacts
import JobQueue
import Query
import Users

/// `/api/tweets` (API page, 10).
struct TweetResource: RecordResource {
  let store: TweetStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/tweets"
  let areas = [PermissionArea.tweets]
  let record: OwnedRecord? = .tweet
  let names = (one: "tweet", many: "tweets")
  let shape = ListShape.keyedByID()
  let query = ListQuery.tweets

  var entitySchema: Schema {
    """
    @published id:id name:text text:text language:text category:ShortCategory? mediaId:text? mediaPath:text? \
    sentCount:integer favoriteCount:integer retweetCount:integer description:text?
    """
  }
  var required: [String] { ["name", "text"] }
  var example: JSONObject? { ["name": "Spring", "text": "It is spring."] }

  func json(_ tweet: Tweet, _ request: APIRequest) -> JSONValue {
    let values = tweet.values
    return .object(
      JSONObject(isPublished: values.isPublished, tweet.dates).with([
        "id": .int(Int(tweet.id)), "name": .string(values.name), "text": .string(values.text),
        "language": .string(values.language), "category": JSONValue(tweet.category),
        "mediaId": JSONValue(values.mediaID), "mediaPath": JSONValue(values.mediaPath),
        "sentCount": 0, "favoriteCount": 0, "retweetCount": 0,
        "description": JSONValue(values.description),
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> TweetInput {
    var members = Members(body)
    var input = TweetInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.text = members.text("text")
    input.language = members.optionalText("language")
    input.category = members.reference("category")
    input.mediaID = members.optionalText("mediaId")
    input.mediaPath = members.optionalText("mediaPath")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
