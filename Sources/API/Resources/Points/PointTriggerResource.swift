import Contacts
import Hummingbird
import JobQueue
import Points
import Query
import Users

/// `/api/points/triggers`: effects of reaching a number of points (API page, 8.10).
struct PointTriggerResource: RecordResource {
  let store: PointTriggerStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/points/triggers"
  let areas = [PermissionArea.pointTriggers]
  let names = (one: "trigger", many: "triggers")
  let shape = ListShape.array
  let query = ListQuery.pointTriggers

  var entitySchema: Schema {
    """
    @published id:id name:text category:ShortCategory? description:text? publishUp:date? publishDown:date? \
    points:integer color:text? events:TriggerEvent[] triggerExistingLeads:truth group:ShortGroup?
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Warm", "points": 50] }
  var bodyLists: [String] { ["events"] }

  func json(_ trigger: PointTrigger, _ request: APIRequest) -> JSONValue {
    let rule = trigger.rule
    return .object(
      JSONObject(isPublished: rule.isPublished, trigger.dates).with([
        "id": .int(Int(trigger.id)), "name": .string(rule.name),
        "category": JSONValue(trigger.category), "description": JSONValue(rule.description),
        "publishUp": JSONValue(rule.publishUp), "publishDown": JSONValue(rule.publishDown),
        "points": .int(trigger.points), "color": JSONValue(trigger.color),
        "events": .array(trigger.events.map(Self.json)),
        "triggerExistingLeads": .bool(trigger.firesExisting), "group": JSONValue(trigger.group),
      ]))
  }

  private static func json(_ event: PointTriggerEvent) -> JSONValue {
    [
      "id": .int(Int(event.id)), "name": .string(event.name),
      "description": JSONValue(event.description), "type": .string(event.type),
      "order": .int(event.position), "properties": JSONValue(kept: event.properties),
    ]
  }
}

// MARK: What a body says

extension PointTriggerResource {
  static func input(_ body: JSONValue) throws(APIError) -> PointTriggerInput {
    var members = Members(body)
    var input = PointTriggerInput()
    input.rule = members.rule()
    input.points = members.integer("points")
    input.color = members.optionalText("color")
    input.firesExisting = members.truth("triggerExistingLeads")
    input.events = events(&members)
    try members.finish()
    return input
  }

  private static func events(_ members: inout Members) -> [PointTriggerEventInput]? {
    guard let given = members.body["events"], given != .null else { return nil }
    if given == .string("") { return [] }
    guard let elements = given.elements else {
      members.refuse("events", "must be a list")
      return nil
    }
    return elements.enumerated().map { place, element in
      var own = Members(element, prefix: "events[\(place)].")
      if element.asObject == nil { members.refuse("events[\(place)]", "must be an object") }
      var event = PointTriggerEventInput()
      // A number is an event's id; `new1` and the like name a new one.
      event.id = element["id"]?.integer.map(Int64.init)
      event.name = own.text("name")
      event.description = own.optionalText("description")
      event.type = own.text("type")
      event.position = own.integer("order")
      event.properties = own.properties()
      members.include(own)
      return event
    }
  }
}

// MARK: Events

extension PointTriggerResource {
  /// The routes of events alone.
  var eventRoutes: [Route] {
    [
      Route(.get, "\(path)/events/types", needs: .on(.pointTriggers, .view)) { _ in
        let types = PointTriggerEventType.allCases.sorted { $0.rawValue < $1.rawValue }
        return APIResponse(json: [
          "eventTypes": .object(JSONObject(types.map { ($0.rawValue, .string($0.label)) }))
        ])
      }.described("The types of events of triggers", answer: "eventTypes:object"),
      Route(.delete, "\(path)/{id}/events/delete", needs: .on(.pointTriggers, .edit)) {
        try await deleteEvents($0)
      }.described(
        "Delete events of a trigger", query: "events:any", body: "events:any",
        answer: "trigger:Trigger"),
    ]
  }

  private func deleteEvents(_ request: APIRequest) async throws -> APIResponse {
    var given = request.query["events"]
    if given == nil { given = try await request.parameters()["events"] }
    guard let given, given != .null else {
      throw APIError.badRequest("Name the events to delete with events.")
    }
    let events = try given.commaList.map { text throws(APIError) in
      guard let id = Int64(text.trimmingBlanks) else {
        throw .validation([("events", ["\(InvalidInput.shown(text)) is no id"])])
      }
      return id
    }
    let trigger = try await store.deleteEvents(
      events, of: try request.id, by: try request.requiredUser.author, now: clock.now)
    guard let trigger else { throw APIError.notFound }
    return APIResponse(json: [names.one: json(trigger, request)])
  }
}
