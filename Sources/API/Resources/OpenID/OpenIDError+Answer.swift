import OpenID

extension OpenIDError: RecordError {
  /// What the user is told; what is the operator's to mend is in the log.
  var answer: APIError {
    switch self {
    case .expired:
      APIError(
        .badRequest,
        "This sign-in was not begun in this browser, took more than ten minutes, or is over. Please begin again."
      )
    case .malformed(let rule): .badRequest("The address is not valid: \(rule).")
    case .refused("access_denied"):
      APIError(.forbidden, "The sign-in was refused, or you broke it off.")
    case .refused(let word): APIError(.forbidden, "The provider refused the sign-in: \(word).")
    case .unreachable: .unavailable("The provider of the sign-in does not answer.", retryAfter: 10)
    case .invalid:
      APIError(.badGateway, "The provider of the sign-in has answered what cannot be accepted.")
    case .disabled: APIError(.forbidden, "You may not log in here.")
    case .noUser, .role:
      APIError(
        .forbidden,
        "No user of this installation fits what the provider says of you. Ask an administrator to create one with your e-mail address."
      )
    }
  }

  /// Whether the operator, or the provider's, has something to mend.
  var isFault: Bool {
    switch self {
    case .unreachable, .invalid, .role: true
    case .refused(let word): word != "access_denied"
    case .expired, .malformed, .disabled, .noUser: false
    }
  }
}
