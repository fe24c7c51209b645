import HTTPTypes
import Mail
import Primitives
package import Users

/// Sessions of users in browsers, by cookies that scripts and other sites do not get.
package struct BrowserSessions: Sendable {
  /// What the token of a page is about that its scripts send with requests to the API.
  package static let apiSubject = "api"
  /// What the token of the console's forms is about.
  package static let consoleSubject = "console"
  /// What the token of the form is about that logs out (`POST /account/logout`).
  package static let logoutSubject = "logout"

  let store: SessionStore
  let signer: LinkSigner
  /// Whether this installation is reached by https alone.
  let isSecure: Bool

  /// The longest that a login may take, in seconds.
  private static let loginSeconds = 3600

  private var sessionCookie: String { isSecure ? "__Host-martlet_session" : "martlet_session" }
  private var proofCookie: String { isSecure ? "__Host-martlet_proof" : "martlet_proof" }
  private var loginCookie: String { isSecure ? "__Host-martlet_login" : "martlet_login" }

  /// The session of a request; nil without one that goes on.
  func current(_ request: APIRequest) async throws -> UserSession? {
    try await current(request.headers)
  }

  /// The session that the headers of a request name; nil without one that goes on.
  func current(_ headers: HTTPFields) async throws -> UserSession? {
    guard let id = cookieValue(sessionCookie, headers) else { return nil }
    return try await store.find(id)
  }

  /// Begins a session of a user who has logged in, in place of the one that the browser had.
  ///
  /// - Parameters:
  ///   - isFactorProven: Whether he has proven his second factor.
  ///   - isKept: Whether he stays logged in after the browser was closed.
  ///   - how: How the user was verified, for the audit log; empty for by a password.
  /// - Returns: The answer with the session's cookie.
  func begin(
    for user: User, isFactorProven: Bool = false, isKept: Bool = false, _ request: APIRequest,
    _ answer: APIResponse, how: [String: String] = [:]
  ) async throws -> APIResponse {
    try await begin(
      for: user, isFactorProven: isFactorProven, isKept: isKept, request, how: how
    ) { _ in answer }
  }

  /// Begins a session, as above.
  ///
  /// - Parameter answer: Makes the answer, given the token of the console's forms in the session.
  func begin(
    for user: User, isFactorProven: Bool = false, isKept: Bool = false, _ request: APIRequest,
    how: [String: String] = [:], _ answer: (_ token: String) -> APIResponse
  ) async throws -> APIResponse {
    let id = try await store.begin(
      user: user.id, passwordVersion: user.passwordVersion, isFactorProven: isFactorProven,
      isKept: isKept, address: request.remoteAddress, agent: request.headers[.userAgent],
      replacing: cookieValue(sessionCookie, request), how: how)
    let age = isKept ? Int(SessionLimits().kept) : nil
    let begun = setting(
      loginCookie, nil,
      in: setting(
        sessionCookie, id, for: age,
        in: answer(
          signer.formToken(Self.subject(SecretToken.digest(id), Self.consoleSubject)))))
    return setting(proofCookie, nil, in: begun)
  }

  /// Ends the session of a request.
  func end(_ request: APIRequest, _ answer: APIResponse) async throws -> APIResponse {
    if let id = cookieValue(sessionCookie, request) { try await store.end(id) }
    return setting(sessionCookie, nil, in: answer)
  }

  // MARK: Between password and second factor

  /// The answer that has the browser keep the proof of a password.
  func keepingProof(_ proof: String, in answer: APIResponse) -> APIResponse {
    setting(proofCookie, proof, for: PasswordProof.seconds, in: answer)
  }

  /// The proof of a password that the browser keeps, as it is; nil without one.
  func proof(_ request: APIRequest) -> String? { cookieValue(proofCookie, request) }

  // MARK: Forms

  /// The login page with a token that ties its form to the browser, so that no other site logs anybody in.
  func loginForm(
    _ request: APIRequest, _ page: (_ token: String) -> APIResponse
  ) -> APIResponse {
    let known = cookieValue(loginCookie, request).flatMap { $0.utf8.count == 43 ? $0 : nil }
    let id = known ?? SecretToken.make()
    return setting(
      loginCookie, id, for: Self.loginSeconds, in: page(signer.formToken("login:\(id)")))
  }

  /// Whether a token is that of the login form which the browser was shown.
  func isLoginToken(_ token: String?, _ request: APIRequest) -> Bool {
    guard let token, let id = cookieValue(loginCookie, request) else { return false }
    return signer.isFormToken(token, "login:\(id)")
  }

  /// A token that ties a form to a session and to what it is about; each time it looks different.
  package func formToken(_ session: UserSession, _ subject: String) -> String {
    MaskedToken.masked(signer.formToken(Self.subject(session, subject)))
  }

  /// Whether a token is that of a form about a subject, shown in a session.
  func isFormToken(_ token: String?, _ session: UserSession, _ subject: String) -> Bool {
    token.map { signer.isFormToken(MaskedToken.opened($0), Self.subject(session, subject)) }
      ?? false
  }

  /// A token that ties a form to a session, or to the proof of a password where there is none.
  func formToken(_ session: UserSession?, _ subject: String, _ request: APIRequest) -> String {
    signer.formToken(self.subject(session, subject, request))
  }

  /// Whether a token is that of a form shown in a session, or in a browser with the proof of a password.
  func isFormToken(
    _ token: String?, _ session: UserSession?, _ subject: String, _ request: APIRequest
  ) -> Bool {
    token.map {
      signer.isFormToken(MaskedToken.opened($0), self.subject(session, subject, request))
    } ?? false
  }

  private func subject(
    _ session: UserSession?, _ subject: String, _ request: APIRequest
  ) -> String {
    session.map { Self.subject($0, subject) } ?? "proof:\(proof(request) ?? ""):\(subject)"
  }

  private static func subject(_ session: UserSession, _ subject: String) -> String {
    self.subject(session.digest, subject)
  }

  private static func subject(_ digest: [UInt8], _ subject: String) -> String {
    "session:\(Hex.encode(digest)):\(subject)"
  }

  // MARK: Cookies

  /// The value of a cookie; nil for none.
  func cookieValue(_ name: String, _ request: APIRequest) -> String? {
    cookieValue(name, request.headers)
  }

  private func cookieValue(_ name: String, _ headers: HTTPFields) -> String? {
    for field in headers[values: .cookie] {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, String(parts[0]).trimmingBlanks == name else { continue }
        return String(parts[1]).trimmingBlanks
      }
    }
    return nil
  }

  /// Sets a cookie, until the browser is closed or for some seconds; nil takes it away.
  func setting(
    _ name: String, _ value: String?, for seconds: Int? = nil, in answer: APIResponse
  ) -> APIResponse {
    var header = "\(name)=\(value ?? ""); Path=/; HttpOnly; SameSite=Lax"
    if isSecure { header += "; Secure" }
    if let age = value == nil ? 0 : seconds { header += "; Max-Age=\(age)" }
    var answer = answer
    answer.headers.append(HTTPField(name: .setCookie, value: header))
    return answer
  }
}
