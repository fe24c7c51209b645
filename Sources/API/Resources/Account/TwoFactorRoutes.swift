import Foundation
import Users

/// `/account/two-factor`: setting up a second factor, turning it off, new recovery codes (API page, section 2).
///
/// It is open to who is logged in, and to who has proven the password and has to set one up before he is.
struct TwoFactorRoutes: Sendable {
  let login: UserLogin
  /// The address of this installation.
  let site: String

  private var sessions: BrowserSessions { login.sessions }
  private var factors: SecondFactorStore { login.factors }
  private static let subject = "two-factor"

  var routes: [Route] {
    [
      Route(.get, "/account/two-factor", needs: .anyone) { request in
        try await AccountPage.answering(request) { try await show(try await visit(request)) }
      }.summarized("The page of two-factor sign-in"),
      Route(.post, "/account/two-factor", needs: .anyone) { request in
        try await AccountPage.answering(request) { try await take(try await visit(request)) }
      }.summarized("Turn two-factor sign-in on or off, or make new recovery codes"),
    ]
  }

  /// A look at the page.
  private struct Visit: Sendable {
    var request: APIRequest
    var parameters: OAuthParameters
    /// Nil for a stranger.
    var user: User?
    /// Nil for who has proven the password only.
    var session: UserSession?
    let home: String
    var back: ReturnPath { ReturnPath(parameters["return"], home: home) }
  }

  private func visit(_ request: APIRequest) async throws -> Visit {
    let parameters = try await OAuthParameters.read(request)
    let session = try await sessions.current(request)
    var user = session?.user
    if user == nil, let proven = try await login.provenUser(request), !proven.hasSecondFactor {
      user = proven
    }
    return Visit(
      request: request, parameters: parameters, user: user, session: session, home: login.home)
  }

  private func show(_ visit: Visit, problem: APIError? = nil) async throws -> APIResponse {
    guard let user = visit.user else { return loginPage }
    let token = sessions.formToken(visit.session, Self.subject, visit.request)
    if user.hasSecondFactor {
      return AccountPage.twoFactor(
        codes: try await factors.recoveryCodes(of: user.id), back: visit.back, token: token,
        problem: problem)
    }
    let secret = try await factors.begin(of: user.id)
    return AccountPage.setup(
      secret: secret.text, picture: QRCode.svg(secret.uri(user: user.username, issuer: issuer)),
      isRequired: user.lacksSecondFactor, back: visit.back, token: token, problem: problem)
  }

  private func take(_ visit: Visit) async throws -> APIResponse {
    guard let user = visit.user else { return loginPage }
    guard
      sessions.isFormToken(
        visit.parameters["token"], visit.session, Self.subject, visit.request)
    else {
      return try await show(visit, problem: APIError(.forbidden, "The form has expired."))
    }
    do {
      switch visit.parameters["action"].flatMap(AccountPage.TwoFactorAction.init) {
      case .enable: return try await enable(user, visit)
      case .disable:
        try await prove(visit)
        try await factors.disable(of: user.id, by: UserLogin.author(user, visit.request))
        return OAuthAnswer.redirect(to: "two-factor?\(visit.back.parameter)")
      case .renewCodes:
        try await prove(visit)
        let codes = try await factors.renewRecoveryCodes(
          of: user.id, by: UserLogin.author(user, visit.request))
        return AccountPage.recoveryCodes(codes, back: visit.back)
      case nil: throw APIError(.badRequest, "action must be enable, disable or codes.")
      }
    } catch let error as APIError
      where error.status == .forbidden || error.status == .tooManyRequests
    {
      return try await show(visit, problem: error)
    }
  }

  /// Turns it on; only then the session begins of who had none.
  private func enable(_ user: User, _ visit: Visit) async throws -> APIResponse {
    let codes = try await login.guessing(of: user, visit.request) {
      try await factors.enable(
        of: user.id, code: visit.parameters["_code"] ?? "",
        by: UserLogin.author(user, visit.request), keeping: visit.session?.digest)
    }
    guard let codes else { throw AccountPage.wrongCode }
    let answer = AccountPage.recoveryCodes(codes, back: visit.back)
    if visit.session != nil { return answer }
    return try await sessions.begin(for: user, isFactorProven: true, visit.request, answer)
  }

  /// Has the user prove both: a session that somebody else got hold of takes no second factor away.
  private func prove(_ visit: Visit) async throws {
    guard let user = visit.session?.user else { throw APIError.accessDenied }
    let (parameters, request) = (visit.parameters, visit.request)
    let found = try await login.access.logIn(
      user.username, parameters["_password"] ?? "", from: request.remoteAddress)
    guard found?.id == user.id else { throw APIError(.forbidden, "The password is wrong.") }
    guard try await login.isCode(parameters["_code"], of: user, request) else {
      throw AccountPage.wrongCode
    }
  }

  private var loginPage: APIResponse {
    OAuthAnswer.redirect(to: "login?\(ReturnPath("/account/two-factor").parameter)")
  }

  /// What apps call this installation.
  private var issuer: String {
    let host = URLComponents(string: site)?.host ?? ""
    return host.isEmpty ? "Martlet" : "Martlet \(host)"
  }
}
