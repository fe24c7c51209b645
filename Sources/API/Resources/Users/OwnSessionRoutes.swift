import Users

/// `/api/users/self/sessions`: the browsers in which a user is logged in (API page, section 9).
struct OwnSessionRoutes: Sendable {
  let sessions: SessionStore

  var routes: [Route] {
    [
      Route(.get, "/api/users/self/sessions", needs: .anyUser) { request in
        let caller = try Self.caller(request)
        let all = try await sessions.all(of: caller.id)
        return APIResponse(json: ["sessions": .array(all.map { Self.json($0, for: caller) })])
      }.described(
        "List the browsers in which the user is logged in", answer: "sessions:Session[]"),
      Route(.delete, "/api/users/self/sessions", needs: .anyUser) { request in
        let caller = try Self.caller(request)
        let count = try await sessions.endAll(
          of: caller.id, but: caller.session?.digest, by: caller.author)
        return APIResponse(json: ["ended": .int(count)])
      }.described(
        "Log the user out in all browsers but the one that asks", answer: "ended:integer"),
      Route(.delete, "/api/users/self/sessions/{id}", needs: .anyUser) { request in
        let caller = try Self.caller(request)
        let ended = try await sessions.end(
          try request.id, of: caller.id, by: caller.author)
        guard let ended else { throw APIError.notFound }
        return APIResponse(json: ["session": Self.json(ended, for: caller)])
      }.described("Log the user out in one browser", answer: "session:Session"),
    ]
  }

  /// The user who asks.
  ///
  /// - Throws: `APIError` 403 for a client, which has no sessions, and for a token that may do less than its user.
  private static func caller(_ request: APIRequest) throws -> Principal {
    let caller = try request.requiredUser
    guard caller.userID != nil, !caller.isNarrowed else { throw APIError.forbidden }
    return caller
  }

  private static func json(_ session: SessionEntry, for caller: Principal) -> JSONValue {
    [
      "id": .int(Int(session.id)), "address": JSONValue(session.address),
      "agent": JSONValue(session.agent), "dateAdded": JSONValue(session.added),
      "lastSeen": JSONValue(session.lastSeen), "expires": JSONValue(session.expires),
      "isKept": .bool(session.isKept),
      "isCurrent": .bool(session.digest == caller.session?.digest),
    ]
  }
}
