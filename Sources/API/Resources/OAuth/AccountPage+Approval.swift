extension AccountPage {
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
}
