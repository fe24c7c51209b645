import Hummingbird

/// The ten endpoints of a resource; batches are in an extension.
struct StandardRoutes<Resource: StandardEndpoints>: Sendable {
  let resource: Resource

  var routes: [Route] {
    let path = resource.path
    return [
      Route(.get, path, access: resource.readAccess) { try await list($0) },
      Route(.get, "\(path)/{id}", access: resource.readAccess) { request in
        guard let entity = try await resource.find(try request.id, request) else {
          throw APIError.notFound
        }
        return envelope(
          entity, request, EntityView(request.query, minimal: resource.minimalMembers))
      },
      write(.post, "/new") { request in
        let (entity, isNew) = try await resource.create(try await body(request), request)
        return isNew ? created(entity, request) : envelope(entity, request)
      },
      write(.patch, "/{id}/edit") { try await edit($0, replacing: false) },
      write(.put, "/{id}/edit") { try await edit($0, replacing: true) },
      write(.delete, "/{id}/delete") { request in
        guard let entity = try await resource.delete(try request.id, request) else {
          throw APIError.notFound
        }
        return envelope(entity, request, .deleted)
      },
      write(.post, "/batch/new") { try await createBatch($0) },
      write(.patch, "/batch/edit") { try await editBatch($0, replacing: false) },
      write(.put, "/batch/edit") { try await editBatch($0, replacing: true) },
      write(.delete, "/batch/delete") { try await deleteBatch($0) },
    ]
  }

  /// A route that changes something. Those that create heed an idempotency key (API page, 11.1).
  private func write(
    _ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Route.Handler
  ) -> Route {
    Route(
      method, resource.path + path, access: resource.writeAccess,
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
    if let entity = try await resource.update(id, body, replacing: replacing, request) {
      return envelope(entity, request)
    }
    guard replacing else { throw APIError.notFound }
    return created(try await resource.createMissing(body, request), request)
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
