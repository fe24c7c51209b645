package import HTTPTypes
import Hummingbird
package import Logging
package import Users

/// A request that was routed and whose user is known.
package struct APIRequest: Sendable {
  /// The method.
  package var method: HTTPRequest.Method
  /// The path as routed: without `/index.php`, without the query.
  package var path: String
  /// The headers.
  package var headers: HTTPFields
  /// The parameters of the query string that the route declares; an object always.
  package var query: JSONValue
  /// The query string as it was sent, without the question mark.
  package var rawQuery = ""
  /// The values of the path's parameters.
  package var pathParameters: [String: String]
  /// The user; nil on routes that are open to anyone.
  package var user: Principal?
  /// The session of a browser by which the user is known; nil for who is known by a password or a token.
  package var session: UserSession? { user?.session }
  /// Whose records the route is about for this user; ``Requirement/access(of:)``.
  var access = Access.all
  /// Tells to whom records belong; every route of the API has it.
  var owners: RecordOwnerStore?
  /// The client's address.
  package var remoteAddress = ""
  var body: BodyReader
  /// Names the request in every line.
  package var logger: Logger
  /// Set where the request came with an idempotency key.
  var execution: IdempotentExecution?
  /// The maximum number of bytes of a body that is read whole.
  var parameterLimit = 4 * 1024 * 1024
  /// The members of the body that the route declares; nil: all.
  var declaredMembers: Set<String>?
  /// What was read of the body.
  let readBody = ReadBody()

  /// The id in the path.
  package var id: Int64 {
    get throws(APIError) {
      guard let id = pathParameters["id"].flatMap(Int64.init) else { throw .unknownRoute }
      return id
    }
  }

  /// A text in the path.
  package func pathText(_ name: String) throws(APIError) -> String {
    guard let text = pathParameters[name] else { throw .unknownRoute }
    return text
  }

  /// The user of a route that is not open to anyone.
  package var requiredUser: Principal {
    get throws(APIError) {
      guard let user else { throw .accessDenied }
      return user
    }
  }

  /// The content type; empty where none was sent.
  var contentType: HeaderValue { HeaderValue(headers[.contentType] ?? "") }

  /// The parameters in the body that the route declares, whatever their encoding; an empty object where there are none.
  ///
  /// - Throws: `APIError` 400 for a body that does not parse, 413 for one too large, 415 for a
  ///   content type that cannot carry parameters.
  package func parameters() async throws -> JSONValue {
    let all = try await allParameters()
    readBody.value = all
    guard let declaredMembers, case .object(let object) = all else { return all }
    return .object(
      JSONObject(
        object.members.filter { declaredMembers.contains($0.key) }.map { ($0.key, $0.value) }))
  }

  private func allParameters() async throws -> JSONValue {
    let type = contentType
    if type.value == "multipart/form-data" {
      try checkLength(limit: parameterLimit)
      let reader = try MultipartReader(body: body, contentType: type)
      return try await body.onTheClock { try await formFields(of: reader) }
    }
    let content = try await body.collect(upTo: parameterLimit)
    if content.readableBytes == 0 { return .object([:]) }
    switch type.value {
    case "application/x-www-form-urlencoded":
      return try BracketParameters.parse(content.readableBytesView)
    case "", "application/json", "text/json", "text/plain":
      return try Self.json(content)
    case let value where value.hasSuffix("+json"):
      return try Self.json(content)
    default:
      throw APIError(.unsupportedMediaType, "The content type \(type.value) is not supported here.")
    }
  }

  /// Refuses content that is declared longer than a limit before a byte of it is read, and bounds
  /// what is read of it.
  func checkLength(limit: Int) throws(APIError) {
    try body.check(declaredBytes: headers[.contentLength].flatMap { Int($0) }, limit: limit)
  }

  private static func json(_ content: ByteBuffer) throws(APIError) -> JSONValue {
    do {
      let value = try JSONParser.parse(content.readableBytesView)
      switch value {
      case .object, .array: return value
      case .null: return .object([:])
      default: throw APIError.badRequest("The JSON body must be an object or an array.")
      }
    } catch let error as JSONSyntaxError {
      throw .badRequest("The JSON body does not parse: \(error.message) at byte \(error.offset).")
    } catch let error as APIError {
      throw error
    } catch {
      throw .badRequest("The JSON body does not parse.")
    }
  }

  /// The plain fields of a form; files are skipped.
  private func formFields(of reader: MultipartReader) async throws -> JSONValue {
    var fields: [(name: String, value: String)] = []
    var room = parameterLimit
    while let part = try await reader.nextPart() {
      guard part.filename == nil else { continue }
      let value = try await reader.text(upTo: room)
      room -= value.utf8.count
      fields.append((part.name, value))
    }
    return try BracketParameters.tree(fields)
  }
}
