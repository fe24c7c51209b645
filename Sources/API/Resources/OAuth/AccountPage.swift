import HTTPTypes
import Hummingbird
import OAuth

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
      ], body: .whole(ByteBuffer(string: PublicPage.html(title, content))))
  }

  /// A page that says why nothing can be done, and leads nowhere.
  static func refusal(_ error: APIError) -> APIResponse {
    var page = page(
      "This is not possible", "<p>\(PublicPage.escape(error.message))</p>", status: error.status)
    page.headers[.retryAfter] = error.headers[.retryAfter]
    return page
  }

  /// The form to log in with.
  ///
  /// - Parameters:
  ///   - token: Ties the form to the browser.
  ///   - problem: What was wrong with the last try.
  ///   - others: HTML with other ways to log in; empty for none.
  static func login(
    _ request: AuthorizationRequest, token: String, problem: APIError? = nil, others: String = ""
  ) -> APIResponse {
    let told = problem.map { "<p role=\"alert\"><b>\(PublicPage.escape($0.message))</b></p>" }
    var page = page(
      "Log in",
      """
      <p>to let <b>\(PublicPage.escape(request.client.name))</b> act for you.</p>\(told ?? "")
      <form method="post" action="authorize_login_check">
      \(hidden(request.fields + [("token", token)]))
      <p><label>User name or e-mail address
      <input name="_username" autocomplete="username" maxlength="254" required autofocus></label></p>
      <p><label>Password
      <input name="_password" type="password" autocomplete="current-password" maxlength="1024" \
      required></label></p>
      <p><button>Log in</button></p></form>\(others)
      """, status: problem?.status ?? .ok)
    page.headers[.retryAfter] = problem?.headers[.retryAfter]
    return page
  }

  /// The form to approve of a client with.
  static func approval(
    _ request: AuthorizationRequest, user: String, token: String
  ) -> APIResponse {
    page(
      "Allow access",
      """
      <p><b>\(PublicPage.escape(request.client.name))</b> wants to act for you, \
      <b>\(PublicPage.escape(user))</b>: with everything that you may do.</p>
      <p>You will be sent to <code>\(PublicPage.escape(request.redirectURI.source))</code>.</p>
      <form method="post" action="authorize">\(hidden(request.fields + [("token", token)]))
      <p><button name="decision" value="approve">Allow</button>
      <button name="decision" value="deny">Deny</button>
      <button name="decision" value="logout">Use another account</button></p></form>
      """, destination: request.redirectURI.source)
  }

  private static func hidden(_ fields: [(name: String, value: String)]) -> String {
    fields.map {
      "<input type=\"hidden\" name=\"\($0.name)\" value=\"\(PublicPage.escape($0.value))\">"
    }.joined(separator: "\n")
  }
}
