import Foundation
import HTTPTypes
import Hummingbird
import Imports
import JobQueue

/// `/api/imports` (API page, 11.2).
struct ImportRoutes: Sendable {
  let imports: ImportService
  let clock: WallClock
  let pageCap: Int
  let uploadLimit: Int

  var routes: [Route] {
    let create: Route.Handler = { try await self.create($0) }
    let edit: Route.Handler = { try await self.edit($0) }
    let delete: Route.Handler = { try await self.delete($0) }
    return [
      Route(
        .post, "/api/imports/new", needs: .on(.imports, .create), takesIdempotencyKey: true,
        takesFile: true, create
      ).described(
        "Create an import",
        query: """
          object:text originalFile:text filename:text autoStart:truth priority:integer \
          allowDuplicates:truth background:truth fields:any mapping:any defaults:any parser:any *
          """,
        body: """
          object:text originalFile:text filename:text autoStart:truth priority:integer \
          allowDuplicates:truth background:truth fields:any mapping:any defaults:any parser:any *
          """, answer: "import:Import", statuses: [202], made: "import"),
      Route(
        .post, "/api/imports", needs: .on(.imports, .create), takesIdempotencyKey: true,
        takesFile: true, create
      ).described(
        "Create an import",
        query: """
          object:text originalFile:text filename:text autoStart:truth priority:integer \
          allowDuplicates:truth background:truth fields:any mapping:any defaults:any parser:any *
          """,
        body: """
          object:text originalFile:text filename:text autoStart:truth priority:integer \
          allowDuplicates:truth background:truth fields:any mapping:any defaults:any parser:any *
          """, answer: "import:Import", statuses: [202], made: "import"),
      Route(.put, "/api/imports/{id}/file", needs: .on(.imports, .create), takesFile: true) {
        try await upload($0)
      }.described("Upload the file of an import", answer: "import:Import", statuses: [202]),
      Route(.get, "/api/imports", needs: .on(.imports, .view)) { try await list($0) }.described(
        "List imports", query: "@list status:text object:text",
        answer: "total:integer imports:Import[]"),
      Route(.get, "/api/imports/fields", needs: .on(.imports, .view)) { try await fields($0) }
        .described(
          "The fields that columns can be mapped to", query: "object:text",
          answer: "total:integer fields:list"),
      Route(.get, "/api/imports/{id}", needs: .on(.imports, .view)) { try await show($0) }
        .described("Get one import", answer: "import:Import", statuses: [200, 304]),
      Route(.patch, "/api/imports/{id}/edit", needs: .on(.imports, .edit), edit).described(
        "Change an import before it begins",
        body: """
          fields:any mapping:any defaults:any parser:any properties:any priority:integer \
          allowDuplicates:truth
          """, answer: "import:Import"),
      Route(.patch, "/api/imports/{id}", needs: .on(.imports, .edit), edit).described(
        "Change an import before it begins",
        body: """
          fields:any mapping:any defaults:any parser:any properties:any priority:integer \
          allowDuplicates:truth
          """, answer: "import:Import"),
      Route(.delete, "/api/imports/{id}/delete", needs: .on(.imports, .delete), delete).described(
        "Delete an import", answer: "import:Import"),
      Route(.delete, "/api/imports/{id}", needs: .on(.imports, .delete), delete).described(
        "Delete an import", answer: "import:Import"),
      Route(.get, "/api/imports/{id}/failed", needs: .on(.imports, .view)) { try await failed($0) }
        .described(
          "The rows that were not imported", query: "format:text @page",
          answer: "total:integer rows:list", file: "text/csv"),
      Route(.get, "/api/imports/{id}/warnings", needs: .on(.imports, .view)) {
        try await warnings($0)
      }.described(
        "The rows that were imported otherwise than written", query: "@page",
        answer: "total:integer rows:list"),
      Route(.get, "/api/imports/{id}/preview", needs: .on(.imports, .view)) {
        try await preview($0)
      }.described(
        "The first rows of the file", query: "limit:integer",
        answer: "headers:texts columns:texts rows:list fields:map"),
      Route(
        .post, "/api/imports/{id}/start", needs: .on(.imports, .edit), takesIdempotencyKey: true
      ) { request in
        let parameters = try await request.parameters()
        let item = try await imports.start(
          try request.id, allowDuplicates: parameters["allowDuplicates"]?.truth,
          background: parameters["background"]?.truth, by: try request.actor)
        return answer(item, status: .accepted)
      }.described(
        "Start an import", body: "allowDuplicates:truth background:truth", answer: "import:Import",
        statuses: [202]),
      Route(
        .post, "/api/imports/{id}/background", needs: .on(.imports, .edit),
        takesIdempotencyKey: true
      ) { request in
        answer(
          try await imports.moveToBackground(try request.id, by: try request.actor),
          status: .accepted)
      }.described("Go on in the background", answer: "import:Import", statuses: [202]),
      Route(.post, "/api/imports/{id}/stop", needs: .on(.imports, .edit), takesIdempotencyKey: true)
      { request in
        answer(try await imports.stop(try request.id, by: try request.actor))
      }.described("Stop an import", answer: "import:Import", statuses: [200]),
      Route(
        .post, "/api/imports/{id}/resume", needs: .on(.imports, .edit), takesIdempotencyKey: true
      ) { request in
        answer(
          try await imports.resume(try request.id, by: try request.actor), status: .accepted)
      }.described("Resume an import", answer: "import:Import", statuses: [202]),
      Route(
        .post, "/api/imports/{id}/cancel", needs: .on(.imports, .edit), takesIdempotencyKey: true
      ) { request in
        answer(try await imports.cancel(try request.id, by: try request.actor))
      }.described("Cancel an import", answer: "import:Import", statuses: [200]),
      Route(.post, "/api/imports/{id}/undo", needs: .on(.imports, .edit), takesIdempotencyKey: true)
      { request in
        answer(
          try await imports.undo(try request.id, by: try request.actor), status: .accepted)
      }.described("Undo an import", answer: "import:Import", statuses: [202]),
    ]
  }

  /// The entity; with 202 also the location to poll.
  func answer(_ item: Import, status: HTTPResponse.Status = .ok) -> APIResponse {
    var response = APIResponse(
      status: status, json: ["import": ImportEntity(item, at: clock.now).json])
    if status == .accepted { response.headers[.location] = "/api/imports/\(item.id)" }
    return response
  }

  // MARK: Reading

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: pageCap)
    let page = try await imports.store.list(
      try request.list, status: try ImportStatus.asked(request.query),
      object: try ImportObject.asked(request.query), start: paging.start, limit: paging.limit)
    let now = clock.now
    return APIResponse(json: [
      "total": .int(page.total),
      "imports": .array(page.imports.map { ImportEntity($0, at: now).json }),
    ])
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let entity = ImportEntity(try await imports.store.get(try request.id), at: clock.now)
    var response =
      entity.matches(request.headers[.ifNoneMatch])
      ? APIResponse(status: .notModified, body: .whole(ByteBuffer()))
      : APIResponse(json: ["import": entity.json])
    response.headers[.eTag] = entity.tag
    if entity.isMoving { response.headers[.retryAfter] = entity.retryAfter }
    return response
  }

  private func fields(_ request: APIRequest) async throws -> APIResponse {
    let name = request.query["object"]?.text ?? "contact"
    guard let object = ImportObject(name: name) else {
      throw APIError.validation([("object", ["must be contact or company"])])
    }
    let fields = try await imports.catalog(object).fields
    return APIResponse(json: [
      "total": .int(fields.count),
      "fields": .array(
        fields.map { field in
          [
            "alias": .string(field.alias), "label": .string(field.label),
            "type": .string(field.type), "kind": .string(field.kind.rawValue),
            "isUniqueIdentifier": .bool(field.isUniqueIdentifier),
            "isRequired": .bool(field.isRequired),
          ]
        }),
    ])
  }

  private func preview(_ request: APIRequest) async throws -> APIResponse {
    let rows = min(max(1, request.query["limit"]?.integer ?? 10), 100)
    let preview = try await imports.preview(try request.id, rows: rows)
    return APIResponse(json: [
      "headers": .array(preview.headers.map(JSONValue.string)),
      "columns": .array(preview.columns.map(JSONValue.string)),
      "rows": .array(preview.rows.map { .array($0.map(JSONValue.string)) }),
      "fields": ImportEntity.mapping(preview.guess, headers: preview.headers),
    ])
  }

  // MARK: Changing

  private func edit(_ request: APIRequest) async throws -> APIResponse {
    let parameters = try await request.parameters()
    let id = try request.id
    let present = try await imports.store.get(id)
    let edit = try ImportParameters.edit(parameters, of: present)
    if let list = edit.defaults?.list, list != present.defaults.list {
      try await imports.check(list, for: try request.segmentAccess)
    }
    return answer(try await imports.edit(id, edit, by: try request.actor))
  }

  /// The deleted entity comes back with its id null.
  private func delete(_ request: APIRequest) async throws -> APIResponse {
    let item = try await imports.store.get(try request.id)
    try await imports.delete(item.id)
    var json = ImportEntity(item, at: clock.now).members
    json["id"] = .null
    return APIResponse(json: ["import": .object(json)])
  }
}

extension APIRequest {
  /// The user as an actor of imports.
  var actor: ImportActor {
    get throws(APIError) {
      let user = try requiredUser
      let limit: Int64? =
        switch rights.access(.contacts, .edit) {
        case .none: 0
        case .own: user.id
        case .all: nil
        }
      return ImportActor(id: user.userID, name: user.fullName, ownerLimit: limit)
    }
  }
}
