import Hummingbird
import NIOCore
import Users

/// Who sends a request.
extension APIResponder {
  /// The user of a request to the API: whom a token, a name and a password, or else the session of a browser prove.
  ///
  /// - Parameter seen: Is told the user, and what the limits say.
  /// - Throws: `APIError` 401, 403, 429.
  func caller(
    _ request: Request, _ body: BodyReader, _ address: String, _ seen: inout SeenRequest
  ) async throws -> Principal {
    let token = try await token(request, body)
    if token == nil, request.headers[.authorization] == nil,
      let session = try await browsers?.session(ofCall: request.head)
    {
      seen.isInSession = true
      return try await counted(Principal(session), address, &seen)
    }
    return try await counted(
      access.admit(
        authorization: request.headers[.authorization], token: token, remoteAddress: address),
      address, &seen)
  }

  /// Answers a request for a page; errors are pages too.
  func page(
    _ route: Route, _ request: Request, _ given: APIRequest, _ browsers: BrowserAccess,
    _ channel: any Channel, _ seen: inout SeenRequest
  ) async throws -> APIResponse {
    var asked = given
    do {
      if let answer = try await enter(route, request, browsers, &asked, &seen) { return answer }
      asked.query = try query(of: request, for: route)
      return try await run(route, asked, channel)
    } catch let error where !ErrorMapping.isCancellation(error) {
      return await page(
        of: ErrorMapping.apiError(for: error, logger: asked.logger), asked, browsers)
    }
  }

  /// The page of an error, with the headers that the error has.
  func page(
    of error: APIError, _ request: APIRequest?, _ browsers: BrowserAccess
  ) async -> APIResponse {
    var page = await browsers.errorPage(error, request)
    for field in error.headers where page.headers[field.name] == nil {
      page.headers.append(field)
    }
    return page
  }

  /// Finds the user of a request for a page.
  ///
  /// - Returns: The answer for who has to do something else first; nil where the page may be shown.
  private func enter(
    _ route: Route, _ request: Request, _ browsers: BrowserAccess, _ asked: inout APIRequest,
    _ seen: inout SeenRequest
  ) async throws -> APIResponse? {
    let isReading = request.head.isReading
    // What anybody may see, such as a style sheet, is about no session.
    guard !route.needs.isPublic || !isReading else { return nil }
    guard let session = try await browsers.session(ofPage: request.head) else {
      guard isReading else {
        let answer = try await browsers.answer(keeping: request.head, asked, at: request.uri.path)
        guard let answer else { throw APIError.loggedOut }
        return answer
      }
      return browsers.answer(leadingTo: "login", from: asked, at: request.uri.path)
    }
    guard !session.user.lacksSecondFactor else {
      guard isReading else { throw APIError.factorMissing }
      return browsers.answer(leadingTo: "two-factor", from: asked, at: request.uri.path)
    }
    seen.isInSession = true
    let user = try await counted(Principal(session), asked.remoteAddress, &seen)
    asked.user = user
    if !isReading {
      try await browsers.requireToken(request.head, asked.rawQuery, asked.body, in: session)
    }
    asked.access = try route.needs.access(of: user)
    return nil
  }

  /// Counts a request of a user.
  ///
  /// - Throws: `APIError` 429.
  private func counted(
    _ found: Principal, _ address: String, _ seen: inout SeenRequest
  ) async throws -> Principal {
    var user = found
    user.address = address.isEmpty ? nil : address
    seen.user = user.username
    seen.rate = await access.count(user)
    if let rate = seen.rate, !rate.isAllowed {
      throw APIError.tooMany("API rate limit exceeded.", rate)
    }
    return user
  }

  /// The access token in the query, or else in the beginning of a form body.
  private func token(_ request: Request, _ body: BodyReader) async throws -> String? {
    if let token = TokenParameter.find(in: (request.uri.query ?? "").utf8) { return token }
    let type = HeaderValue(request.headers[.contentType] ?? "")
    guard type.value == "application/x-www-form-urlencoded" else { return nil }
    let beginning = try await body.peek(upTo: TokenParameter.maximumBytes)
    return TokenParameter.find(in: beginning.readableBytesView, isWhole: body.isExhausted)
  }
}
