import Contacts
import Fields
import Foundation
import Hummingbird
import JobQueue
import Mail
import Query
import Users

/// `/api/contacts`: the ten standard endpoints (API page, 8.1).
struct ContactRoutes: StandardEndpoints {
  let contacts: ContactStore
  let editor: ContactEditor
  let fields: FieldStore
  let commands: [String: SearchCommand]
  let clock: WallClock
  let pageCap: Int

  let path = "/api/contacts"
  let areas = [PermissionArea.contacts]
  let record: OwnedRecord? = .contact
  let publishes = false
  let names = (one: "contact", many: "contacts")
  let shape = ListShape.keyedByID(emptyObject: true)
  let totalIsText = true
  let minimalMembers: Set<String>? = ContactView.minimal

  var entitySchema: Schema {
    """
    @published id:id points:integer color:text? fields:FieldGroups lastActive:date? owner:ShortUser? \
    ipAddresses:map tags:Tag[] utmtags:list stage:object? dateIdentified:date? preferredProfileImage:text? \
    doNotContact:list frequencyRules:list
    """
  }
  var example: JSONObject? { ["firstname": "Ada", "email": "ada@example.com", "tags": ["news"]] }
  var bodyIsOpen: Bool { true }
  func readBody(_ body: JSONValue) throws { ContactBody.note(body) }

  func list(_ request: APIRequest) async throws -> (entities: [Contact], total: Int) {
    let page = try await page(request)
    return (page.entities, page.total)
  }

  func page(_ request: APIRequest) async throws -> EntityPage<Contact> {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    try await request.segmentAccess.check(search: wanted.search, on: contacts.pool)
    // The whole list does not depend on fields.
    let list =
      wanted.isWhole
      ? nil : ListQuery.contacts(try await fields.current(), commands: commands)
    let page = try await contacts.page(
      start: paging.start, limit: paging.limit, order: try list?.orders(wanted) ?? [],
      where: try list?.limits(wanted))
    return EntityPage(
      entities: page.contacts, total: page.total, isEstimated: page.isEstimated)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Contact? {
    try await contacts.contact(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Contact, isNew: Bool) {
    let (contact, isNew) = try await editor.upsert(
      try newInput(body, request), from: try origin(request))
    return (contact, isNew)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Contact? {
    try await editor.edit(
      id, try ContactBody(body).input, mode: replacing ? .replace : .patch,
      from: try origin(request))?.contact
  }

  /// Creates without looking for an existing one (8.1, rule 4).
  func createMissing(_ body: JSONValue, _ request: APIRequest) async throws -> Contact {
    try await editor.create(try newInput(body, request), from: try origin(request))
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Contact? {
    try await editor.delete(id, from: try request.contactOrigin(.delete, at: clock.now))
  }

  func id(of contact: Contact) -> Int64 { contact.id }

  func writer(_ request: APIRequest, _ view: EntityView) -> EntityWriter<Contact> {
    // Parts shared by all contacts of a page are rendered once.
    var writer: ContactWriter?
    return { contact, json in
      let known = writer ?? makeWriter(contact.fields.fields, request, view)
      writer = known
      known.write(contact, to: &json)
    }
  }

  private func makeWriter(
    _ fields: [Field], _ request: APIRequest, _ view: EntityView
  ) -> ContactWriter {
    if view == .whole { return .whole(fields) }
    let isWhole = view.hidesID
    return ContactWriter(
      fields: fields,
      view: isWhole ? ContactView() : ContactView(request.query, fields: fields.map(\.alias)),
      hidesID: view.hidesID)
  }

  private func newInput(_ body: JSONValue, _ request: APIRequest) throws -> ContactInput {
    var input = try ContactBody(body).input
    if input.owner == .absent, let owner = try request.ownerOfNew { input.owner = .given(owner) }
    return input
  }

  private func origin(_ request: APIRequest) throws -> ContactOrigin {
    try request.contactOrigin(at: clock.now)
  }
}
