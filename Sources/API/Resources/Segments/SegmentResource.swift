import Hummingbird
import Postgres
import Segments
import Users

/// `/api/segments`: the ten standard endpoints (API page, 8.3).
struct SegmentResource: StandardResource {
  let store: SegmentStore
  let editor: SegmentEditor
  let pageCap: Int

  let path = "/api/segments"
  let areas = [PermissionArea.segments]
  let record: OwnedRecord? = .segment
  let names = (one: "list", many: "lists")
  let shape = ListShape.keyedByID()
  let minimalMembers: Set<String>? = [
    "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
    "modifiedByUser", "id",
  ]

  var entitySchema: Schema {
    """
    @published id:id name:text publicName:text alias:text description:text? category:ShortCategory? \
    filters:list isGlobal:truth isPreferenceCenter:truth
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Readers"] }
  func readBody(_ body: JSONValue) throws { _ = try SegmentInput(body) }

  func list(_ request: APIRequest) async throws -> (entities: [Segment], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let asked = try request.list
    let visible = SegmentList.visible(to: try request.segmentActor)
    let condition = try SegmentList.query.condition(asked)
    let page = try await store.page(
      where: "(\(sql: visible)) AND \(sql: condition)", order: try SegmentList.query.order(asked),
      start: paging.start, limit: paging.limit)
    return (page.segments, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Segment? {
    guard let segment = try await store.segment(id) else { return nil }
    guard try request.segmentActor.mayUse(segment) else { throw APIError.forbidden }
    return segment
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Segment, isNew: Bool) {
    let segment = try await editor.create(SegmentInput(body), by: try request.segmentActor)
    return (segment, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Segment? {
    try await editor.edit(
      id, SegmentInput(body), replacing: replacing, by: try request.segmentActor)
  }

  /// Not guarded, as existing clients rely on it (SEG-90).
  func delete(_ id: Int64, _ request: APIRequest) async throws -> Segment? {
    try await editor.delete([id], force: true, by: try request.segmentActor).deleted.first
  }

  func id(of segment: Segment) -> Int64 { segment.id }

  func json(_ segment: Segment, _ request: APIRequest) -> JSONValue { JSONValue(segment) }
}

extension APIRequest {
  /// The segments that the user may name.
  var segmentAccess: SegmentAccess {
    get throws(APIError) {
      let user = try requiredUser
      return SegmentAccess(user: user.id, isAdministrator: user.isAdministrator)
    }
  }

  /// The user as an actor of segments.
  var segmentActor: SegmentActor {
    get throws(APIError) {
      let user = try requiredUser
      return SegmentActor(
        id: user.userID, name: user.fullName, address: user.address,
        isAdministrator: user.isAdministrator)
    }
  }
}
