import Hummingbird
import Users

/// The ten endpoints of a resource; batches are in an extension.
struct StandardRoutes<Resource: StandardEndpoints>: Sendable {
  let resource: Resource

  var routes: [Route] {
    let path = resource.path
    return zip(handled(path), operations).map { $0.described($1) }
  }

  private func handled(_ path: String) -> [Route] {
    [
      Route(.get, path, needs: needs(.view)) { try await list($0) },
      Route(.get, "\(path)/{id}", needs: needs(.view, ofOne: true)) { request in
        guard let entity = try await resource.find(try request.id, request) else {
          throw APIError.notFound
        }
        return envelope(
          entity, request, EntityView(request.query, minimal: resource.minimalMembers))
      },
      write(.post, "/new", .create) { request in
        let (entity, isNew) = try await create(try await body(request), request)
        return isNew ? created(entity, request) : envelope(entity, request)
      },
      write(.patch, "/{id}/edit", .edit, ofOne: true) { try await edit($0, replacing: false) },
      write(.put, "/{id}/edit", .edit, ofOne: true) { try await edit($0, replacing: true) },
      write(.delete, "/{id}/delete", .delete, ofOne: true) { request in
        guard let entity = try await resource.delete(try request.id, request) else {
          throw APIError.notFound
        }
        return envelope(entity, request, .deleted)
      },
      write(.post, "/batch/new", .create) { try await createBatch($0) },
      write(.patch, "/batch/edit", .edit) { try await editBatch($0, replacing: false) },
      write(.put, "/batch/edit", .edit) { try await editBatch($0, replacing: true) },
      write(.delete, "/batch/delete", .delete) { try await deleteBatch($0) },
    ]
  }

  /// A route that changes something. Those that create heed an idempotency key (API page, 11.1).
  private func write(
    _ method: HTTPRequest.Method, _ path: String, _ action: PermissionAction,
    ofOne: Bool = false, _ handler: @escaping Route.Handler
  ) -> Route {
    Route(
      method, resource.path + path, needs: needs(action, ofOne: ofOne),
      takesIdempotencyKey: method == .post, handler)
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let found = try await resource.page(request)
    let page = ListPage(
      resource: resource, entities: found.entities, total: found.total, request: request,
      view: EntityView(request.query, minimal: resource.minimalMembers))
    return found.isEstimated ? page.response.with(.totalEstimated, "1") : page.response
  }

  private func edit(_ request: APIRequest, replacing: Bool) async throws -> APIResponse {
    let id = try request.id
    let body = try await body(request)
    if let entity = try await update(id, body, replacing: replacing, request) {
      return envelope(entity, request)
    }
    guard replacing else { throw APIError.notFound }
    return created(try await createMissing(body, request), request)
  }

  private func created(_ entity: Resource.Entity, _ request: APIRequest) -> APIResponse {
    var response = envelope(entity, request)
    response.status = .created
    return response.with(.location, "\(resource.path)/\(resource.id(of: entity))")
  }

  private func envelope(
    _ entity: Resource.Entity, _ request: APIRequest, _ view: EntityView = .whole
  ) -> APIResponse {
    var json = JSONWriter(capacity: 4096)
    json.beginObject()
    json.key(resource.names.one)
    resource.writer(request, view)(entity, &json)
    json.endObject()
    return APIResponse(jsonBytes: json.bytes)
  }

  private func body(_ request: APIRequest) async throws -> JSONValue {
    guard let object = try await request.parameters().asObject else {
      throw APIError.badRequest("The body must be an object.")
    }
    return .object(object)
  }
}
