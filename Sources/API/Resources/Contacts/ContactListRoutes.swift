import Fields
import Hummingbird
import Postgres
import Users

/// `/api/contacts/list/…`: the choices of a form for contacts, without envelopes (API page, 8.2).
struct ContactListRoutes: Sendable {
  let fields: FieldStore
  let postgres: PostgresPool

  var routes: [Route] {
    [
      Route(.get, "/api/contacts/list/fields", needs: .on(.contacts, .view)) { _ in
        try await listFields()
      }.described("The fields of contacts, by id", answer: .map(of: .type("object"))),
      Route(.get, "/api/contacts/list/owners", needs: .on(.contacts, .view)) {
        try await listOwners($0)
      }.described(
        "The users who may own contacts", query: "filter:text @page",
        answer: .list(of: "id:integer firstName:text lastName:text")),
    ]
  }

  /// An object keyed by id.
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

  /// An array of the users who may own a contact.
  private func listOwners(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: 1000)
    let owners = try await UserStore.owners(
      named: request.query["filter"]?.text, start: paging.start, limit: paging.limit, on: postgres)
    return APIResponse(
      json: .array(
        owners.map { owner in
          [
            "id": .int(Int(owner.id)), "firstName": .string(owner.firstName),
            "lastName": .string(owner.lastName),
          ]
        }))
  }
}
