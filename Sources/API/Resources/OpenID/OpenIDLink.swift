import OpenID
import Primitives

/// The link of the login page that leads to the provider.
struct OpenIDLink: Sendable {
  let settings: OpenIDSettings

  /// The link as HTML, from a page of `/oauth/v2/`; empty for a request that is too long for a browser to keep.
  ///
  /// - Parameter query: The query of `/oauth/v2/authorize` to which the user comes back.
  func html(leadingTo query: String) -> String {
    let path = "/oauth/v2/authorize?\(query)"
    guard SignIn.isPath(path) else { return "" }
    let back = PercentCoding.encode(path.utf8, keeping: PercentCoding.unreserved)
    return """
      <p><a href="../../account/openid?return=\(back)">Sign in with \
      \(PublicPage.escape(settings.name))</a></p>
      """
  }
}
