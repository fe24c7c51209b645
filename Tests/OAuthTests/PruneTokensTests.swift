import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@testable import OAuth

@Suite struct PruneTokensTests {
  @Test func whatHasExpiredIsRemovedAndTheRestStays() async throws {
    let offset = ClockOffset()
    try await TestBed.with(
      migrations: JobQueueSchema.migrations + OAuthBed.schema, clock: WallClock { offset.value }
    ) { bed in
      let (jobs, pool) = (bed.jobs, bed.database.pool)
      let users = UserStore(pool: pool, hasher: PasswordHasher(cost: .least), clock: jobs.clock)
      let ada = try await users.add(
        NewUser(username: "ada", role: Role.administrators), password: "x", now: jobs.clock.now)
      let clients = ClientStore(transactions: jobs.transactions)
      var input = ClientInput()
      input.name = "App"
      input.role = .some(Role.users)
      let client = try await clients.create(input, by: .commandLine, now: jobs.clock.now)
      let grants = GrantStore(transactions: jobs.transactions)
      let sessions = SessionStore(transactions: jobs.transactions)
      let tokens = APITokenStore(transactions: jobs.transactions)
      var short = APITokenInput(name: "Short")
      short.expires = jobs.clock.now.addingTimeInterval(3600)

      for _ in 0..<1500 { _ = try await grants.grantClient(client) }
      _ = try await tokens.create(short, of: ada, by: .commandLine)
      _ = try await tokens.create(APITokenInput(name: "Long"), of: ada, by: .commandLine)
      _ = try await sessions.begin(
        user: ada.id, passwordVersion: ada.passwordVersion, address: "192.0.2.1", agent: nil)
      offset.advance(by: 40 * 86_400)
      let last = try await grants.grantClient(client)
      let session = try await sessions.begin(
        user: ada.id, passwordVersion: ada.passwordVersion, address: "192.0.2.1", agent: nil)

      var registry = JobRegistry()
      OAuthJobs.register(in: &registry)
      try await jobs.transactions.transaction { try $0.outbox.add(PruneTokens()) }
      try await jobs.working(registry) {
        let isDone = try await eventually {
          let count: Int? = try await pool.query(
            """
            SELECT (SELECT count(*) FROM oauth_grants) + (SELECT count(*) FROM api_tokens)
              + (SELECT count(*) FROM user_sessions)
            """
          ).first?.decode(at: 0)
          return count == 3
        }
        #expect(isDone)
      }
      #expect(try await grants.describe(last.access, of: client) != nil)
      #expect(try await sessions.find(session)?.user.id == ada.id)
    }
  }
}
