import Primitives
package import Users

/// Checks tokens.
///
/// What a token stands for is remembered for a minute. Whether anything that counts has changed (a user, a role, a
/// client, a token that was revoked) is checked at most once a second: so every process refuses what is over within that
/// second. A token that expires is refused at that instant.
package actor TokenAuthenticator {
  /// What a token proves.
  package enum Verdict: Sendable, Equatable {
    case valid(TokenBearer)
    /// Unknown, expired or revoked.
    case invalid
    /// Good, but not from this address.
    case elsewhere
  }

  private let store: BearerStore
  private let freshness: Duration
  private var cache: VerifiedCache<TokenBearer>
  private var checked: ContinuousClock.Instant?
  private var underWay: [[UInt8]: Task<TokenBearer?, any Error>] = [:]

  /// An authenticator over a store.
  package init(store: BearerStore, limits: Authenticator.Limits = Authenticator.Limits()) {
    self.store = store
    freshness = limits.freshness
    cache = VerifiedCache(lifetime: limits.lifetime, capacity: limits.capacity)
  }

  /// Whom a token stands for.
  ///
  /// - Parameters:
  ///   - token: The token.
  ///   - address: The address from which it comes.
  ///   - begin: Called before a look-up of a token that is not remembered. What it throws refuses the token.
  /// - Throws: The error of the database or of `begin`.
  package func check(
    _ token: String, from address: String,
    begin: @escaping @Sendable () async throws -> Void = {}
  ) async throws -> Verdict {
    guard (1...SecretToken.maximumBytes).contains(token.utf8.count) else {
      try await begin()
      return .invalid
    }
    try await refresh()
    let digest = SecretToken.digest(token)
    var known = cache.value(digest, at: .now)
    if known == nil { known = try await shared(token, digest, begin) }
    guard let bearer = known, bearer.expires.map({ $0 > store.now }) ?? true else {
      return .invalid
    }
    guard bearer.networks.isEmpty else {
      let client = IPAddress(address)
      return client.map { client in bearer.networks.contains { $0.contains(client) } } ?? false
        ? .valid(bearer) : .elsewhere
    }
    return .valid(bearer)
  }

  private func refresh() async throws {
    let now = ContinuousClock.now
    if let checked, now - checked < freshness { return }
    cache.adopt(version: try await store.version())
    checked = max(checked ?? now, now)
  }

  /// Requests that bring the same token at the same moment share one look-up.
  private func shared(
    _ token: String, _ digest: [UInt8], _ begin: @escaping @Sendable () async throws -> Void
  ) async throws -> TokenBearer? {
    if let task = underWay[digest] { return try await task.value }
    let task = Task {
      try await begin()
      return try await lookUp(token, digest)
    }
    underWay[digest] = task
    defer { underWay[digest] = nil }
    return try await task.value
  }

  private func lookUp(_ token: String, _ digest: [UInt8]) async throws -> TokenBearer? {
    guard let (version, bearer) = try await store.bearer(token, digest) else { return nil }
    cache.insert(bearer, digest, version: version, at: .now)
    return bearer
  }
}
