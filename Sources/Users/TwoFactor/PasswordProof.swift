import Foundation

/// That a user's password was right a moment ago, as a browser keeps it until the second factor is proven. It is no session.
package struct PasswordProof: Sendable, Equatable {
  /// The time for which a proof counts, in seconds.
  package static let seconds = 300
  static let maximumBytes = 200

  /// The user's id.
  package let user: Int64
  /// The version of the password that was right.
  package let passwordVersion: Int64
}

extension SecondFactorStore {
  /// The proof that a user's password was right now, as a text.
  package func prove(_ user: User) -> String {
    let body = "\(user.id).\(user.passwordVersion).\(Self.second(transactions.clock.now))"
    return "\(body).\(keys.sign(body))"
  }

  /// Reads a proof; nil for one that is forged or too old.
  package func proof(_ text: String) -> PasswordProof? {
    guard text.utf8.count <= PasswordProof.maximumBytes else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 else { return nil }
    let signature = keys.sign(parts[..<3].joined(separator: "."))
    guard SecretToken.isEqual(Array(signature.utf8), Array(parts[3].utf8)),
      let user = Int64(parts[0]), let version = Int64(parts[1]), let made = Int64(parts[2]),
      (0...Int64(PasswordProof.seconds)).contains(Self.second(transactions.clock.now) - made)
    else { return nil }
    return PasswordProof(user: user, passwordVersion: version)
  }

  private static func second(_ instant: Date) -> Int64 { Int64(instant.timeIntervalSince1970) }
}
