import Logging
import OpenID
import Users

/// `/account/openid`: where users log in by the provider that the operator has set up (API page, section 2).
struct OpenIDRoutes: Sendable {
  /// Nil where no provider is set up.
  let provider: OpenIDLogin?
  let login: UserLogin
  /// This installation's address.
  let site: String

  /// The path to which the provider sends browsers back.
  static let callback = "/account/openid/callback"

  private var sessions: BrowserSessions { login.sessions }

  var routes: [Route] {
    [
      Route(.get, "/account/openid", needs: .anyone) { request in
        try await answer(request) { try await begin(request, $0) }
      }.summarized("Sends a user to the provider by which he logs in"),
      Route(.get, Self.callback, needs: .anyone) { request in
        // Whatever comes of it, the browser's sign-in is over.
        sessions.keeping(nil, in: try await answer(request) { try await finish(request, $0) })
      }.summarized("Logs in the user whom the provider sends back"),
    ]
  }

  /// Errors are pages, and lead nowhere.
  private func answer(
    _ request: APIRequest, _ step: (OpenIDLogin) async throws -> APIResponse
  ) async throws -> APIResponse {
    do {
      try login.access.requireEnabled()
      guard let provider else {
        throw APIError(.notFound, "No provider to sign in with is set up here.")
      }
      return try await step(provider)
    } catch let error where !ErrorMapping.isCancellation(error) {
      if let error = error as? OpenIDError, error.isFault {
        request.logger.error(
          "a sign-in by OpenID Connect failed", metadata: ["error": "\(error)"])
      }
      return AccountPage.refusal(ErrorMapping.apiError(for: error, logger: request.logger))
    }
  }

  private func begin(_ request: APIRequest, _ provider: OpenIDLogin) async throws -> APIResponse {
    let parameters = try await OAuthParameters.read(request)
    let (signIn, address) = try await provider.begin(returning: parameters["return"])
    return sessions.keeping(signIn, in: OAuthAnswer.redirect(to: address))
  }

  private func finish(_ request: APIRequest, _ provider: OpenIDLogin) async throws -> APIResponse {
    let parameters = try await OAuthParameters.read(request)
    let answer = SignInAnswer(
      state: parameters["state"], code: parameters["code"], error: parameters["error"],
      issuer: parameters["iss"])
    let signIn = sessions.signIn(request)
    // What fails costs requests to the provider, and may not be tried without end.
    let attempt = login.access.attempt(at: nil, from: request.remoteAddress)
    try await attempt.begin()
    let user = try await provider.finish(
      answer, signIn, session: try await sessions.current(request)?.user.id,
      from: request.remoteAddress)
    await attempt.forget()
    guard user.needsSecondFactor else {
      return try await sessions.begin(
        for: user, request, landing(signIn), how: ["by": "openid", "issuer": provider.issuer])
    }
    return try await login.askForFactor(of: user, request, factorPage(user, signIn))
  }

  /// Where a user goes who has to prove a second factor of ours, or to set it up.
  private func factorPage(_ user: User, _ signIn: SignIn?) -> APIResponse {
    let back = ReturnPath(signIn?.returning, home: login.home).parameter
    return OAuthAnswer.redirect(
      to: user.hasSecondFactor
        ? "\(site)/account/login?_step=\(AccountPage.codeStep)&\(back)"
        : "\(site)/account/two-factor?\(back)")
  }

  /// Where a user goes who is logged in: always to this server.
  private func landing(_ signIn: SignIn?) -> APIResponse {
    let home = login.home == ReturnPath.account ? nil : login.home
    guard let path = signIn?.returning ?? home else {
      return AccountPage.page("Logged in", "<p>You are logged in.</p>")
    }
    return OAuthAnswer.redirect(to: site + path)
  }
}
