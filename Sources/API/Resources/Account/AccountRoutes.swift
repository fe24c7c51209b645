import Users

/// `/account`: the page of who is logged in, and the login without a client (API page, section 2).
struct AccountRoutes: Sendable {
  let login: UserLogin

  private var sessions: BrowserSessions { login.sessions }

  var routes: [Route] {
    [
      Route(.get, "/account", needs: .anyone) { request in
        try await AccountPage.answering(request) { try await show(request) }
      }.summarized("The page of the user who is logged in"),
      Route(.get, "/account/login", needs: .anyone) { request in
        try await AccountPage.answering(request) { try await showLogin(request) }
      }.summarized("The page to log in"),
      Route(.post, "/account/login", needs: .anyone) { request in
        try await AccountPage.answering(request) {
          let parameters = try await OAuthParameters.read(request)
          let goal = LoginGoal(
            ReturnPath(parameters["return"], home: login.home), kept: KeptForm(parameters))
          return try await login.logIn(goal, parameters, request)
        }
      }.summarized("Log in"),
      Route(.post, "/account/logout", needs: .anyone) { request in
        try await AccountPage.answering(request) { try await logOut(request) }
      }.summarized("Log out"),
    ]
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    guard let session = try await sessions.current(request) else {
      return OAuthAnswer.redirect(to: "account/login")
    }
    guard !session.user.lacksSecondFactor else {
      return OAuthAnswer.redirect(to: "account/two-factor")
    }
    return AccountPage.account(
      session.user, token: sessions.formToken(session, BrowserSessions.logoutSubject))
  }

  /// Who is logged in already goes on; who was verified by a provider is asked for the code.
  private func showLogin(_ request: APIRequest) async throws -> APIResponse {
    let parameters = try await OAuthParameters.read(request)
    let back = ReturnPath(parameters["return"], home: login.home)
    guard try await sessions.current(request) == nil else {
      return OAuthAnswer.redirect(to: back.relative)
    }
    let goal = LoginGoal(back)
    if parameters["_step"] == AccountPage.codeStep { return login.codePage(goal, request) }
    return login.page(goal, request)
  }

  private func logOut(_ request: APIRequest) async throws -> APIResponse {
    let parameters = try await OAuthParameters.read(request)
    guard let session = try await sessions.current(request) else {
      return OAuthAnswer.redirect(to: "login")
    }
    guard sessions.isFormToken(parameters["token"], session, BrowserSessions.logoutSubject) else {
      throw APIError(.forbidden, "The form has expired.")
    }
    return try await sessions.end(request, OAuthAnswer.redirect(to: "login"))
  }
}
