import HTTPTypes
import Primitives
import Users

/// Requests of browsers, whose user is known by the cookie of a session (API page, section 2).
///
/// A browser sends the cookie whoever made it send the request. So it counts only for what a page of this site has asked
/// for, and for more than reading only with a token that no other site knows.
struct BrowserAccess: Sendable {
  let sessions: BrowserSessions
  /// The origin by which the installation is known, in small letters.
  let origin: String
  /// The first parts of the paths of pages for users.
  let beginnings: Set<String>
  /// Makes pages of errors.
  let errorPage: BrowserPages.ErrorPage

  /// - Parameter site: The URL by which the installation is known.
  init(sessions: BrowserSessions, site: String, pages: BrowserPages) {
    self.sessions = sessions
    origin = Self.origin(of: site)
    errorPage = pages.errorPage
    beginnings = Set(
      pages.routes.compactMap { $0.path.split(separator: "/").first.map(String.init) })
  }

  /// Whether a path is one of pages for users, known or not.
  func isPage(_ path: String) -> Bool {
    path.split(separator: "/").first.map { beginnings.contains(String($0)) } ?? false
  }

  // MARK: The API

  /// The session of a request to the API; nil where it brings none, or another site asks.
  ///
  /// - Throws: `APIError` 403 for a user who lacks the second factor that his role requires, and for a change without the
  ///   token of a page of this session.
  func session(ofCall head: HTTPRequest) async throws -> UserSession? {
    guard isFromHere(head), let session = try await sessions.current(head.headerFields) else {
      return nil
    }
    guard !session.user.lacksSecondFactor else { throw APIError.factorMissing }
    guard head.isReading || isToken(head.headerFields[.csrfToken], session, .api) else {
      throw APIError(
        .forbidden, "The header X-CSRF-Token must be the token of a page of this session.",
        type: "csrf_token")
    }
    return session
  }

  // MARK: Pages

  /// The session of a request for a page; nil where it brings none, or another site asks for more than to show the page.
  func session(ofPage head: HTTPRequest) async throws -> UserSession? {
    // A link may lead here from anywhere.
    let isLink = head.method == .get && head.headerFields[.fetchMode] == "navigate"
    guard isLink || isFromHere(head) else { return nil }
    return try await sessions.current(head.headerFields)
  }

  /// Refuses what was sent without the token of a page's form: by a header, by a field of the form, or, beside a file that
  /// is still coming, by the query.
  ///
  /// - Throws: `APIError` 403; what reading the form throws.
  func requireToken(
    _ head: HTTPRequest, _ query: String, _ body: BodyReader, in session: UserSession
  ) async throws {
    var token = head.headerFields[.csrfToken]
    if token == nil {
      switch HeaderValue(head.headerFields[.contentType] ?? "").value {
      case "multipart/form-data": token = TokenParameter.find("token", in: query.utf8)
      case "application/x-www-form-urlencoded":
        let beginning = try await body.peek(upTo: TokenParameter.maximumBytes)
        token = TokenParameter.find(
          "token", in: beginning.readableBytesView, isWhole: body.isExhausted)
      default: break
      }
    }
    guard isToken(token, session, .console) else {
      throw APIError(
        .forbidden, "The form has expired: reload the page and send it again.", type: "csrf_token")
    }
  }

  /// The answer that leads to a page of the account, and from there back. Addresses are relative, as all those of pages are;
  /// htmx is told from the root, because it would take one relative to the page that shows.
  ///
  /// - Parameters:
  ///   - page: The name of the page below `/account/`.
  ///   - raw: The path as it was asked for.
  func answer(leadingTo page: String, from request: APIRequest, at raw: String) -> APIResponse {
    let query = request.rawQuery.isEmpty ? "" : "?\(request.rawQuery)"
    let target = "account/\(page)?\(ReturnPath(request.path + query).parameter)"
    guard request.headers[.htmxRequest] != "true" else {
      return APIResponse(
        status: .unauthorized, headers: [.htmxRedirect: "/\(target)", .cacheControl: "no-store"],
        body: .whole(.init()))
    }
    let depth = max(0, raw.split(separator: "/").count - 1)
    return APIResponse(
      status: .seeOther,
      headers: [
        .location: String(repeating: "../", count: depth) + target, .cacheControl: "no-store",
      ], body: .whole(.init()))
  }

  // MARK: Forms without a session

  /// The answer to a form whose session is over: the login, which gives the form back afterwards (CSL-12).
  ///
  /// - Parameter raw: The path as it was asked for.
  /// - Returns: nil for a form that is not kept: one with files, one too large, and one of another site.
  func answer(
    keeping head: HTTPRequest, _ request: APIRequest, at raw: String
  ) async throws -> APIResponse? {
    guard isSurelyFromHere(head) else { return nil }
    let back = page(before: request)
    guard request.headers[.htmxRequest] != "true" else {
      // The script of the page keeps the form.
      return APIResponse(
        status: .unauthorized,
        headers: [
          .htmxRedirect: "/account/login?\(back.parameter)", .cacheControl: "no-store",
        ], body: .whole(.init()))
    }
    guard request.contentType.value == "application/x-www-form-urlencoded",
      let kept = try await keptForm(request)
    else { return nil }
    var goal = LoginGoal(back, kept: kept)
    let account = String(repeating: "../", count: max(0, raw.split(separator: "/").count - 1))
    goal.action = "\(account)account/login"
    let other = "\(account)account/login?\(back.parameter)"
    return sessions.loginForm(request) { token in
      AccountPage.login(
        goal, token: token, problem: .signedOut,
        others: """
          <p>To sign in in another way, <a href="\(PublicPage.escape(other))">leave this page</a>: what you typed is \
          not kept then.</p>
          """)
    }
  }

  /// The form of a request; nil for one that is not kept.
  private func keptForm(_ request: APIRequest) async throws -> KeptForm? {
    do {
      try request.checkLength(limit: KeptForm.maximumBytes)
      let bytes = try await request.body.collect(upTo: KeptForm.maximumBytes)
      let query = request.rawQuery.isEmpty ? "" : "?\(request.rawQuery)"
      return KeptForm(bytes.readableBytesView, to: request.path + query)
    } catch let error as APIError where error.status == .contentTooLarge {
      return nil
    }
  }

  /// The page from which a form was sent; the first page where that is not told.
  private func page(before request: APIRequest) -> ReturnPath {
    let told = request.headers[.htmxCurrentURL] ?? request.headers[.referer] ?? ""
    let parts = told.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return ReturnPath(nil, home: BrowserPages.home) }
    return ReturnPath("/\(parts[3].prefix { $0 != "#" })", home: BrowserPages.home)
  }

  /// Whether a page of this site has sent a request: the browser says so.
  private func isSurelyFromHere(_ head: HTTPRequest) -> Bool {
    isFromHere(head)
      && (head.headerFields[.fetchSite] == "same-origin" || head.headerFields[.origin] != nil)
  }

  // MARK: Where a request comes from

  private enum Subject { case api, console }

  private func isToken(_ token: String?, _ session: UserSession, _ subject: Subject) -> Bool {
    let subject =
      subject == .api ? BrowserSessions.apiSubject : BrowserSessions.consoleSubject
    return sessions.isFormToken(token, session, subject)
  }

  /// Whether a page of this site, or the person at the browser, has made it send a request, as far as the browser tells.
  private func isFromHere(_ head: HTTPRequest) -> Bool {
    switch head.headerFields[.fetchSite] {
    case nil, "same-origin", "none": break
    default: return false
    }
    guard let given = head.headerFields[.origin]?.lowercased() else { return true }
    if given == origin { return true }
    // By another name of this installation: the browser has sent it that name's cookie.
    guard let host = head.authority?.lowercased() else { return false }
    return given == "https://\(host)" || !sessions.isSecure && given == "http://\(host)"
  }

  /// Scheme, host and port of a URL.
  private static func origin(of site: String) -> String {
    let parts = site.lowercased().split(
      separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.prefix(3).joined(separator: "/")
  }
}

extension HTTPRequest {
  /// Whether it changes nothing.
  var isReading: Bool { method == .get || method == .head }
}

extension APIError {
  /// The error of who has to set up a second factor first.
  static let factorMissing = APIError(
    .forbidden, "Your role requires two-factor sign-in: set it up on the page of your account.",
    type: "second_factor_missing")
  /// Above the login of who has sent a form without a session.
  static let signedOut = APIError(
    .unauthorized, "You were signed out. What you typed is kept: sign in to send it.",
    type: "access_denied")
  /// The error of a form that comes without a session.
  static let loggedOut = APIError(
    .unauthorized, "You are not logged in any more: log in again and repeat this.",
    type: "access_denied")
}
