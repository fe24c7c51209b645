import Hummingbird
import Segments

/// Members of segments by hand (API page, 8.3), and the segments of a contact (8.2).
struct SegmentMemberRoutes: Sendable {
  let store: SegmentStore
  let members: SegmentMembers

  var routes: [Route] {
    let add: Route.Handler = { try await change($0, adds: true) }
    let remove: Route.Handler = { try await change($0, adds: false) }
    return [
      action("/api/segments/{id}/contact/{cid}/add", add),
      action("/api/segments/{id}/contact/{cid}/remove", remove),
      action("/api/segments/{id}/contact/add/{cid}", add),
      action("/api/segments/{id}/contact/remove/{cid}", remove),
      Route(
        .post, "/api/segments/{id}/contacts/add",
        needs: .on(.segment, .view).and(.on(.contacts, .edit)), takesIdempotencyKey: true
      ) { try await addMany($0) }.described(
        "Add contacts to a segment", body: "ids:any", answer: "success:any details:map"),
      Route(.get, "/api/contacts/{id}/segments", needs: .on(.contact, .view)) {
        try await segments(of: $0)
      }.described("List the segments of a contact", answer: "total:integer lists:map"),
      Route(.get, "/api/contacts/list/segments", needs: .on(.segments, .view)) {
        try await choices($0)
      }.described("The segments to choose from, by id", answer: .phpMap(of: .type("object"))),
    ]
  }

  private func action(_ path: String, _ handler: @escaping Route.Handler) -> Route {
    Route(
      .post, path, needs: .on(.segment, .view).and(.on(.contact, .edit, "cid")),
      takesIdempotencyKey: true, handler
    ).described("Add a contact to a segment or remove it", answer: "success:any")
  }

  private func change(_ request: APIRequest, adds: Bool) async throws -> APIResponse {
    let segment = try await open(request)
    guard let contact = Int64(try request.pathText("cid")) else { throw APIError.notFound }
    let known =
      adds
      ? try await members.add([contact], to: segment.id)
      : try await members.remove([contact], from: segment.id)
    guard let known, known.contains(contact) else { throw APIError.notFound }
    return APIResponse(json: ["success": 1])
  }

  /// Adds each contact independently; missing ones do not affect the others.
  private func addMany(_ request: APIRequest) async throws -> APIResponse {
    let segment = try await open(request)
    guard let given = try await request.parameters()["ids"], given != .null else {
      throw APIError.badRequest("Name the contacts to add with ids.")
    }
    let names = given.commaList
    guard names.count <= SegmentMembers.maximumContacts else {
      throw APIError.badRequest(
        "A max of \(SegmentMembers.maximumContacts) contacts can be added in one request.")
    }
    let ids = names.compactMap { Int64($0.trimmingBlanks) }
    let editable = try await request.permitted(ids, .contact, .edit)
    guard
      let known = try await members.add(ids.filter(editable.contains), to: segment.id)
    else { throw APIError.notFound }
    var details = JSONObject()
    var seen: Set<String> = []
    for name in names.map(\.trimmingBlanks) where seen.insert(name).inserted {
      let isKnown = Int64(name).map(known.contains) ?? false
      details.append(name, ["success": .bool(isKnown)])
    }
    return APIResponse(json: [
      "success": 1, "details": details.isEmpty ? [] : .object(details),
    ])
  }

  /// The segment in the path, if the user may use it.
  private func open(_ request: APIRequest) async throws -> Segment {
    guard let segment = try await store.segment(try request.id) else { throw APIError.notFound }
    guard try request.segmentActor.mayUse(segment) else { throw APIError.forbidden }
    return segment
  }

  private func segments(of request: APIRequest) async throws -> APIResponse {
    guard let found = try await members.segments(of: try request.id) else {
      throw APIError.notFound
    }
    let actor = try request.segmentActor
    let lists = found.filter { actor.mayUse($0.segment) }.map { item -> (String, JSONValue) in
      let entity: JSONValue = [
        "id": .int(Int(item.segment.id)), "name": .string(item.segment.name),
        "alias": .string(item.segment.alias), "dateAdded": JSONValue(item.dateAdded),
        "manuallyAdded": .bool(item.isPinned), "manuallyRemoved": false,
      ]
      return (String(item.segment.id), entity)
    }
    return APIResponse(json: [
      "total": .int(lists.count), "lists": lists.isEmpty ? [] : .object(JSONObject(lists)),
    ])
  }

  /// An object keyed by id, without an envelope.
  private func choices(_ request: APIRequest) async throws -> APIResponse {
    let actor = try request.segmentActor
    let segments = try await store.choices(for: actor)
    let lists = segments.map { segment -> (String, JSONValue) in
      let entity: JSONValue = [
        "id": .int(Int(segment.id)), "name": .string(segment.name),
        "alias": .string(segment.alias),
      ]
      return (String(segment.id), entity)
    }
    return APIResponse(json: lists.isEmpty ? [] : .object(JSONObject(lists)))
  }
}
