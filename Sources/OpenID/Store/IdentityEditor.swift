package import JobQueue
import Primitives
package import Users

/// Gives users identities by hand, and takes them away: for providers that verify no addresses, for administrators, and for
/// a provider that was set up anew.
package struct IdentityEditor: Sendable {
  private let transactions: TransactionRunner

  /// The identities of a database.
  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Gives a user an identity.
  ///
  /// - Parameters:
  ///   - subject: The user's id at the provider, its claim `sub`.
  ///   - issuer: The provider's issuer.
  /// - Returns: False, with nothing changed, if another user has the identity, or this one has one at the issuer.
  /// - Throws: ``OpenIDError/malformed(_:)`` for what is none; `PostgresError`.
  package func link(
    _ user: User, to subject: String, at issuer: String, by author: Author
  ) async throws -> Bool {
    guard Claims.isSubject(subject), OpenIDAddress.isIssuer(issuer) else {
      throw OpenIDError.malformed("a subject has 1 to 255 printable ASCII characters")
    }
    return try await transactions.transaction { transaction in
      try await IdentityStore.link(
        user.id, to: subject, at: issuer, by: "hand", author, in: transaction)
    }
  }

  /// Takes all identities of a user away. Sessions go on.
  ///
  /// - Returns: Their number.
  /// - Throws: `PostgresError`.
  package func unlink(_ user: User, by author: Author) async throws -> Int {
    try await transactions.transaction { transaction in
      try await IdentityStore.unlink(user.id, author, in: transaction)
    }
  }
}
