import Users

/// How users log in with a browser, whatever for: a password, then the second factor of who has one (API page, section 2).
///
/// Between the two steps the browser keeps a proof of the password, which is no session.
struct UserLogin: Sendable {
  let sessions: BrowserSessions
  let access: AccessControl
  let users: UserStore
  let factors: SecondFactorStore
  /// Leads to the provider by which users log in, too; nil for none.
  let openID: OpenIDLink?
  /// Where a user comes to who logs in for nothing else.
  var home = ReturnPath.account

  /// The page to log in.
  ///
  /// - Parameter problem: What was wrong with the last try.
  func page(
    _ goal: LoginGoal, _ request: APIRequest, problem: APIError? = nil
  ) -> APIResponse {
    sessions.loginForm(request) {
      AccountPage.login(goal, token: $0, problem: problem, others: openID?.html(goal) ?? "")
    }
  }

  /// Takes what the forms of the login send.
  func logIn(
    _ wanted: LoginGoal, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    var goal = wanted
    goal.isKept = parameters[LoginGoal.keep] == "1"
    guard sessions.isLoginToken(parameters["token"], request) else {
      return page(goal, request, problem: APIError(.forbidden, "The form has expired."))
    }
    let isSecond = parameters["_step"] == AccountPage.codeStep
    do {
      return isSecond
        ? try await takeCode(goal, parameters, request)
        : try await takePassword(goal, parameters, request)
    } catch let error as APIError where error.status == .tooManyRequests {
      if isSecond { return codePage(goal, request, problem: error) }
      return page(goal, request, problem: error)
    }
  }

  private func takePassword(
    _ goal: LoginGoal, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    let found = try await access.logIn(
      parameters["_username"] ?? "", parameters["_password"] ?? "", from: request.remoteAddress)
    // What was verified may be remembered of a moment ago.
    guard let found, let user = try await users.user(found.id), user.isPublished,
      user.passwordVersion == found.passwordVersion
    else {
      return page(
        goal, request, problem: APIError(.forbidden, "The name or the password is wrong."))
    }
    guard user.needsSecondFactor else {
      return try await sessions.begin(for: user, isKept: goal.isKept, request) {
        Self.landing(goal, user, token: $0)
      }
    }
    return try await askForFactor(
      of: user, request,
      user.hasSecondFactor ? codePage(goal, request) : OAuthAnswer.redirect(to: goal.setup))
  }

  /// Has a browser keep that its user was verified, while the second factor is to be proven or set up.
  ///
  /// - Parameter next: The page on which that is done.
  func askForFactor(
    of user: User, _ request: APIRequest, _ next: APIResponse
  ) async throws -> APIResponse {
    // The session that the browser had may be somebody else's.
    sessions.keepingProof(factors.prove(user), in: try await sessions.end(request, next))
  }

  private func takeCode(
    _ goal: LoginGoal, _ parameters: OAuthParameters, _ request: APIRequest
  ) async throws -> APIResponse {
    guard let user = try await provenUser(request), user.hasSecondFactor else {
      return page(
        goal, request, problem: APIError(.forbidden, "The login has expired: begin again."))
    }
    guard try await isCode(parameters["_code"], of: user, request) else {
      return codePage(goal, request, problem: AccountPage.wrongCode)
    }
    return try await sessions.begin(
      for: user, isFactorProven: true, isKept: goal.isKept, request
    ) { Self.landing(goal, user, token: $0) }
  }

  /// Where a user comes to who has logged in: where he wanted to go, or the form that he had sent.
  ///
  /// - Parameter token: That of the console's forms, in the new session.
  private static func landing(_ goal: LoginGoal, _ user: User, token: String) -> APIResponse {
    guard let kept = goal.kept else { return OAuthAnswer.redirect(to: goal.destination) }
    return AccountPage.kept(kept, user: user.fullName, back: goal.back, token: token)
  }

  /// The page that asks for the code of a user who was verified.
  ///
  /// - Parameter problem: What was wrong with the last try.
  func codePage(
    _ goal: LoginGoal, _ request: APIRequest, problem: APIError? = nil
  ) -> APIResponse {
    sessions.loginForm(request) { AccountPage.code(goal, token: $0, problem: problem) }
  }

  /// The user whose password was proven in this browser a moment ago; nil where that holds no more.
  func provenUser(_ request: APIRequest) async throws -> User? {
    guard let proof = sessions.proof(request).flatMap(factors.proof),
      let user = try await users.user(proof.user), user.isPublished,
      user.passwordVersion == proof.passwordVersion
    else { return nil }
    return user
  }

  /// Whether a code, of the app or for recovery, is a user's and new.
  ///
  /// - Throws: `APIError` 429 past a limit of guesses.
  func isCode(
    _ code: String?, of user: User, _ request: APIRequest
  ) async throws -> Bool {
    let accepted = try await guessing(of: user, request) {
      let isRight = try await factors.accept(
        code ?? "", of: user.id, by: Self.author(user, request))
      return isRight ? true : nil
    }
    return accepted != nil
  }

  /// Runs a guess of a user's code, which counts until it proves right.
  ///
  /// - Parameter guess: Returns nil for a wrong code.
  /// - Throws: `APIError` 429 past a limit of guesses.
  func guessing<R>(
    of user: User, _ request: APIRequest, isolation: isolated (any Actor)? = #isolation,
    _ guess: () async throws -> R?
  ) async throws -> R? {
    let attempt = access.codeGuess(of: user.id, from: request.remoteAddress)
    try await attempt.begin()
    do {
      let result = try await guess()
      if result != nil { await attempt.forget() }
      return result
    } catch {
      await attempt.forget()
      throw error
    }
  }

  /// A user as the author of what he does on a page.
  static func author(_ user: User, _ request: APIRequest) -> Author {
    var author = user.author
    author.address = request.remoteAddress
    return author
  }
}
