import HTTPTypes
import Hummingbird
import Imports
import NIOCore

extension ImportRoutes {
  /// Whether a content type is accepted as a CSV file (IMP-03). Browsers on a machine with a
  /// spreadsheet program call a CSV file `application/vnd.ms-excel`.
  private static func isCSV(_ type: String) -> Bool {
    type.hasPrefix("text/")
      || ["application/csv", "application/octet-stream", "application/vnd.ms-excel"].contains(type)
  }

  /// The three ways of creating an import (API page, 11.2).
  func create(_ request: APIRequest) async throws -> APIResponse {
    let type = request.contentType
    if type.value == "multipart/form-data" {
      try request.checkLength(limit: uploadLimit)
      return answer(try await createFromForm(request, type), status: .accepted)
    }
    if Self.isCSV(type.value) {
      try request.checkLength(limit: uploadLimit)
      let options = try ImportParameters.options(request.query)
      let body = request.body
      let item = try await take(options, request) { try await body.next()?.readableBytesView }
      return answer(item, status: .accepted)
    }
    let options = try ImportParameters.options(try await request.parameters())
    try await check(options, request)
    return answer(try await imports.create(options, by: try request.actor), status: .accepted)
  }

  /// Refuses a default segment that is another user's own.
  private func check(_ options: ImportOptions, _ request: APIRequest) async throws {
    guard let list = options.defaults.list else { return }
    try await imports.check(list, for: try request.segmentAccess)
  }

  /// Creates an import from a file that streams in. If it is refused or breaks off, nothing
  /// remains.
  private func take(
    _ options: ImportOptions, _ request: APIRequest,
    from next: () async throws -> ByteBufferView?
  ) async throws -> Import {
    try await check(options, request)
    let actor = try request.actor
    guard let execution = request.execution else {
      return try await imports.upload(options, by: actor, from: next)
    }
    if let begun = execution.begun, let done = try await completed(begun) {
      // The process that received the file died before it could answer.
      while try await next() != nil {}
      return done
    }
    let item = try await imports.create(options, by: actor)
    try await execution.note("/api/imports/\(item.id)")
    do {
      return try await imports.upload(into: item.id, from: next)
    } catch {
      try await imports.delete(item.id)
      throw error
    }
  }

  /// The import that an earlier execution had begun, if its file was received completely; if not,
  /// it is removed.
  private func completed(_ path: String) async throws -> Import? {
    guard let id = path.split(separator: "/").last.flatMap({ Int64($0) }) else { return nil }
    let item: Import
    do {
      item = try await imports.store.get(id)
    } catch let error as ImportError where error.code == .notFound {
      return nil
    }
    if item.status != .uploading { return item }
    try await imports.delete(id)
    return nil
  }

  /// Receives the file of an import that waits for it.
  func upload(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    let type = request.contentType.value
    guard type.isEmpty || Self.isCSV(type) else {
      throw APIError(.unsupportedMediaType, "The file must come as text/csv, not \(type).")
    }
    try request.checkLength(limit: uploadLimit)
    let body = request.body
    let item = try await imports.upload(into: id) { try await body.next()?.readableBytesView }
    return answer(item, status: .accepted)
  }

  /// A form with the options first and the file last, so that it can be streamed.
  private func createFromForm(
    _ request: APIRequest, _ type: HeaderValue
  ) async throws -> Import {
    let reader = try MultipartReader(body: request.body, contentType: type)
    var options = request.query
    var fields: [(name: String, value: String)] = []
    var room = request.parameterLimit
    while let part = try await reader.nextPart() {
      if part.name == "file" || part.filename != nil {
        try Self.check(part)
        let parameters = try Self.merge(options, fields)
        var wanted = try ImportParameters.options(parameters)
        if parameters["originalFile"] == nil, let name = part.filename, !name.isEmpty {
          wanted.originalFile = name
        }
        return try await take(wanted, request) {
          if let chunk = try await reader.nextChunk() { return chunk.readableBytesView }
          // Before the import is complete: what follows would have come too late to count.
          guard try await reader.nextPart() == nil else {
            throw APIError.badRequest("The file must be the last part of the form.")
          }
          return nil
        }
      }
      let text = try await reader.text(upTo: room)
      room -= text.utf8.count
      if part.name == "options" {
        options = try Self.merge(options, json: text)
      } else {
        fields.append((part.name, text))
      }
    }
    throw APIError(.notAcceptable, "The form brings no file.")
  }

  private static func check(_ part: MultipartHead) throws(APIError) {
    let type = HeaderValue(part.contentType ?? "").value
    guard type.isEmpty || isCSV(type) else {
      throw APIError(.notAcceptable, "The file must be a CSV file, not \(type).")
    }
  }

  private static func merge(_ options: JSONValue, json text: String) throws(APIError) -> JSONValue {
    do {
      return merged(options, try JSONParser.parse(text.utf8))
    } catch {
      throw .badRequest("options does not parse: \(error.message) at byte \(error.offset).")
    }
  }

  /// Options may also come as plain fields of the form.
  private static func merge(
    _ options: JSONValue, _ fields: [(name: String, value: String)]
  ) throws(APIError) -> JSONValue {
    fields.isEmpty ? options : merged(options, try BracketParameters.tree(fields))
  }

  private static func merged(_ options: JSONValue, _ more: JSONValue) -> JSONValue {
    guard case .object(var object) = options, let members = more.asObject?.members else {
      return options
    }
    for (key, value) in members { object[key] = value }
    return .object(object)
  }
}
