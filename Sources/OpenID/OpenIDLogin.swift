package import JobQueue
package import Users

/// Logs users in by a provider of OpenID Connect, as its relying party.
package struct OpenIDLogin: Sendable {
  private let provider: OpenIDProvider
  private let identities: IdentityStore
  private let resolver: IdentityResolver
  private let clock: WallClock

  /// Logins by a provider, which is asked nothing yet.
  ///
  /// - Parameter callback: The absolute URL of ours that is registered at the provider.
  package init(
    _ settings: OpenIDSettings, callback: String, users: UserStore, transactions: TransactionRunner
  ) {
    provider = OpenIDProvider(settings, callback: callback)
    identities = IdentityStore(transactions: transactions)
    resolver = IdentityResolver(settings: settings, transactions: transactions, users: users)
    clock = transactions.clock
  }

  /// The provider's issuer.
  package var issuer: String { provider.settings.issuer }

  /// Begins a sign-in.
  ///
  /// - Parameter returning: The path on this server to go to afterwards; nil for none.
  /// - Returns: What the browser keeps, signed, for ``SignIn/seconds``, and where it goes.
  /// - Throws: ``OpenIDError``.
  package func begin(returning: String?) async throws -> (signIn: SignIn, address: String) {
    try await provider.begin(returning: returning, at: clock.now)
  }

  /// The user who comes back from the provider.
  ///
  /// - Parameters:
  ///   - answer: What the browser brings.
  ///   - signIn: What it kept; nil for nothing that we signed.
  ///   - session: The user who is logged in in the browser; nil for none.
  ///   - address: The browser's address.
  /// - Throws: ``OpenIDError``; `PostgresError`.
  package func finish(
    _ answer: SignInAnswer, _ signIn: SignIn?, session: Int64?, from address: String
  ) async throws -> User {
    guard let signIn, answer.isOf(signIn, at: clock.now), try await identities.use(signIn) else {
      throw OpenIDError.expired
    }
    let claims = try await provider.claims(answer, of: signIn, at: clock.now)
    let user = try await resolver.user(claims, session: session, from: address)
    try await resolver.users.noteActivity(of: user.id)
    return user
  }
}
