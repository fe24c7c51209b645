import Exports
import HTTPTypes
import Hummingbird
import Users

/// `/api/exports` and the export of a single contact (API page, 11.3; import-export.md part B).
struct ExportRoutes: Sendable {
  let exports: ExportService
  let pageCap: Int

  var routes: [Route] {
    let create: Route.Handler = { try await self.create($0) }
    let delete: Route.Handler = { try await self.delete($0) }
    return [
      Route(
        .post, "/api/exports/new", needs: .on(.contacts, .view).and(.on(.exports, .enable)),
        takesIdempotencyKey: true, create
      ).described(
        "Create an export",
        body: """
          object:text format:text search:text ids:any segment:reference where:any publishedOnly:truth \
          published:truth columns:any orderBy:text orderByDir:text raw:truth bom:truth delimiter:text \
          gzip:truth notifyEmail:truth *
          """, answer: "export:Export", statuses: [202], made: "export"),
      Route(
        .post, "/api/exports", needs: .on(.contacts, .view).and(.on(.exports, .enable)),
        takesIdempotencyKey: true, create
      ).described(
        "Create an export",
        body: """
          object:text format:text search:text ids:any segment:reference where:any publishedOnly:truth \
          published:truth columns:any orderBy:text orderByDir:text raw:truth bom:truth delimiter:text \
          gzip:truth notifyEmail:truth *
          """, answer: "export:Export", statuses: [202], made: "export"),
      Route(.get, "/api/exports", needs: .on(.exports, .enable)) { try await list($0) }.described(
        "List exports", query: "@list", answer: "total:integer exports:Export[]"),
      Route(.get, "/api/exports/{id}", needs: .on(.exports, .enable)) { try await show($0) }
        .described("Get one export", answer: "export:Export"),
      Route(.get, "/api/exports/{id}/download", needs: .on(.exports, .enable)) { request in
        let file = try await exports.file(try request.id, for: try request.exportUser)
        return try await ExportDownload(file: file).response(to: request)
      }.described("The file of an export", file: "*/*"),
      Route(
        .post, "/api/exports/{id}/cancel", needs: .on(.exports, .enable), takesIdempotencyKey: true
      ) { request in
        answer(try await exports.cancel(try request.id, by: try request.exportUser))
      }.described("Cancel an export", answer: "export:Export"),
      Route(.delete, "/api/exports/{id}/delete", needs: .on(.exports, .enable), delete).described(
        "Delete an export", answer: "export:Export"),
      Route(.delete, "/api/exports/{id}", needs: .on(.exports, .enable), delete).described(
        "Delete an export", answer: "export:Export"),
      Route(
        .get, "/api/contacts/{id}/export", needs: .on(.contact, .view).and(.on(.exports, .enable))
      ) {
        try await contact($0)
      }.described("One contact as a file", query: "format:text raw:truth", file: "*/*"),
    ]
  }

  private func answer(_ export: Export, status: HTTPResponse.Status = .ok) -> APIResponse {
    APIResponse(
      status: status, json: ["export": ExportEntity(export: export, now: exports.now).json])
  }

  private func create(_ request: APIRequest) async throws -> APIResponse {
    var options = try ExportParameters.options(try await request.parameters())
    options.selection.owner = try request.ownLimit(.contacts, .view)
    let export = try await exports.create(options, by: try request.exportUser)
    return answer(export, status: .accepted).with(.location, "/api/exports/\(export.id)")
  }

  /// Lists the user's own exports; an administrator sees all.
  private func list(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: pageCap)
    let user = try request.requiredUser
    let page = try await exports.store.list(
      try request.list, of: user.isAdministrator ? nil : user.id, start: paging.start,
      limit: paging.limit)
    let now = exports.now
    return APIResponse(json: [
      "total": .int(page.total),
      "exports": .array(page.exports.map { ExportEntity(export: $0, now: now).json }),
    ])
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let export = try await exports.get(try request.id, for: try request.exportUser)
    let response = answer(export)
    return export.status.isPending ? response.with(.retryAfter, "2") : response
  }

  /// The deleted entity comes back with its id null.
  private func delete(_ request: APIRequest) async throws -> APIResponse {
    let export = try await exports.delete(try request.id, by: try request.exportUser)
    var members = ExportEntity(export: export, now: exports.now).members
    members["id"] = .null
    return APIResponse(json: ["export": .object(members)])
  }

  /// Alias and value of one contact (EXP-19).
  private func contact(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    let name = request.query["format"]?.text ?? ExportFormat.csv.rawValue
    guard let format = ExportFormat(rawValue: name.lowercased()), format != .jsonl else {
      throw APIError.validation([("format", ["\"\(name)\" must be csv or xlsx"])])
    }
    let raw = request.query["raw"]?.truth ?? false
    guard let file = try await exports.contact(id, as: format, raw: raw) else {
      throw APIError.notFound
    }
    return APIResponse(
      headers: [
        .contentType: format.contentType,
        .contentDisposition: "attachment; filename=\"contact_\(id).\(format.rawValue)\"",
      ], body: .whole(ByteBuffer(bytes: file)))
  }
}

extension APIRequest {
  /// The user as an owner of exports.
  fileprivate var exportUser: ExportUser {
    get throws(APIError) {
      let user = try requiredUser
      return ExportUser(
        user.author, isAdministrator: user.isAdministrator)
    }
  }
}
