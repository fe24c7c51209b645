/// Why a sign-in by a provider came to nothing. Nobody was logged in.
package enum OpenIDError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The answer is none to a sign-in that this browser began within ten minutes, or it comes a second time.
  case expired
  /// The answer lacks a parameter or has a wrong one.
  case malformed(String)
  /// The provider said no; its word, such as `access_denied`.
  case refused(String)
  /// The provider could not be reached, or did not answer in time.
  case unreachable(String)
  /// What the provider answered is not as it must be.
  case invalid(String)
  /// The user may not log in.
  case disabled
  /// No user fits, and none may be created.
  case noUser
  /// ``OpenIDSettings/role`` is no role, or gives more than created users may have.
  case role(Int64)

  /// The error in words, for the operator.
  package var description: String {
    switch self {
    case .expired: "the sign-in was not begun in this browser, took too long, or is over"
    case .malformed(let rule): rule
    case .refused(let word): "the provider refused: \(word)"
    case .unreachable(let reason): "the provider cannot be reached: \(reason)"
    case .invalid(let reason): "the provider's answer is not valid: \(reason)"
    case .disabled: "the user may not log in"
    case .noUser: "no user fits"
    case .role(let id): "openid_role \(id) is no role, or an administrator's"
    }
  }

  /// A refusal with a provider's word, which may be anything.
  static func refused(by word: String) -> OpenIDError {
    let isWord =
      (1...60).contains(word.utf8.count)
      && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
    return .refused(isWord ? word : "an error without a known word")
  }
}
