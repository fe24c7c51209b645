import Contacts
import Fields
import JobQueue
import Query
import Users

/// `/api/companies`: the ten standard endpoints (API page, 8.7).
struct CompanyResource: StandardResource {
  let companies: CompanyStore
  let fields: FieldStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/companies"
  let areas = [PermissionArea.contacts]
  let record: OwnedRecord? = .company
  let publishes = false
  let names = (one: "company", many: "companies")
  let shape = ListShape.keyedByID(emptyObject: true)
  let totalIsText = true

  var entitySchema: Schema { "@published id:id fields:FieldGroups score:integer owner:ShortUser?" }
  var required: [String] { ["companyname"] }
  var example: JSONObject? { ["companyname": "Lovelace Ltd"] }
  var bodyIsOpen: Bool { true }

  func readBody(_ body: JSONValue) throws {
    var members = Members(body)
    _ = members.truth("force")
    _ = try Self.input(&members)
  }

  func list(_ request: APIRequest) async throws -> (entities: [Company], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let list = ListQuery.companies(try await fields.current())
    let page = try await companies.page(
      start: paging.start, limit: paging.limit, where: try list.limits(wanted),
      order: try list.order(wanted))
    return (page.companies, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Company? {
    try await companies.company(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Company, isNew: Bool) {
    var members = Members(body)
    let force = members.truth("force") ?? false
    let (company, isNew) = try await companies.create(
      try newInput(&members, request), force: force,
      by: try request.requiredUser.author, now: clock.now
    ) { try await request.require(.company, .edit, $0) }
    return (company, isNew)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Company? {
    var members = Members(body)
    return try await companies.update(
      id, Self.input(&members), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  /// Creates without looking for an existing one, as for contacts.
  func createMissing(_ body: JSONValue, _ request: APIRequest) async throws -> Company {
    var members = Members(body)
    return try await companies.create(
      try newInput(&members, request), force: true, by: try request.requiredUser.author,
      now: clock.now
    ).company
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Company? {
    try await companies.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of company: Company) -> Int64 { company.id }

  func json(_ company: Company, _ request: APIRequest) -> JSONValue { Self.json(company) }

  static func json(_ company: Company) -> JSONValue {
    [
      "isPublished": .bool(company.isPublished), "dateAdded": JSONValue(company.dateAdded),
      "dateModified": JSONValue(company.dateModified), "createdBy": JSONValue(company.createdBy),
      "createdByUser": JSONValue(company.createdByUser),
      "modifiedBy": JSONValue(company.modifiedBy),
      "modifiedByUser": JSONValue(company.modifiedByUser), "id": .int(Int(company.id)),
      "fields": FieldsMember.json(company.id, company.fields), "score": .int(company.score),
      "owner": JSONValue(company.owner),
    ]
  }

  private func newInput(
    _ members: inout Members, _ request: APIRequest
  ) throws(APIError) -> CompanyInput {
    var input = try Self.input(&members)
    if input.owner == nil, let owner = try request.ownerOfNew { input.owner = .some(owner) }
    return input
  }

  private static func input(_ members: inout Members) throws(APIError) -> CompanyInput {
    var input = CompanyInput()
    input.owner = members.reference("owner")
    input.score = members.integer("score")
    input.isPublished = members.truth("isPublished")
    input.overwritesWithBlank = members.truth("overwriteWithBlank") ?? false
    if case .object(let body) = members.body {
      input.values = Dictionary(
        body.members.map { ($0.key, $0.value.kept) }, uniquingKeysWith: { $1 })
    }
    try members.finish()
    return input
  }
}
