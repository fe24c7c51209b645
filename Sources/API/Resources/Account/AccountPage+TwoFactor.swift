/// The pages of the second factor.
extension AccountPage {
  /// The value of `_step` in the form that asks for the code.
  static let codeStep = "code"
  /// What a wrong code is answered.
  static let wrongCode = APIError(
    .forbidden, "The code is wrong, or was used already: wait for the next one.")

  /// What the forms of the page do.
  enum TwoFactorAction: String, Sendable {
    case enable
    case disable
    case renewCodes = "codes"
  }

  /// The form that asks for a code after the password.
  static func code(
    _ goal: LoginGoal, token: String, problem: APIError? = nil
  ) -> APIResponse {
    let kept = goal.isKept ? [(LoginGoal.keep, "1")] : []
    return page(
      "Confirm that it is you",
      """
      \(goal.purpose)<form method="post" action="\(goal.action)">
      \(hidden(goal.fields + kept + [("token", token), ("_step", codeStep)]))
      \(codeField("Code of your authenticator app, or a recovery code"))
      <p><button>Log in</button></p></form>
      """, problem: problem)
  }

  /// The page to set up a second factor with.
  ///
  /// - Parameters:
  ///   - secret: The secret as people type it.
  ///   - picture: The QR code as SVG.
  ///   - isRequired: Whether the user can do nothing else before.
  static func setup(
    secret: String, picture: String?, isRequired: Bool, back: ReturnPath, token: String,
    problem: APIError? = nil
  ) -> APIResponse {
    page(
      "Set up two-factor sign-in",
      """
      \(isRequired ? "<p>Your role requires it: set it up to go on.</p>" : "")
      <p>Read this picture with an authenticator app, or type the secret into it. Then type the code that the \
      app shows.</p>
      \(picture.map { "<p>\($0)</p>" } ?? "")<p>Secret: <code>\(PublicPage.escape(secret))</code></p>
      \(form(.enable, back, token, codeField("Code"), button: "Turn on"))
      """, problem: problem)
  }

  /// The page of who has a second factor.
  ///
  /// - Parameter codes: How many recovery codes are left.
  static func twoFactor(
    codes: Int, back: ReturnPath, token: String, problem: APIError? = nil
  ) -> APIResponse {
    let proof = """
      <p><label>Password <input name="_password" type="password" autocomplete="current-password" \
      maxlength="1024" required></label></p>
      \(codeField("Code of your authenticator app, or a recovery code", isFirst: false))
      """
    return page(
      "Two-factor sign-in",
      """
      <p>It is on. \(codes == 1 ? "One recovery code is" : "\(codes) recovery codes are") left.</p>
      <h2>Make new recovery codes</h2><p>The ones of before are then good for nothing.</p>
      \(form(.renewCodes, back, token, proof, button: "Make new codes"))
      <h2>Turn it off</h2>
      \(form(.disable, back, token, proof, button: "Turn off"))
      <p><a href="../account">Your account</a></p>
      """, problem: problem)
  }

  /// Recovery codes, which are shown this once.
  static func recoveryCodes(_ codes: [String], back: ReturnPath) -> APIResponse {
    page(
      "Your recovery codes",
      """
      <p>Each of these logs you in once, in place of the code of your app. Keep them where you find them without \
      your phone: they are not shown again.</p>
      <pre>\(PublicPage.escape(codes.joined(separator: "\n")))</pre>
      <p><a href="\(PublicPage.escape(back.relative))">Go on</a></p>
      """)
  }

  private static func codeField(_ label: String, isFirst: Bool = true) -> String {
    """
    <p><label>\(label) <input name="_code" autocomplete="one-time-code" maxlength="40" required\
    \(isFirst ? " autofocus" : "")></label></p>
    """
  }

  private static func form(
    _ action: TwoFactorAction, _ back: ReturnPath, _ token: String, _ fields: String,
    button: String
  ) -> String {
    """
    <form method="post" action="two-factor">
    \(hidden([("return", back.path), ("token", token), ("action", action.rawValue)]))
    \(fields)<p><button>\(button)</button></p></form>
    """
  }
}
