import Channels
import Contacts
import JobQueue
import Query
import Users

/// `/api/smses` (API page, 10).
struct SMSResource: RecordResource {
  let store: SMSStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/smses"
  let areas = [PermissionArea.smses]
  let record: OwnedRecord? = .sms
  let names = (one: "sms", many: "smses")
  let shape = ListShape.keyedByID()
  let query = ListQuery.smses

  var entitySchema: Schema {
    """
    @published id:id name:text message:text language:text category:ShortCategory? publishUp:date? \
    publishDown:date? sentCount:integer
    """
  }
  var required: [String] { ["name", "message"] }
  var example: JSONObject? { ["name": "Spring", "message": "It is spring."] }

  /// Sends a text to a contact, were there a transport. As there is none, the ids do not matter.
  var sendRoute: Route {
    Route(.get, "\(path)/{id}/contact/{cid}/send", needs: .on(.sms, .view)) { _ in
      APIResponse(json: ["error": ["message": "SMS transport is disabled.", "code": 417]])
    }.described("Send a text to a contact, were there a transport", answer: "error:object")
  }

  func json(_ sms: SMS, _ request: APIRequest) -> JSONValue {
    let values = sms.values
    return .object(
      JSONObject(isPublished: values.isPublished, sms.dates).with([
        "id": .int(Int(sms.id)), "name": .string(values.name),
        "message": .string(values.message), "language": .string(values.language),
        "category": JSONValue(sms.category), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown), "sentCount": 0,
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> SMSInput {
    var members = Members(body)
    var input = SMSInput()
    input.name = members.text("name")
    input.message = members.text("message")
    input.language = members.optionalText("language")
    input.category = members.reference("category")
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
