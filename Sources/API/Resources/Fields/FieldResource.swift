import Fields
import JobQueue
import Query
import Users

/// `/api/fields/contact` and `/api/fields/company` (API page, 8.5).
///
/// Fields change the tables of all contacts, so only administrators write them.
struct FieldResource: StandardResource {
  let object: FieldObject
  let fields: FieldStore
  let creator: FieldCreator
  let clock: WallClock
  let pageCap: Int

  var path: String { "/api/fields/\(object == .contact ? "contact" : "company")" }
  let areas = [PermissionArea.fields]
  let changing: PermissionAction? = .full
  let publishes = false
  let names = (one: "field", many: "fields")
  let shape = ListShape.keyedByID()

  var entitySchema: Schema {
    """
    @published id:id label:text alias:text type:text group:text order:integer object:text defaultValue:text? \
    isRequired:truth isFixed:truth isListable:truth isVisible:truth isShortVisible:truth \
    isUniqueIdentifier:truth isPubliclyUpdatable:truth isIndex:truth charLengthLimit:integer? properties:any
    """
  }
  var required: [String] { ["label"] }
  var example: JSONObject? { ["label": "Shoe size", "type": "number"] }
  func readBody(_ body: JSONValue) throws { _ = try FieldBody.new(body, object) }

  func list(_ request: APIRequest) async throws -> (entities: [Field], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let page = try await fields.page(
      object, start: paging.start, limit: paging.limit,
      where: try ListQuery.fields.condition(wanted), order: try ListQuery.fields.order(wanted))
    return (page.fields, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Field? {
    guard let field = try await fields.current().field(id: id), field.object == object else {
      return nil
    }
    return field
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Field, isNew: Bool) {
    let field = try await creator.create(
      FieldBody.new(body, object), by: try request.requiredUser.author, now: clock.now)
    return (field, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Field? {
    guard try await find(id, request) != nil else { return nil }
    let edit = try FieldBody.edit(body, replacing: replacing)
    do {
      return try await fields.update(
        id, edit, by: try request.requiredUser.author, now: clock.now)
    } catch FieldError.notFound {
      return nil
    }
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Field? {
    guard try await find(id, request) != nil else { return nil }
    do {
      return try await fields.delete(id, by: try request.requiredUser.author, now: clock.now)
    } catch FieldError.notFound {
      return nil
    }
  }

  func id(of field: Field) -> Int64 { field.id }

  func json(_ field: Field, _ request: APIRequest) -> JSONValue { Self.json(field) }

  static func json(_ field: Field) -> JSONValue {
    [
      "isPublished": .bool(field.isPublished), "dateAdded": JSONValue(field.dateAdded),
      "dateModified": JSONValue(field.dateModified), "createdBy": JSONValue(field.createdBy),
      "createdByUser": JSONValue(field.createdByUser), "modifiedBy": JSONValue(field.modifiedBy),
      "modifiedByUser": JSONValue(field.modifiedByUser), "id": .int(Int(field.id)),
      "label": .string(field.label), "alias": .string(field.alias),
      "type": .string(field.type.rawValue), "group": .string(field.group.rawValue),
      "order": .int(field.position), "object": .string(field.object.rawValue),
      "defaultValue": JSONValue(field.defaultValue), "isRequired": .bool(field.isRequired),
      "isFixed": .bool(field.isFixed), "isListable": .bool(field.isListable),
      "isVisible": .bool(field.isVisible), "isShortVisible": .bool(field.isShortVisible),
      "isUniqueIdentifier": .bool(field.isUniqueIdentifier),
      "isPubliclyUpdatable": .bool(field.isPubliclyUpdatable), "isIndex": .bool(field.isIndex),
      "charLengthLimit": JSONValue(field.characterLimit),
      "properties": JSONValue(kept: field.properties),
    ]
  }
}
