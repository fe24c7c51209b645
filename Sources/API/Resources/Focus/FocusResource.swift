import Contacts
import Focus
import JobQueue
import Query
import Users

/// `/api/focus` (API page, 10).
struct FocusResource: RecordResource {
  let store: FocusStore
  let site: String
  let clock: WallClock
  let pageCap: Int

  let path = "/api/focus"
  let areas = [PermissionArea.focusItems]
  let record: OwnedRecord? = .focus
  let names = (one: "focus", many: "focus")
  let shape = ListShape.keyedByID()
  let query = ListQuery.focus

  var entitySchema: Schema {
    """
    @published id:id name:text category:ShortCategory? description:text? type:text website:text? style:text \
    publishUp:date? publishDown:date? properties:any utmTags:UtmTags form:integer? htmlMode:text html:text? \
    editor:text? cache:any
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Bar", "type": "notice", "style": "bar"] }

  /// The script of an item, as visitors get it.
  var scriptRoute: Route {
    Route(.post, "/api/focus/{id}/js", needs: .on(.focus, .view)) { request in
      guard let item = try await store.find(try request.id) else { throw APIError.notFound }
      return APIResponse(json: ["js": .string(try FocusScript(item, site: site).text())])
    }.described("The script of a focus item", answer: "js:text")
  }

  func json(_ item: FocusItem, _ request: APIRequest) -> JSONValue {
    let values = item.values
    return .object(
      JSONObject(isPublished: values.isPublished, item.dates).with([
        "id": .int(Int(item.id)), "name": .string(values.name),
        "category": JSONValue(item.category), "description": JSONValue(values.description),
        "type": .string(values.kind.rawValue), "website": JSONValue(values.website),
        "style": .string(values.style.rawValue), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown),
        "properties": Self.properties(JSONValue(kept: values.properties)),
        "utmTags": JSONValue(values.utm),
        "form": JSONValue(values.form), "htmlMode": .string(values.mode.rawValue),
        "html": JSONValue(values.html), "editor": JSONValue(values.editor), "cache": .null,
      ]))
  }

  /// PHP writes an empty object as a list.
  private static func properties(_ value: JSONValue) -> JSONValue {
    value.isEmptyContainer ? [] : value
  }

  static func input(_ body: JSONValue) throws(APIError) -> FocusInput {
    var members = Members(body)
    var input = FocusInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.website = members.optionalText("website")
    input.html = members.optionalText("html")
    input.editor = members.optionalText("editor")
    input.category = members.reference("category")
    input.kind = members.text("type")
    input.style = members.text("style")
    // Read as `htmlMode`, written by clients as the field of Mautic's form.
    let mode = members.text("htmlMode")
    input.mode = members.text("html_mode") ?? mode
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.form = members.reference("form")
    input.isPublished = members.truth("isPublished")
    if let given = body["properties"], given != .null {
      if given != .string(""), !given.isEmptyContainer, given.asObject == nil {
        members.refuse("properties", "must be an object")
      }
      input.properties = given.asObject == nil ? .object([:]) : given.kept
    }
    input.utm = members.utm()
    try members.finish()
    return input
  }
}
