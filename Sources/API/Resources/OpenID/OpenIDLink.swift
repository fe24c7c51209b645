import OpenID

/// The link of the login pages that leads to the provider.
struct OpenIDLink: Sendable {
  let settings: OpenIDSettings

  /// The link as HTML; empty for a login that leads back to a path which is too long for a browser to keep.
  func html(_ goal: LoginGoal) -> String {
    guard SignIn.isPath(goal.back.path) else { return "" }
    return """
      <p><a href="\(PublicPage.escape(goal.provider))">Sign in with \
      \(PublicPage.escape(settings.name))</a></p>
      """
  }
}
