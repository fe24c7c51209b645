import Contacts
import JobQueue
import Query
import Users
import Webhooks

/// `/api/hooks` (API page, 9).
struct WebhookResource: RecordResource {
  let store: WebhookStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/hooks"
  let areas = [PermissionArea.webhooks]
  let record: OwnedRecord? = .webhook
  let names = (one: "hook", many: "hooks")
  let shape = ListShape.keyedByID()
  let query = ListQuery.webhooks

  var entitySchema: Schema {
    """
    @published id:id name:text description:text? webhookUrl:text secret:text eventsOrderbyDir:text? \
    category:ShortCategory? triggers:texts batchSize:integer isPaused:truth failures:integer \
    disabledReason:text?
    """
  }
  var required: [String] { ["name", "webhookUrl"] }
  var example: JSONObject? {
    [
      "name": "Shop", "webhookUrl": "https://shop.example.com/hook",
      "triggers": ["mautic.lead_post_save_new"],
    ]
  }

  func json(_ webhook: Webhook, _ request: APIRequest) -> JSONValue {
    let values = webhook.values
    return .object(
      JSONObject(isPublished: values.isPublished, webhook.dates).with([
        "id": .int(Int(webhook.id)), "name": .string(values.name),
        "description": JSONValue(values.description), "webhookUrl": .string(values.url),
        "secret": .string(values.secret), "eventsOrderbyDir": JSONValue(values.order?.rawValue),
        "category": JSONValue(webhook.category),
        "triggers": .array(values.events.map { .string($0.rawValue) }),
        "batchSize": .int(values.batchSize), "isPaused": .bool(webhook.isPaused),
        "failures": .int(webhook.failures), "disabledReason": JSONValue(webhook.disabledReason),
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> WebhookInput {
    var members = Members(body)
    var input = WebhookInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.category = members.reference("category")
    input.url = members.text("webhookUrl")
    input.secret = members.text("secret")
    input.order = members.optionalText("eventsOrderbyDir")
    input.batchSize = members.integer("batchSize")
    input.isPublished = members.truth("isPublished")
    if let given = body["triggers"], given != .null {
      input.events = given.commaList
      if let elements = given.elements, elements.contains(where: { $0.text == nil }) {
        members.refuse("triggers", "must be a list of keys")
      }
    }
    try members.finish()
    return input
  }
}
