import Contacts
import Hummingbird

/// `/api/contacts`, reading (API page, 8.1 and 8.2).
struct ContactRoutes: Sendable {
  let contacts: ContactStore
  let fields: FieldStore
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/contacts") { try await list($0) },
      Route(.get, "/api/contacts/{id}") { try await show($0) },
      Route(.get, "/api/contacts/list/fields") { _ in try await listFields() },
    ]
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let query = request.query
    let definitions = try await fields.current()
    let paging = Paging(query, cap: pageCap)
    let wanted = try request.list
    let list = ListQuery.contacts(definitions)
    let page = try await contacts.page(
      start: paging.start, limit: paging.limit, order: try list.orders(wanted),
      where: try list.condition(wanted))
    let writer = ContactWriter(
      fields: page.contacts.first?.fields.fields ?? [],
      view: ContactView(query, fields: definitions.contact.map(\.alias)))
    var json = JSONWriter(capacity: 1024 + page.contacts.count * 12_000)
    json.beginObject()
    json.key("total")
    // Text of digits here, a number in most other lists (API page, section 4).
    json.value(String(page.total))
    json.key("contacts")
    json.beginObject()
    for contact in page.contacts {
      json.key(String(contact.id))
      writer.write(contact, to: &json)
    }
    json.endObject()
    json.endObject()
    return APIResponse(jsonBytes: json.bytes)
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    guard let contact = try await contacts.contact(try request.id) else { throw APIError.notFound }
    let definitions = contact.fields.fields
    var json = JSONWriter(capacity: 16_384)
    json.beginObject()
    json.key("contact")
    ContactWriter(
      fields: definitions,
      view: ContactView(request.query, fields: definitions.map(\.alias))
    ).write(contact, to: &json)
    json.endObject()
    return APIResponse(jsonBytes: json.bytes)
  }

  /// An object keyed by id, without an envelope.
  private func listFields() async throws -> APIResponse {
    let definitions = try await fields.current()
    return APIResponse(
      json: .object(
        JSONObject(
          definitions.contact.map { field in
            (
              String(field.id),
              [
                "id": .int(Int(field.id)), "label": .string(field.label),
                "alias": .string(field.alias), "type": .string(field.type.rawValue),
                "group": .string(field.group.rawValue), "order": .int(field.position),
                "object": .string(field.object.rawValue),
              ]
            )
          })))
  }
}
