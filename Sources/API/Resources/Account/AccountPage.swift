import HTTPTypes
import Hummingbird
import Users

/// Pages for users, where they log in and approve of clients: without scripts and third parties, in no frame and no cache.
enum AccountPage {
  /// A page.
  ///
  /// - Parameters:
  ///   - content: HTML.
  ///   - destination: What forms of the page may lead to beside this server: browsers look at where an answer to a form
  ///     sends them, too.
  static func page(
    _ title: String, _ content: String, status: HTTPResponse.Status = .ok,
    destination: String? = nil
  ) -> APIResponse {
    let forms = ["'self'", destination].compactMap(\.self).joined(separator: " ")
    return APIResponse(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .pragma: "no-cache",
        .contentSecurityPolicy: """
        default-src 'none'; style-src 'unsafe-inline'; form-action \(forms); base-uri 'none'; \
        frame-ancestors 'none'
        """,
        .frameOptions: "DENY", .referrerPolicy: "no-referrer", .robots: "noindex",
      ], body: .whole(ByteBuffer(string: html(title, content))))
  }

  /// A page that says why nothing can be done, and leads nowhere.
  static func refusal(_ error: APIError) -> APIResponse {
    var page = page(
      "This is not possible", "<p>\(PublicPage.escape(error.message))</p>", status: error.status)
    page.headers[.retryAfter] = error.headers[.retryAfter]
    return page
  }

  /// Runs a handler whose errors are pages.
  static func answering(
    _ request: APIRequest, _ body: () async throws -> APIResponse
  ) async throws -> APIResponse {
    do {
      return try await body()
    } catch let error where !ErrorMapping.isCancellation(error) {
      return refusal(ErrorMapping.apiError(for: error, logger: request.logger))
    }
  }

  /// A page that a form comes back to, with what was wrong with the last try above it.
  static func page(_ title: String, _ content: String, problem: APIError?) -> APIResponse {
    let told = problem.map { "<p role=\"alert\"><b>\(PublicPage.escape($0.message))</b></p>" }
    var page = page(title, (told ?? "") + content, status: problem?.status ?? .ok)
    page.headers[.retryAfter] = problem?.headers[.retryAfter]
    return page
  }

  /// The form to log in with.
  ///
  /// - Parameters:
  ///   - token: Ties the form to the browser.
  ///   - problem: What was wrong with the last try.
  ///   - others: HTML with other ways to log in; empty for none.
  static func login(
    _ goal: LoginGoal, token: String, problem: APIError? = nil, others: String = ""
  ) -> APIResponse {
    page(
      "Log in",
      """
      \(goal.purpose)<form method="post" action="\(goal.action)">
      \(hidden(goal.fields + [("token", token)]))
      <p><label>User name or e-mail address
      <input name="_username" autocomplete="username" maxlength="254" required autofocus></label></p>
      <p><label>Password
      <input name="_password" type="password" autocomplete="current-password" maxlength="1024" \
      required></label></p>
      <p><label class="keep"><input name="\(LoginGoal.keep)" type="checkbox" value="1"\(goal.isKept ? " checked" : "")>
      Keep me signed in for 30 days</label></p>
      <p><button>Log in</button></p></form>\(others)
      """, problem: problem)
  }

  /// The page of a user's account.
  static func account(_ user: User, token: String) -> APIResponse {
    page(
      "Your account",
      """
      <p>You are logged in as <b>\(PublicPage.escape(user.fullName))</b> \
      (\(PublicPage.escape(user.username))).</p>
      <p><a href="account/two-factor">Two-factor sign-in</a>: \
      \(user.hasSecondFactor ? "on" : "off")</p>
      <p><a href="console">To the console</a></p>
      <form method="post" action="account/logout">\(hidden([("token", token)]))
      <p><button>Log out</button></p></form>
      """)
  }

  /// Fields of a form that are not shown.
  static func hidden(_ fields: [(name: String, value: String)]) -> String {
    fields.map {
      "<input type=\"hidden\" name=\"\(PublicPage.escape($0.name))\" value=\"\(PublicPage.escape($0.value))\">"
    }.joined(separator: "\n")
  }
}
