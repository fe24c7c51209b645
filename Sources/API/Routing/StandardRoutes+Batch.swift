import Hummingbird

/// Batches: items are independent, one that fails does not undo the others (API page, sections 5 and 7).
extension StandardRoutes {
  /// The maximum number of items of a batch; computed, since a generic type has no static stored properties.
  static var batchLimit: Int { 200 }

  /// The outcome of the items so far.
  private struct Outcome {
    var entities: [Resource.Entity] = []
    var codes: [JSONValue] = []
    var errors: [(position: Int, error: APIError)] = []
  }

  /// Answers 201 whatever the outcome of the items.
  func createBatch(_ request: APIRequest) async throws -> APIResponse {
    try await batch(request, status: .created) { body in
      let (entity, isNew) = try await create(body, request)
      return (entity, isNew)
    }
  }

  func editBatch(_ request: APIRequest, replacing: Bool) async throws -> APIResponse {
    try await batch(request, status: .ok) { body in
      guard let id = body["id"]?.integer, id > 0 else {
        throw APIError.badRequest("The id of the entity to change is missing.")
      }
      try await require(.edit, Int64(id), request)
      if let entity = try await update(Int64(id), body, replacing: replacing, request) {
        return (entity, false)
      }
      guard replacing else { throw APIError.notFound }
      return (try await createMissing(body, request), true)
    }
  }

  /// The entities as they were, with their ids, in the order asked for; unknown ones are left out.
  func deleteBatch(_ request: APIRequest) async throws -> APIResponse {
    let ids = try await idList(request)
    try Self.checkCount(ids.count)
    var outcome = Outcome()
    for (position, id) in ids.enumerated() {
      do {
        try await require(.delete, id, request)
        guard let entity = try await resource.delete(id, request) else { continue }
        outcome.entities.append(entity)
      } catch {
        outcome.errors.append((position, ErrorMapping.apiError(for: error, logger: request.logger)))
      }
    }
    return answer(outcome, request, status: .ok, hasCodes: false)
  }

  private func batch(
    _ request: APIRequest, status: HTTPResponse.Status,
    _ apply: (JSONValue) async throws -> (Resource.Entity, isNew: Bool)
  ) async throws -> APIResponse {
    guard let items = try await request.parameters().elements else {
      throw APIError.badRequest("The body must be an array of entities.")
    }
    try Self.checkCount(items.count)
    var outcome = Outcome()
    for (position, item) in items.enumerated() {
      do {
        guard let object = item.asObject else {
          throw APIError.badRequest("An item of the batch must be an object.")
        }
        let (entity, isNew) = try await apply(.object(object))
        outcome.entities.append(entity)
        outcome.codes.append(.int(isNew ? 201 : 200))
      } catch {
        let error = ErrorMapping.apiError(for: error, logger: request.logger)
        outcome.errors.append((position, error))
        outcome.codes.append(.int(error.status.code))
      }
    }
    return answer(outcome, request, status: status, hasCodes: true)
  }

  private static func checkCount(_ count: Int) throws(APIError) {
    guard count <= batchLimit else {
      throw APIError(
        .internalServerError, "A max of \(batchLimit) entities can be processed in one request.")
    }
  }

  /// `ids` of the query or of the body: a list, an object by position, or text with commas.
  private func idList(_ request: APIRequest) async throws -> [Int64] {
    var given = request.query["ids"]
    if given == nil { given = try await request.parameters()["ids"] }
    guard let given, given != .null else {
      throw APIError.badRequest("Name the entities to delete with ids.")
    }
    var seen: Set<Int64> = []
    // A text that is not an id is skipped, like an unknown id.
    return given.commaList.compactMap { Int64($0.trimmingBlanks) }.filter {
      seen.insert($0).inserted
    }
  }

  private func answer(
    _ outcome: Outcome, _ request: APIRequest, status: HTTPResponse.Status, hasCodes: Bool
  ) -> APIResponse {
    let write = resource.writer(request, .whole)
    var json = JSONWriter(capacity: 256 + outcome.entities.count * 1024)
    json.beginObject()
    json.key(resource.names.many)
    json.beginArray()
    for entity in outcome.entities { write(entity, &json) }
    json.endArray()
    if hasCodes {
      json.key("statusCodes")
      json.value(.array(outcome.codes))
    }
    if !outcome.errors.isEmpty {
      json.key("errors")
      json.value(APIError.json(byPosition: outcome.errors))
    }
    json.endObject()
    return APIResponse(status: status, jsonBytes: json.bytes)
  }
}

extension APIError {
  /// Errors of a batch, keyed by position; an array, as PHP writes it, where every position from 0 is there.
  static func json(byPosition errors: [(position: Int, error: APIError)]) -> JSONValue {
    if errors.map(\.position) == Array(errors.indices) {
      return .array(errors.map(\.error.json))
    }
    return .object(JSONObject(errors.map { (String($0.position), $0.error.json) }))
  }
}
