/// What a user logs in for, and where the pages of the login lead; addresses are relative to the page of the login.
struct LoginGoal: Sendable {
  /// What the login is for, as HTML; empty where it is for nothing else.
  var purpose = ""
  /// Where the forms are sent.
  var action: String
  /// What the forms pass on.
  var fields: [(name: String, value: String)]
  /// Whether the user stays logged in after the browser was closed.
  var isKept = false
  /// Where the user comes to once he is logged in.
  var destination: String
  /// The page on which a user sets up the second factor that his role requires.
  var setup: String
  /// Where the user comes to from a login elsewhere.
  var back: ReturnPath
  /// The page that leads to the login by a provider.
  var provider: String
  /// The form that the user had sent and that he is given back; nil for none.
  var kept: KeptForm?

  /// The name of the field by which a user asks to stay logged in.
  static let keep = "_keep"
}

extension LoginGoal {
  /// A login on the page of the account, which leads back to a path.
  ///
  /// - Parameter kept: The form that the user is given back there.
  init(_ back: ReturnPath, kept: KeptForm? = nil) {
    self.init(
      action: "login", fields: [("return", back.path)] + (kept?.passed ?? []),
      destination: back.relative,
      setup: "two-factor?\(back.parameter)", back: back, provider: "openid?\(back.parameter)",
      kept: kept)
  }

  /// A login to let a client act for the user.
  init(_ wanted: AuthorizationRequest) {
    let back = ReturnPath("/oauth/v2/authorize?\(wanted.query)")
    self.init(
      purpose: "<p>to let <b>\(PublicPage.escape(wanted.client.name))</b> act for you.</p>",
      action: "authorize_login_check", fields: wanted.fields,
      destination: "authorize?\(wanted.query)",
      setup: "../../account/two-factor?\(back.parameter)", back: back,
      provider: "../../account/openid?\(back.parameter)")
  }
}
