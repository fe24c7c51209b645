import Foundation
import OAuth

/// `/oauth/v2/token`, `/oauth/v2/introspect` and `/oauth/v2/revoke`, which programs call (API page, section 2).
struct TokenRoutes: Sendable {
  let grants: GrantStore
  let login: ClientLogin
  let access: AccessControl
  /// The address of this installation, without a slash at its end.
  let site: String

  var routes: [Route] {
    [
      Route(.get, "/oauth/v2/token", needs: .anyone) { try await token($0) }.summarized(
        "Give a client an access token"),
      Route(.post, "/oauth/v2/token", needs: .anyone) { try await token($0) }.summarized(
        "Give a client an access token"),
      Route(.post, "/oauth/v2/introspect", needs: .anyone) { try await introspect($0) }.summarized(
        "Tell a client what a token is"),
      Route(.post, "/oauth/v2/revoke", needs: .anyone) { try await revoke($0) }.summarized(
        "Revoke a token"),
      Route(.get, "/.well-known/oauth-authorization-server", needs: .anyone) { _ in
        APIResponse(json: metadata)
      }.summarized("What clients of OAuth must know of this server"),
    ]
  }

  private func token(_ request: APIRequest) async throws -> APIResponse {
    try await OAuthAnswer.answering(request) {
      // What is fetched in advance must use up no code.
      guard request.method != .head else { return OAuthAnswer.json([:]) }
      try access.requireEnabled()
      let parameters = try await OAuthParameters.read(request)
      let word = try parameters.required("grant_type")
      guard let grant = GrantType(rawValue: word) else {
        throw OAuthError(
          .unsupportedGrantType,
          "grant_type must be one of " + GrantType.allCases.map(\.rawValue).joined(separator: ", "))
      }
      let client = try await login.client(parameters, request)
      let tokens = try await guessing(request) {
        try await issue(grant, to: client, parameters)
      }
      var body: JSONObject = [
        "access_token": .string(tokens.access), "expires_in": .int(tokens.seconds),
        "token_type": "bearer", "scope": .null,
      ]
      if let refresh = tokens.refresh { body.append("refresh_token", .string(refresh)) }
      return OAuthAnswer.json(.object(body))
    }
  }

  private func issue(
    _ grant: GrantType, to client: OAuthClient, _ parameters: OAuthParameters
  ) async throws -> IssuedTokens {
    switch grant {
    case .authorizationCode:
      try await grants.exchange(
        code: try parameters.required("code"), redirectURI: parameters["redirect_uri"],
        verifier: parameters["code_verifier"], by: client)
    case .refreshToken:
      try await grants.refresh(try parameters.required("refresh_token"), by: client)
    case .clientCredentials: try await grants.grantClient(client)
    }
  }

  /// Counts what an address sends of codes and refresh tokens that are none.
  private func guessing<R>(
    _ request: APIRequest, _ body: () async throws -> R
  ) async throws -> R {
    let attempt = access.attempt(at: nil, from: request.remoteAddress)
    try await attempt.begin()
    do {
      let result = try await body()
      await attempt.forget()
      return result
    } catch {
      if (error as? OAuthError)?.code != .invalidGrant { await attempt.forget() }
      throw error
    }
  }

  /// What a token of the client's own is (RFC 7662).
  private func introspect(_ request: APIRequest) async throws -> APIResponse {
    try await OAuthAnswer.answering(request) {
      let parameters = try await OAuthParameters.read(request)
      let client = try await login.client(parameters, request)
      guard client.isConfidential else {
        throw OAuthError(.invalidClient, "Only a client with a secret may ask about tokens")
      }
      let token = try parameters.required("token")
      guard let known = try await grants.describe(token, of: client) else {
        return OAuthAnswer.json(["active": false])
      }
      var body: JSONObject = [
        "active": true, "client_id": .string(client.publicID),
        "token_type": known.isRefresh ? "refresh_token" : "bearer",
        "exp": .int(Int(known.expires.timeIntervalSince1970)),
        "iat": .int(Int(known.added.timeIntervalSince1970)), "iss": .string(site),
      ]
      if let user = known.user {
        body.append("sub", .string(String(user.id)))
        body.append("username", .string(user.name))
      } else {
        body.append("sub", .string(client.publicID))
      }
      return OAuthAnswer.json(.object(body))
    }
  }

  /// Revokes a token of the client's own; what is none is revoked already (RFC 7009).
  private func revoke(_ request: APIRequest) async throws -> APIResponse {
    try await OAuthAnswer.answering(request) {
      let parameters = try await OAuthParameters.read(request)
      let client = try await login.client(parameters, request)
      try await grants.revoke(try parameters.required("token"), by: client)
      return OAuthAnswer.json([:])
    }
  }

  /// Where the endpoints are and what they can (RFC 8414).
  private var metadata: JSONValue {
    let methods: JSONValue = ["client_secret_basic", "client_secret_post", "none"]
    return [
      "issuer": .string(site),
      "authorization_endpoint": .string("\(site)/oauth/v2/authorize"),
      "token_endpoint": .string("\(site)/oauth/v2/token"),
      "introspection_endpoint": .string("\(site)/oauth/v2/introspect"),
      "revocation_endpoint": .string("\(site)/oauth/v2/revoke"),
      "response_types_supported": ["code"], "response_modes_supported": ["query"],
      "grant_types_supported": .array(GrantType.allCases.map { .string($0.rawValue) }),
      "token_endpoint_auth_methods_supported": methods,
      "revocation_endpoint_auth_methods_supported": methods,
      "introspection_endpoint_auth_methods_supported": [
        "client_secret_basic", "client_secret_post",
      ],
      "code_challenge_methods_supported": ["S256", "plain"],
    ]
  }
}
