/// The refusal of a request by the words that RFC 6749, 7009 and 7636 have for it. Nothing was granted.
package struct OAuthError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The words of the standards.
  package enum Code: String, Sendable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
    case accessDenied = "access_denied"
    case temporarilyUnavailable = "temporarily_unavailable"
  }

  /// The word.
  package let code: Code
  /// The reason in a sentence.
  package let description: String

  /// A refusal with a reason.
  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
