import OAuth
import Users

/// `/oauth/v2/authorize` and the login before it, which users see (API page, section 2).
///
/// The pages lead to each other by relative addresses, so that `/index.php` before them stays.
struct AuthorizeRoutes: Sendable {
  let clients: ClientStore
  let grants: GrantStore
  let login: UserLogin

  private var sessions: BrowserSessions { login.sessions }

  var routes: [Route] {
    [
      Route(.get, "/oauth/v2/authorize", needs: .anyone) { try await answer($0, show) }.summarized(
        "The page that asks a user whether a client may act for him"),
      Route(.post, "/oauth/v2/authorize", needs: .anyone) { try await answer($0, decide) }
        .summarized("What the user decided"),
      Route(.get, "/oauth/v2/authorize_login", needs: .anyone) { try await answer($0, showLogin) }
        .summarized("The page to log in"),
      Route(.post, "/oauth/v2/authorize_login", needs: .anyone) { try await answer($0, logIn) }
        .summarized("Log in"),
      Route(.get, "/oauth/v2/authorize_login_check", needs: .anyone) {
        try await answer($0, showLogin)
      }.summarized("The page to log in, by another path"),
      Route(.post, "/oauth/v2/authorize_login_check", needs: .anyone) {
        try await answer($0, logIn)
      }.summarized("Log in, by another path"),
    ]
  }

  private typealias Step =
    @Sendable (AuthorizationRequest, OAuthParameters, APIRequest) async throws -> APIResponse

  /// Reads what a client asks for; errors are pages, and sent to the client only where its address is known.
  private func answer(_ request: APIRequest, _ step: Step) async throws -> APIResponse {
    try await AccountPage.answering(request) {
      try login.access.requireEnabled()
      let parameters = try await OAuthParameters.read(request)
      let wanted = try await AuthorizationRequest(parameters, clients: clients)
      if case .failure(let error) = wanted.proof {
        return OAuthAnswer.redirect(to: wanted.answer(error))
      }
      return try await step(wanted, parameters, request)
    }
  }

  // MARK: Approval

  private func show(
    _ wanted: AuthorizationRequest, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    guard let session = try await sessions.current(request) else { return loginPage(wanted) }
    guard !session.user.lacksSecondFactor else {
      return OAuthAnswer.redirect(to: LoginGoal(wanted).setup)
    }
    if let refusal = refusal(of: session.user, wanted) { return refusal }
    return approvalPage(wanted, session)
  }

  private func decide(
    _ wanted: AuthorizationRequest, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    guard let session = try await sessions.current(request) else { return loginPage(wanted) }
    guard !session.user.lacksSecondFactor else {
      return OAuthAnswer.redirect(to: LoginGoal(wanted).setup)
    }
    if let refusal = refusal(of: session.user, wanted) { return refusal }
    guard sessions.isFormToken(parameters["token"], session, wanted.query) else {
      // Of another session, or of another site: it is asked again.
      return approvalPage(wanted, session)
    }
    switch parameters["decision"] {
    case "approve":
      let code = try await grants.approve(
        wanted.client, by: session.user, redirectURI: wanted.redirectURI,
        isNamed: wanted.namesAddress, proof: try wanted.proof.get(), from: request.remoteAddress)
      return OAuthAnswer.redirect(to: wanted.answer(code: code))
    case "logout": return try await sessions.end(request, loginPage(wanted))
    default:
      return OAuthAnswer.redirect(
        to: wanted.answer(OAuthError(.accessDenied, "The user denied access")))
    }
  }

  private func approvalPage(
    _ wanted: AuthorizationRequest, _ session: UserSession
  ) -> APIResponse {
    AccountPage.approval(
      wanted, user: session.user.fullName,
      token: sessions.formToken(session, wanted.query))
  }

  /// What a user without the permission to let applications act for him is answered.
  private func refusal(of user: User, _ wanted: AuthorizationRequest) -> APIResponse? {
    guard user.rights.access(.tokens, .full) < .all else { return nil }
    return OAuthAnswer.redirect(
      to: wanted.answer(
        OAuthError(.accessDenied, "The user has not the permission api:access:full")))
  }

  // MARK: Login

  private func loginPage(_ wanted: AuthorizationRequest) -> APIResponse {
    OAuthAnswer.redirect(to: "authorize_login?\(wanted.query)")
  }

  private func showLogin(
    _ wanted: AuthorizationRequest, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    login.page(LoginGoal(wanted), request)
  }

  private func logIn(
    _ wanted: AuthorizationRequest, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    try await login.logIn(LoginGoal(wanted), parameters, request)
  }
}
