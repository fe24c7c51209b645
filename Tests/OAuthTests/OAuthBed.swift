import Contacts
import Foundation
import JobQueue
import OAuth
import Postgres
import TestSchema
import TestSupport
import Testing
import Users

/// Clients and tokens on a database of their own, with a clock that the test moves. Users: `ada`, an administrator.
struct OAuthBed {
  static let schema = UsersMigrations.all + OAuthMigrations.all + ContactsMigrations.all
  static let callback = "https://app.example.com/callback"

  let pool: PostgresPool
  let offset: ClockOffset
  let transactions: TransactionRunner
  let users: UserStore
  let clients: ClientStore
  let grants: GrantStore
  let tokens: APITokenStore
  let authenticator: TokenAuthenticator
  let ada: User

  static func with(_ body: (OAuthBed) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: schema) { database in
      let offset = ClockOffset()
      let clock = WallClock { offset.value }
      let transactions = TransactionRunner(database.pool, clock: clock)
      let users = UserStore(
        pool: database.pool, hasher: PasswordHasher(cost: .least), clock: clock)
      let ada = try await users.add(
        NewUser(username: "ada", role: Role.administrators), password: "right", now: clock.now)
      let bed = OAuthBed(
        pool: database.pool, offset: offset, transactions: transactions, users: users,
        clients: ClientStore(transactions: transactions),
        grants: GrantStore(transactions: transactions),
        tokens: APITokenStore(transactions: transactions),
        authenticator: TokenAuthenticator(
          store: BearerStore(transactions: transactions, users: users),
          limits: .init(freshness: .zero)), ada: ada)
      try await body(bed)
    }
  }

  var now: Date { transactions.clock.now }

  /// Creates a client with a callback.
  func client(
    _ name: String = "App", isConfidential: Bool = true, role: Int64? = nil
  ) async throws -> OAuthClient {
    var input = ClientInput()
    input.name = name
    input.isConfidential = isConfidential
    input.redirectURIs = [Self.callback]
    if let role { input.role = .some(role) }
    return try await clients.create(input, by: .commandLine, now: now)
  }

  /// A code that a user has approved of.
  func code(
    for client: OAuthClient, of user: User? = nil, isNamed: Bool = true, proof: ProofKey? = nil
  ) async throws -> String {
    let address = try #require(RedirectURI(Self.callback))
    return try await grants.approve(
      client, by: user ?? ada, redirectURI: address, isNamed: isNamed, proof: proof,
      from: "192.0.2.1")
  }

  /// The tokens for a code.
  func exchange(_ code: String, _ client: OAuthClient) async throws -> IssuedTokens {
    try await grants.exchange(code: code, redirectURI: Self.callback, verifier: nil, by: client)
  }

  /// Whether a token is taken.
  func isTaken(_ token: String, from address: String = "192.0.2.1") async throws -> Bool {
    if case .valid = try await authenticator.check(token, from: address) { true } else { false }
  }

  /// The word with which a body is refused; nil if it is not.
  func refusal(_ body: () async throws -> IssuedTokens) async throws -> OAuthError.Code? {
    do {
      _ = try await body()
      return nil
    } catch let error as OAuthError {
      return error.code
    }
  }

  /// The number of rows of a table.
  func count(_ table: String) async throws -> Int {
    try await pool.query("SELECT count(*) FROM \(identifier: table)").first?.decode(at: 0) ?? 0
  }
}
