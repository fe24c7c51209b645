/// The error of setting up, using or taking away a second factor. Nothing was changed.
package enum SecondFactorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The user has one already.
  case alreadyEnabled
  /// The user has none.
  case notEnabled
  /// It was sealed under another secret of the installation.
  case unreadable
  /// A user resets his own: who has only a token or a session must not get round it.
  case ownAccount

  /// The error in words.
  package var description: String {
    switch self {
    case .alreadyEnabled: "two-factor sign-in is set up already"
    case .notEnabled: "two-factor sign-in is not set up"
    case .unreadable:
      """
      the secret of this installation has changed since two-factor sign-in was set up: use a recovery code, \
      or have it reset
      """
    case .ownAccount:
      "nobody resets his own two-factor sign-in; the page /account/two-factor turns it off"
    }
  }
}
