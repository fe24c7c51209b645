import HTTPTypes
import Hummingbird
import JobQueue
import NIOCore
import Themes
import Users

/// `/api/themes` (API page, 10).
struct ThemeRoutes: Sendable {
  let themes: ThemeStore
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/api/themes", needs: .on(.themes, .view)) { _ in try await list() }.described(
        "List themes", answer: "themes:object"),
      Route(.get, "/api/themes/{name:text}", needs: .on(.themes, .view)) { try await archive($0) }
        .described("A theme as an archive", file: "application/zip"),
      Route(.post, "/api/themes/new", needs: .on(.themes, .create), takesFile: true) {
        try await upload($0)
      }.described("Upload a theme", answer: "success:any"),
      Route(.delete, "/api/themes/{name:text}/delete", needs: .on(.themes, .delete)) {
        try await delete($0)
      }.described("Delete a theme", answer: "success:any"),
    ]
  }

  private func list() async throws -> APIResponse {
    let themes = try await themes.all().map { theme in
      let value: JSONValue = [
        "name": .string(theme.name), "key": .string(theme.key),
        "config": JSONValue(kept: theme.config),
      ]
      return (theme.key, value)
    }
    return APIResponse(json: ["themes": .object(JSONObject(themes))])
  }

  private func archive(_ request: APIRequest) async throws -> APIResponse {
    let key = try request.pathText("name")
    guard Self.isStorable(key), let bytes = try await themes.archive(of: key) else {
      throw APIError.notFound
    }
    return APIResponse(
      headers: [
        .contentType: "application/zip",
        .contentDisposition: StoredFile.disposition("\(key).zip", isInline: false),
      ], body: .whole(ByteBuffer(bytes: bytes)))
  }

  private func upload(_ request: APIRequest) async throws -> APIResponse {
    let author = try request.requiredUser.author
    // Room for what a form has beside the file.
    try request.checkLength(limit: ThemeArchive.mostBytes + 64 * 1024)
    guard request.contentType.value == "multipart/form-data" else {
      throw APIError(.notAcceptable, "The file must come as the member file of a form.")
    }
    let reader = try MultipartReader(body: request.body, contentType: request.contentType)
    while let part = try await reader.nextPart() {
      guard part.name == "file", let name = part.filename, !name.isEmpty else { continue }
      guard name.lowercased().hasSuffix(".zip") else {
        throw APIError(.notAcceptable, "A theme is a file whose name ends with .zip.")
      }
      var bytes: [UInt8] = []
      while let chunk = try await reader.nextChunk() {
        guard bytes.count + chunk.readableBytes <= ThemeArchive.mostBytes else {
          throw APIError.tooLarge("A theme has at most \(ThemeArchive.mostBytes) bytes.")
        }
        bytes.append(contentsOf: chunk.readableBytesView)
      }
      try await themes.save(
        try ThemeArchive(bytes, fileName: name), by: author, now: clock.now)
      return APIResponse(json: ["success": true])
    }
    throw APIError(.notAcceptable, "The form brings no file.")
  }

  private func delete(_ request: APIRequest) async throws -> APIResponse {
    let key = try request.pathText("name")
    let author = try request.requiredUser.author
    guard Self.isStorable(key), try await themes.delete(key, by: author, now: clock.now) else {
      throw APIError.notFound
    }
    return APIResponse(json: ["success": true])
  }

  /// Whether the database can be asked for a text.
  private static func isStorable(_ key: String) -> Bool { !key.utf8.contains(0) }
}
