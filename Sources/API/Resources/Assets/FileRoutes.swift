import Assets
import HTTPTypes
import Hummingbird
import NIOCore
import Primitives

/// `/api/files`: uploaded files, and the pictures among them for anybody (API page, 10).
struct FileRoutes: Sendable {
  let services: AssetServices
  let uploadLimit: Int

  private var files: MediaFileStore { services.files }

  var routes: [Route] {
    [
      Route(.get, "/api/files/{dir:text}", needs: .on(.assets, .view)) { try await list($0) }
        .described("List files of a folder", query: "subdir:text", answer: "files:texts"),
      Route(.post, "/api/files/{dir:text}/new", needs: .on(.assets, .create), takesFile: true) {
        try await upload($0)
      }.described("Upload a file", query: "subdir:text", answer: "file:object"),
      Route(.delete, "/api/files/{dir:text}/{file:text}/delete", needs: .onAll(.assets, .delete)) {
        try await delete($0)
      }.described("Delete a file", query: "subdir:text", answer: "success:any"),
      Route(.get, "/media/images/{file:text}", needs: .anyone) { try await picture($0) }.summarized(
        "A picture"),
      Route(.get, "/media/images/{sub:text}/{file:text}", needs: .anyone) {
        try await picture($0)
      }.summarized("A picture of a folder"),
    ]
  }

  private func folder(_ request: APIRequest) throws -> MediaFolder {
    try MediaFolder(try request.pathText("dir"), inner: request.query["subdir"]?.text)
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let names = try await files.names(try folder(request))
    return APIResponse(json: ["files": .array(names.map { .string($0) })])
  }

  private func upload(_ request: APIRequest) async throws -> APIResponse {
    let folder = try folder(request)
    try request.checkLength(limit: uploadLimit)
    guard request.contentType.value == "multipart/form-data" else {
      throw APIError(.notAcceptable, "The file must come as the member file of a form.")
    }
    let reader = try MultipartReader(body: request.body, contentType: request.contentType)
    while let part = try await reader.nextPart() {
      guard part.name == "file", let name = part.filename, !name.isEmpty else { continue }
      let file = try await files.receive(folder, name: name, by: request.user?.userID) {
        try await reader.nextChunk()?.readableBytesView
      }
      var answer: JSONObject = ["name": .string(file.name)]
      if folder.isPublic { answer.append("link", .string(link(file, in: folder))) }
      return APIResponse(json: ["file": .object(answer)])
    }
    throw APIError(.notAcceptable, "The form brings no file.")
  }

  /// The address of a picture; folders inside are joined by points.
  private func link(_ file: MediaFile, in folder: MediaFolder) -> String {
    let inner = folder.inner.replacing("/", with: ".")
    return "\(services.site)/media/images/\(inner.isEmpty ? "" : "\(inner)/")\(file.name)"
  }

  private func delete(_ request: APIRequest) async throws -> APIResponse {
    guard try await files.delete(try request.pathText("file"), in: try folder(request)) else {
      throw APIError.notFound
    }
    return APIResponse(json: ["success": true])
  }

  /// Only names of pictures are taken into these folders, and no browser takes them for anything else.
  private func picture(_ request: APIRequest) async throws -> APIResponse {
    let folder: MediaFolder
    do throws(MediaError) {
      folder = try MediaFolder(
        MediaFolder.images,
        inner: (request.pathParameters["sub"] ?? "").replacing(".", with: "/"))
    } catch {
      return PublicPage.notFound
    }
    guard let file = try await files.file(try request.pathText("file"), in: folder), file.isShown
    else { return PublicPage.notFound }
    return try await StoredFile.answer(
      file, from: files,
      headers: [
        .contentType: file.mime, .cacheControl: "public, max-age=31536000, immutable",
        .contentSecurityPolicy: StoredFile.policy,
      ]
    ).response(to: request)
  }
}

/// Uploaded files as answers.
enum StoredFile {
  /// Nothing in a file that is opened runs, or loads anything.
  static let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

  static func answer(
    _ file: MediaFile, from files: MediaFileStore, headers: HTTPFields
  ) -> FileAnswer {
    FileAnswer(
      size: file.size, hash: file.sha256, headers: headers,
      read: { range, write in
        try await files.read(range, of: file) { try await write(ByteBuffer(bytes: $0)) }
      },
      check: { try await files.check(file) })
  }

  /// The disposition of a file with a name of a client: in ASCII for old programs, and as it is.
  static func disposition(_ name: String, isInline: Bool) -> String {
    let plain = String(
      name.unicodeScalars.map { scalar -> Character in
        let isPlain = scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
        return isPlain && scalar != "\"" && scalar != "\\" && scalar != "%"
          ? Character(scalar) : "_"
      })
    let encoded = name.utf8.map { byte -> String in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || byte == 0x2E || byte == 0x2D || byte == 0x5F
      if isPlain { return String(Unicode.Scalar(byte)) }
      var digits: [UInt8] = []
      Hex.appendUppercase(byte, to: &digits)
      return "%" + String(decoding: digits, as: UTF8.self)
    }
    return
      "\(isInline ? "inline" : "attachment"); filename=\"\(plain)\"; filename*=UTF-8''\(encoded.joined())"
  }
}
