import Channels
import Contacts
import JobQueue
import Query
import Users

/// `/api/notifications` (API page, 10).
struct PushNotificationResource: RecordResource {
  let store: PushNotificationStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/notifications"
  let areas = [PermissionArea.notifications]
  let record: OwnedRecord? = .notification
  let names = (one: "notification", many: "notifications")
  let shape = ListShape.keyedByID()
  let query = ListQuery.pushNotifications

  var entitySchema: Schema {
    """
    @published id:id name:text heading:text message:text url:text? language:text category:ShortCategory? \
    button:text? utmTags:UtmTags publishUp:date? publishDown:date? readCount:integer sentCount:integer
    """
  }
  var required: [String] { ["name", "heading", "message"] }
  var example: JSONObject? {
    ["name": "Spring", "heading": "It is spring", "message": "Come and see."]
  }

  func json(_ notification: PushNotification, _ request: APIRequest) -> JSONValue {
    let values = notification.values
    return .object(
      JSONObject(isPublished: values.isPublished, notification.dates).with([
        "id": .int(Int(notification.id)), "name": .string(values.name),
        "heading": .string(values.heading), "message": .string(values.message),
        "url": JSONValue(values.url), "language": .string(values.language),
        "category": JSONValue(notification.category), "button": JSONValue(values.button),
        "utmTags": JSONValue(values.utm), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown), "readCount": 0, "sentCount": 0,
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> PushNotificationInput {
    var members = Members(body)
    var input = PushNotificationInput()
    input.name = members.text("name")
    input.heading = members.text("heading")
    input.message = members.text("message")
    input.url = members.optionalText("url")
    input.button = members.optionalText("button")
    input.language = members.optionalText("language")
    input.category = members.reference("category")
    input.utm = members.utm()
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
