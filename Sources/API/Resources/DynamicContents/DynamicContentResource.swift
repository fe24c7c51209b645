import Contacts
import DynamicContents
import JobQueue
import Query
import Users

/// `/api/dynamiccontents` (API page, 9).
struct DynamicContentResource: RecordResource {
  let store: DynamicContentStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/dynamiccontents"
  let areas = [PermissionArea.dynamicContents]
  let record: OwnedRecord? = .dynamicContent
  let names = (one: "dynamicContent", many: "dynamicContents")
  let shape = ListShape.keyedByID()
  let query = ListQuery.dynamicContents

  var entitySchema: Schema {
    """
    @published id:id name:text category:ShortCategory? publishUp:date? publishDown:date? sentCount:integer \
    variantParent:integer? variantChildren:integer[] content:text utmTags:UtmTags filters:list \
    isCampaignBased:truth slotName:text?
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Greeting", "content": "Hello"] }

  func json(_ content: DynamicContent, _ request: APIRequest) -> JSONValue {
    let values = content.values
    return .object(
      JSONObject(isPublished: values.isPublished, content.dates).with([
        "id": .int(Int(content.id)), "name": .string(values.name),
        "category": JSONValue(content.category), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown), "sentCount": .int(content.sent),
        "variantParent": JSONValue(values.variantParent),
        "variantChildren": .array(content.variants.map { .int(Int($0)) }),
        "content": .string(values.content),
        "utmTags": JSONValue(values.utm),
        "filters": Self.filters(JSONValue(kept: values.filters)),
        "isCampaignBased": .bool(values.isCampaignBased), "slotName": JSONValue(values.slot),
      ]))
  }

  /// Filters as they were sent, with their members in the order of the contract.
  private static func filters(_ kept: JSONValue) -> JSONValue {
    guard case .array(let items) = kept else { return [] }
    let order = ["glue", "field", "object", "type", "filter", "display", "operator", "properties"]
    return .array(
      items.map { item in
        guard case .object(let given) = item else { return item }
        var object = JSONObject()
        for name in order { if let value = given[name] { object.append(name, value) } }
        for member in given.members where !order.contains(member.key) {
          object.append(member.key, member.value)
        }
        return .object(object)
      })
  }

  static func input(_ body: JSONValue) throws(APIError) -> DynamicContentInput {
    var members = Members(body)
    var input = DynamicContentInput()
    input.name = members.text("name")
    input.category = members.reference("category")
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.content = members.optionalText("content")
    input.isCampaignBased = members.truth("isCampaignBased")
    input.slot = members.optionalText("slotName")
    input.variantParent = members.reference("variantParent")
    input.isPublished = members.truth("isPublished")
    input.variantWeight = members.variantWeight()
    input.utm = members.utm()
    if let given = body["filters"], given != .null {
      if given != .string(""), given.elements == nil {
        members.refuse("filters", "must be a list")
      }
      input.filters = given.elements == nil ? .array([]) : given.kept
    }
    try members.finish()
    return input
  }
}
