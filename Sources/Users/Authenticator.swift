import Foundation
import Postgres

/// Checks whether a name and a password belong to a user.
///
/// Verifying a password costs tens of milliseconds, by design. Credentials that proved right are therefore remembered
/// for a minute, and requests that bring the same ones at the same moment share one verification. Whether any user has
/// changed is checked at most once a second: so a removed user or an old password is refused by every process within
/// that second.
package actor Authenticator {
  /// Limits of the cache.
  package struct Limits: Sendable {
    /// The time for which verified credentials are trusted.
    package var lifetime: Duration
    /// The greatest age of the knowledge that no user has changed.
    package var freshness: Duration
    /// The maximum number of credentials kept.
    package var capacity: Int

    /// Limits; the defaults are those of the product.
    package init(
      lifetime: Duration = .seconds(60), freshness: Duration = .seconds(1), capacity: Int = 4096
    ) {
      self.lifetime = lifetime
      self.freshness = freshness
      self.capacity = capacity
    }
  }

  private let store: UserStore
  private let hasher: PasswordHasher
  private let limits: Limits
  private var cache: CredentialCache
  /// Credentials that were right within a day. They prove nothing, but are no guess of somebody else's.
  private var familiar: CredentialCache
  private var checked: ContinuousClock.Instant?
  private var underWay: [CredentialCache.Digest: Task<User?, any Error>] = [:]
  private var decoy: String?

  /// The number of passwords actually verified, for metrics and tests.
  package private(set) var verifications = 0

  /// An authenticator over a store.
  package init(store: UserStore, hasher: PasswordHasher, limits: Limits = Limits()) {
    self.store = store
    self.hasher = hasher
    self.limits = limits
    cache = CredentialCache(lifetime: limits.lifetime, capacity: limits.capacity)
    familiar = CredentialCache(lifetime: .seconds(86_400), capacity: limits.capacity)
  }

  /// The user with these credentials.
  ///
  /// An unknown name costs as much as a wrong password, so that the time of an answer does not tell
  /// which names exist.
  ///
  /// - Parameters:
  ///   - name: The user name or the e-mail address.
  ///   - password: The password.
  ///   - source: Where the credentials come from; each source has its share of the hasher.
  ///   - begin: Called before a verification begins of credentials that were not right within a day. What it throws
  ///     refuses them.
  /// - Returns: `nil` if the credentials are wrong or the user may not log in.
  /// - Throws: The error of the database or of `begin`, or a ``PasswordHasher/Failure``.
  package func authenticate(
    name: String, password: String, from source: String = "",
    begin: @escaping @Sendable () async throws -> Void = {}
  ) async throws -> User? {
    guard name.utf8.count <= 1024, password.utf8.count <= 1024, !name.contains("\0") else {
      return nil
    }
    try await refresh()
    let digest = cache.digest(name: name, password: password)
    if let user = cache.user(digest, at: .now) { return user }
    if let task = underWay[digest] { return try await task.value }
    // Wrong passwords must not lock out the right one.
    let isFamiliar = familiar.user(digest, at: .now) != nil
    let line = isFamiliar ? PasswordHasher.Line.familiar : .source(source)
    let task = Task {
      if !isFamiliar { try await begin() }
      return try await verify(name: name, password: password, digest: digest, line)
    }
    underWay[digest] = task
    defer { underWay[digest] = nil }
    return try await task.value
  }

  /// The number of credentials remembered.
  package var remembered: Int { cache.count }

  private func refresh() async throws {
    let now = ContinuousClock.now
    if let checked, now - checked < limits.freshness { return }
    cache.adopt(version: try await store.version())
    checked = max(checked ?? now, now)
  }

  private func verify(
    name: String, password: String, digest: CredentialCache.Digest, _ line: PasswordHasher.Line
  ) async throws -> User? {
    let found = try await store.credentials(name)
    let hash: String
    if let known = found.hash { hash = known } else { hash = try await decoyHash() }
    verifications += 1
    let isRight = try await hasher.verify(password, against: hash, in: line)
    guard let user = found.user, isRight, user.isPublished else {
      familiar.remove(digest)
      return nil
    }
    try await noteActivity(of: user)
    cache.insert(user, digest, version: found.version, at: .now)
    familiar.insert(user, digest, version: 0, at: .now)
    return user
  }

  /// Keeps when the user was active.
  private func noteActivity(of user: User) async throws {
    do {
      try await store.noteActivity(of: user.id)
    } catch let error as PostgresError where error.code == .server {
      // A server that cannot write, such as one whose disk is full, keeps nobody from reading.
    }
  }

  /// A hash without a known password, of the same cost as all others.
  private func decoyHash() async throws -> String {
    if let decoy { return decoy }
    let made = try await hasher.hash(UUID().uuidString)
    decoy = made
    return made
  }
}
