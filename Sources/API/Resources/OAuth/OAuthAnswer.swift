import HTTPTypes
import Logging
import OAuth

extension OAuthError: RecordError {
  var answer: APIError { APIError(.badRequest, description, type: code.rawValue) }
}

/// Answers of the OAuth endpoints.
enum OAuthAnswer {
  /// An answer in JSON, which no cache keeps (RFC 6749, 5.1).
  static func json(_ value: JSONValue) -> APIResponse { uncached(APIResponse(json: value)) }

  /// An error in both forms: that of OAuth, and the envelope of the API (API page, section 2).
  static func error(_ error: any Error, logger: Logger) -> APIResponse {
    let known = ErrorMapping.apiError(for: error, logger: logger)
    let word = (error as? OAuthError)?.code.rawValue ?? word(for: known.status.code)
    var told = known
    told.type = known.type ?? word
    var answer = APIResponse(
      status: known.status,
      json: [
        "error": .string(word), "error_description": .string(known.message),
        "errors": [told.json],
      ])
    for field in known.headers { answer.headers.append(field) }
    return uncached(answer)
  }

  /// Runs a handler whose errors have both forms.
  static func answering(
    _ request: APIRequest, _ body: () async throws -> APIResponse
  ) async throws -> APIResponse {
    do {
      return try await body()
    } catch let error where !ErrorMapping.isCancellation(error) {
      return Self.error(error, logger: request.logger)
    }
  }

  /// Sends a browser to another address.
  static func redirect(to address: String) -> APIResponse {
    uncached(
      APIResponse(
        status: .found, headers: [.location: address, .referrerPolicy: "no-referrer"],
        body: .whole(.init())))
  }

  private static func uncached(_ answer: APIResponse) -> APIResponse {
    answer.with(.cacheControl, "no-store").with(.pragma, "no-cache")
  }

  private static func word(for status: Int) -> String {
    switch status {
    case 429, 503: OAuthError.Code.temporarilyUnavailable.rawValue
    case 500...: "server_error"
    default: OAuthError.Code.invalidRequest.rawValue
    }
  }
}
