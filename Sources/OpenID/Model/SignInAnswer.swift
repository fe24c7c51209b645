import Foundation
import Users

/// The parameters with which a provider sends a browser back (OpenID Connect Core 1.0, 3.1.2.5 and 3.1.2.6).
package struct SignInAnswer: Sendable {
  /// The longest code that is passed on.
  private static let maximumCode = 4096

  private let state: String?
  private let code: String?
  private let error: String?
  private let issuer: String?

  /// An answer with these parameters; nil for those that are missing.
  package init(state: String?, code: String?, error: String?, issuer: String?) {
    self.state = state
    self.code = code
    self.error = error
    self.issuer = issuer
  }

  /// Whether it is the answer to a sign-in, and comes in time.
  func isOf(_ signIn: SignIn, at now: Date) -> Bool {
    signIn.isOpen(at: now)
      && SecretToken.isEqual(Array((state ?? "").utf8), Array(signIn.state.utf8))
  }

  /// The code that the provider gives for the user.
  ///
  /// - Parameter known: The provider's issuer; an answer that names its sender must come from it (RFC 9207).
  /// - Throws: ``OpenIDError``.
  func code(issuer known: String) throws(OpenIDError) -> String {
    if let issuer, !issuer.utf8.elementsEqual(known.utf8) {
      throw .malformed("iss is not the provider's")
    }
    if let error { throw .refused(by: error) }
    guard let code else { throw .malformed("code is missing") }
    guard code.utf8.count <= Self.maximumCode else {
      throw .malformed("code has more than \(Self.maximumCode) bytes")
    }
    return code
  }
}
