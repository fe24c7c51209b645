import Campaigns
import Hummingbird
import Primitives
import Themes

/// Campaigns as documents (API page, 8.4): ours, and those of Mautic 7.
struct CampaignDocumentRoutes: Sendable {
  /// The maximum number of bytes of an archive.
  static let mostArchiveBytes = 32 * 1024 * 1024

  let resource: CampaignResource

  private var documents: CampaignDocuments { resource.campaigns.documents }

  var routes: [Route] {
    [
      Route(.get, "/api/campaigns/{id}/export", needs: .on(.campaign, .view)) { request in
        try Self.answer(try await documents.document(of: try request.id))
      }.described("A campaign as a document", answer: .any),
      Route(.get, "/api/campaigns/export/{id}", needs: .on(.campaign, .view)) { request in
        try Self.answer(try await documents.mauticDocument(of: try request.id))
      }.described("A campaign as a document of Mautic", answer: .any),
      Route(
        .post, "/api/campaigns/import", needs: .on(.campaigns, .create), takesIdempotencyKey: true
      ) { try await load($0) }.described(
        "Create campaigns from a document, or an archive with one", body: "*",
        answer: "imported:list", statuses: [201]),
    ]
  }

  private static func answer(_ document: Primitives.JSONValue?) throws -> APIResponse {
    guard let document else { throw APIError.notFound }
    return APIResponse(json: JSONValue(kept: document))
  }

  private func load(_ request: APIRequest) async throws -> APIResponse {
    let imported = try await documents.import(
      try await document(in: request).kept, by: try request.requiredUser.author)
    var entities: [JSONValue] = []
    for item in imported {
      entities.append([
        "campaign": JSONValue(try await resource.view(item.campaign)),
        "missing": .array(
          item.missing.map { missing in
            [
              "kind": .string(missing.kind), "name": .string(missing.name),
              "events": .array(missing.events.map(JSONValue.string)),
            ]
          }),
      ])
    }
    return APIResponse(status: .created, json: ["imported": .array(entities)])
  }

  /// The document: the body itself, or the first file in JSON of an archive, which is the body or a file of a form.
  ///
  /// - Throws: `APIError` 400 for what is neither, 413 for too much.
  private func document(in request: APIRequest) async throws -> JSONValue {
    switch request.contentType.value {
    case "application/zip", "application/x-zip-compressed":
      try request.checkLength(limit: Self.mostArchiveBytes)
      let content = try await request.body.collect(upTo: Self.mostArchiveBytes)
      return try Self.document(archive: Array(content.readableBytesView), request)
    case "multipart/form-data":
      // Room for what a form has beside the file.
      try request.checkLength(limit: Self.mostArchiveBytes + 64 * 1024)
      let reader = try MultipartReader(body: request.body, contentType: request.contentType)
      while let part = try await reader.nextPart() {
        guard let name = part.filename, !name.isEmpty else { continue }
        var bytes: [UInt8] = []
        while let chunk = try await reader.nextChunk() {
          guard bytes.count + chunk.readableBytes <= Self.mostArchiveBytes else {
            throw APIError.tooLarge("A file has at most \(Self.mostArchiveBytes) bytes.")
          }
          bytes.append(contentsOf: chunk.readableBytesView)
        }
        return name.lowercased().hasSuffix(".zip")
          ? try Self.document(archive: bytes, request) : try Self.document(bytes, request)
      }
      throw APIError.badRequest("The form brings no file.")
    default:
      return try await request.parameters()
    }
  }

  private static func document(
    archive bytes: [UInt8], _ request: APIRequest
  ) throws(APIError) -> JSONValue {
    let file: [UInt8]?
    do {
      file = try ZipFile.first(".json", in: bytes, upTo: request.parameterLimit)
    } catch {
      throw .badRequest("The archive cannot be read: \(error).")
    }
    guard let file else { throw .badRequest("The archive has no file whose name ends with .json.") }
    return try document(file, request)
  }

  private static func document(
    _ bytes: [UInt8], _ request: APIRequest
  ) throws(APIError) -> JSONValue {
    guard bytes.count <= request.parameterLimit else {
      throw .tooLarge("A document has at most \(request.parameterLimit) bytes.")
    }
    do {
      return try JSONParser.parse(bytes)
    } catch {
      throw .badRequest("The document does not parse: \(error.message) at byte \(error.offset).")
    }
  }
}
