/// How a client comes to an access token (RFC 6749, 1.3).
package enum GrantType: String, Sendable, CaseIterable {
  /// A user approves, and the client exchanges a code.
  case authorizationCode = "authorization_code"
  /// The client exchanges a refresh token for a new pair.
  case refreshToken = "refresh_token"
  /// The client acts for itself, with its role.
  case clientCredentials = "client_credentials"
}
