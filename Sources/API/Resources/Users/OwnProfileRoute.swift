import JobQueue
import Users

/// `PATCH /api/users/self/edit`: what every user changes of himself (API page, section 9).
struct OwnProfileRoute: Sendable {
  let users: UserStore
  let access: AccessControl
  let clock: WallClock

  var route: Route {
    Route(.patch, "/api/users/self/edit", needs: .anyUser) { try await change($0) }.described(
      "Change oneself",
      body: """
        firstName:text lastName:text email:text position:text signature:text timezone:text locale:text \
        plainPassword:any currentPassword:text
        """, answer: "user:User")
  }

  private func change(_ request: APIRequest) async throws -> APIResponse {
    let caller = try request.requiredUser
    guard let id = caller.userID, !caller.isNarrowed else { throw APIError.forbidden }
    guard let user = try await users.user(id) else { throw APIError.accessDenied }
    var members = Members(try await request.parameters())
    let input = UserResource.input(&members, isWhole: false)
    let isPassword = members.body["plainPassword"].map { $0 != .null } ?? false
    let password = isPassword ? UserResource.password(&members) : nil
    let current = members.text("currentPassword")
    try members.finish()
    // A browser left alone, or a token, must not be enough to take the account over.
    if password != nil || input.email != nil && input.email != user.email {
      try await prove(caller, current, request)
    }
    guard
      var changed = try await users.update(id, input, by: caller.userActor, now: clock.now)
    else { throw APIError.accessDenied }
    if let password {
      try await users.setPassword(
        password, of: changed.username, by: caller.userActor, keeping: caller.session?.digest,
        now: clock.now)
      changed = try await users.user(id) ?? changed
    }
    return APIResponse(json: ["user": JSONValue(changed)])
  }

  /// - Throws: `APIError` 400 where the password of before is missing or wrong, 429 past a limit of guesses.
  private func prove(
    _ caller: Principal, _ password: String?, _ request: APIRequest
  ) async throws {
    guard let password, !password.isEmpty else {
      throw APIError.validation([
        ("currentPassword", ["is required to change the password or the address"])
      ])
    }
    let found = try await access.logIn(caller.username, password, from: request.remoteAddress)
    guard found?.id == caller.id else {
      throw APIError.validation([("currentPassword", ["is wrong"])])
    }
  }
}
