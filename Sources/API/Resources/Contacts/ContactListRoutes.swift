import Contacts
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
      Route(.get, "/api/contacts/list/form", needs: .on(.contacts, .view)) {
        try await listForm($0)
      }.described(
        "The published fields of contacts or companies, with all that a form needs to know",
        query: "object:text", answer: "fields:list"),
      Route(.get, "/api/contacts/list/choices", needs: .on(.contacts, .view)) { _ in
        APIResponse(json: Self.choices)
      }.described(
        "The values of fields whose type has a closed list",
        answer: "country:list locale:list timezone:list"),
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

  /// The fields as `/api/fields` has them, for those who see contacts but not the administration of fields.
  private func listForm(_ request: APIRequest) async throws -> APIResponse {
    let definitions = try await fields.current()
    let shown =
      switch request.query["object"]?.text {
      case nil, "contact", "lead": definitions.contact
      case "company": definitions.company
      case let name?:
        throw APIError.validation([
          ("object", ["\(InvalidInput.shown(name)): must be contact or company"])
        ])
      }
    return APIResponse(json: ["fields": .array(shown.map(FieldResource.json))])
  }

  private static let choices: JSONValue = [
    "country": .array(CountryOptions.all.map { .string($0.value) }),
    "locale": .array(ValueList.locales.names.map(JSONValue.string)),
    "timezone": .array(ValueList.timeZones.names.map(JSONValue.string)),
  ]

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
