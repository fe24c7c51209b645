import Contacts
package import HTTPTypes

/// An answer that is an error, in the terms of the contract's error envelope (API page, section 5).
package struct APIError: Error, Sendable {
  /// The HTTP status; also `code` in the body.
  package var status: HTTPResponse.Status
  /// The message for people.
  package var message: String
  /// A word for programs; null in most.
  package var type: String?
  /// Problems by field, in order. Empty: the body has `"details":[]`.
  package var details: [(field: String, messages: [String])] = []
  /// False for errors of the framework (unknown route, uncaught), which leave `details` out.
  var hasDetails = true
  /// Further headers, such as `Retry-After` or `Allow`.
  package var headers = HTTPFields()

  /// An error.
  ///
  /// - Parameters:
  ///   - status: The HTTP status.
  ///   - message: The message for people.
  ///   - type: A word for programs.
  ///   - details: Problems by field.
  ///   - seconds: After how many seconds another try makes sense.
  package init(
    _ status: HTTPResponse.Status, _ message: String, type: String? = nil,
    details: [(field: String, messages: [String])] = [], retryAfter seconds: Int? = nil
  ) {
    self.status = status
    self.message = message
    self.type = type
    self.details = details
    if let seconds { headers[.retryAfter] = String(seconds) }
  }

  /// The error as `errors[0]` of the envelope.
  var json: JSONValue {
    var object: JSONObject = ["code": .int(status.code), "message": .string(message)]
    if hasDetails {
      object.append(
        "details",
        details.isEmpty
          ? []
          : .object(
            JSONObject(details.map { ($0.field, .array($0.messages.map(JSONValue.string))) })))
    }
    object.append("type", JSONValue(type))
    return .object(object)
  }

  /// The whole answer.
  var response: APIResponse {
    var response = APIResponse(status: status, json: ["errors": [json]])
    for field in headers { response.headers.append(field) }
    return response
  }
}

extension APIError {
  static func badRequest(_ message: String, type: String? = nil) -> APIError {
    APIError(.badRequest, message, type: type)
  }

  /// Problems by field; the message joins them: `email: text, city: text2`. Of many problems the first are told.
  package static func validation(_ details: [(field: String, messages: [String])]) -> APIError {
    let told = Problems(details)
    var message = told.list.map { "\($0.field): \($0.messages.joined(separator: " "))" }
    if told.omitted > 0 { message.append("and \(told.omitted) more problems") }
    return APIError(.badRequest, message.joined(separator: ", "), details: told.list)
  }

  /// Input that a module below refuses, by member.
  static func invalid(_ input: InvalidInput) -> APIError {
    validation(input.problems.map { ($0.member, [$0.message]) })
  }

  /// An entity that does not exist.
  package static let notFound = APIError(.notFound, "Item was not found.")

  /// A route that does not exist.
  static let unknownRoute = framework(.notFound, "The requested URL was not found.")

  static func conflict(_ message: String, type: String? = nil) -> APIError {
    APIError(.conflict, message, type: type)
  }

  /// The error of a request without credentials (API page, section 2).
  static let accessDenied = APIError.unauthorized("API authorization denied.")

  /// An answer 401. Only a bearer challenge: a basic one would make browsers ask again and again.
  static func unauthorized(_ message: String, type: String = "access_denied") -> APIError {
    var error = APIError(.unauthorized, message, type: type)
    error.headers[.wwwAuthenticate] = "Bearer realm=\"Service\", error=\"\(type)\""
    return error
  }

  /// The error of a user who lacks a permission.
  package static let forbidden = APIError(
    .forbidden, "You do not have access to the requested area/action.", type: "access_denied")

  static func tooLarge(_ message: String) -> APIError {
    APIError(.contentTooLarge, message)
  }

  static func unavailable(_ message: String, retryAfter seconds: Int = 5) -> APIError {
    APIError(.serviceUnavailable, message, type: "unavailable", retryAfter: seconds)
  }

  /// An error of the framework rather than of a resource: without `details`.
  static func framework(_ status: HTTPResponse.Status, _ message: String) -> APIError {
    var error = APIError(status, message)
    error.hasDetails = false
    return error
  }
}
