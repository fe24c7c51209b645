import Contacts
import Foundation
import JobQueue
import OpenIDStub
import Postgres
import TestSchema
import TestSupport
import Testing
import Users

@testable import OpenID

/// Logins by a provider on this machine, on a database of their own. Users: `root`, an administrator with the address
/// root@example.com, and `ada` with ada@example.com.
struct OpenIDBed {
  let provider: StubProvider
  let pool: PostgresPool
  let transactions: TransactionRunner
  let users: UserStore
  let root: User
  let ada: User

  static func with(
    _ key: StubKey = IDTokenTests.curve, _ body: (OpenIDBed) async throws -> Void
  ) async throws {
    let provider = try StubProvider(key)
    try await TestDatabase.with(
      migrations: UsersMigrations.all + ContactsMigrations.all + OpenIDMigrations.all
    ) { database in
      let users = UserStore(pool: database.pool, hasher: PasswordHasher(cost: .least))
      let root = try await users.add(
        NewUser(username: "root", email: "root@example.com", role: Role.administrators),
        password: "x", now: Date())
      let ada = try await users.add(
        NewUser(username: "ada", email: "Ada@Example.com"), password: "x", now: Date())
      try await body(
        OpenIDBed(
          provider: provider, pool: database.pool,
          transactions: TransactionRunner(database.pool, clock: .system), users: users,
          root: root, ada: ada))
    }
  }

  /// What an operator sets who changes nothing.
  var settings: OpenIDSettings {
    OpenIDSettings(
      issuer: provider.issuer, clientID: StubProvider.clientID, secret: StubProvider.secret,
      name: "Stub", role: Role.users)
  }

  func login(_ change: (inout OpenIDSettings) -> Void = { _ in }) -> OpenIDLogin {
    var settings = settings
    change(&settings)
    return OpenIDLogin(
      settings, callback: "https://martlet.example.com/account/openid/callback", users: users,
      transactions: transactions)
  }

  /// A browser goes to the provider and comes back.
  func signIn(_ login: OpenIDLogin, session: Int64? = nil) async throws -> User {
    let begun = try await login.begin(returning: nil)
    let back = provider.agree(to: begun.address)
    return try await login.finish(
      SignInAnswer(state: back.state, code: back.code, error: nil, issuer: nil), begun.signIn,
      session: session, from: "192.0.2.1")
  }

  /// What the provider says instead of what it says by itself.
  func says(_ claims: [String: String?]) { provider.conduct.withLock { $0.claims = claims } }

  func count(_ path: String) -> Int { provider.counts.withLock { $0[path] ?? 0 } }

  func identities() async throws -> Int {
    try await pool.query("SELECT count(*) FROM user_identities").first?.decode(at: 0) ?? 0
  }
}
