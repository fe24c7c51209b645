import OpenID

/// The sign-in by a provider that a browser has under way, in a cookie of ten minutes.
extension BrowserSessions {
  private var openIDCookie: String { isSecure ? "__Host-martlet_openid" : "martlet_openid" }

  /// The sign-in that a browser brings back; nil for none that we signed.
  func signIn(_ request: APIRequest) -> SignIn? {
    guard let value = cookieValue(openIDCookie, request), let dot = value.lastIndex(of: ".") else {
      return nil
    }
    let text = String(value[..<dot])
    guard signer.isFormToken(String(value[value.index(after: dot)...]), Self.subject(text)) else {
      return nil
    }
    return SignIn(text)
  }

  /// Has a browser keep a sign-in; nil has it forget.
  func keeping(_ signIn: SignIn?, in answer: APIResponse) -> APIResponse {
    let value = signIn.map { "\($0.text).\(signer.formToken(Self.subject($0.text)))" }
    return setting(openIDCookie, value, for: SignIn.seconds, in: answer)
  }

  private static func subject(_ text: String) -> String { "openid:\(text)" }
}
