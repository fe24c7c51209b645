import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct SessionStoreTests {
  private func withAda(
    _ body: (SessionStore, UserStore, User, ClockOffset, PostgresPool) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: usersSchema) { database in
      let offset = ClockOffset()
      let transactions = TransactionRunner(database.pool, clock: WallClock { offset.value })
      let users = UserStore(pool: database.pool, hasher: PasswordHasher(cost: .least))
      // Another one, so that this one may go.
      try await users.add(
        NewUser(username: "root", role: Role.administrators), password: "x", now: Date())
      let ada = try await users.add(NewUser(username: "ada"), password: "right", now: Date())
      try await body(
        SessionStore(transactions: transactions), users, ada, offset, database.pool)
    }
  }

  private func begin(
    _ sessions: SessionStore, _ user: User, replacing old: String? = nil
  ) async throws -> String {
    try await sessions.begin(
      user: user.id, passwordVersion: user.passwordVersion, address: "192.0.2.1",
      agent: "Agent\0" + String(repeating: "x", count: 10_000), replacing: old)
  }

  @Test func aSessionIsFoundByItsIDAlone() async throws {
    try await withAda { sessions, _, ada, _, pool in
      let id = try await begin(sessions, ada)
      #expect(try await sessions.find(id)?.user.id == ada.id)
      for wrong in ["", "x", id + "x", "\0", String(repeating: "x", count: 1_000_000)] {
        #expect(try await sessions.find(wrong) == nil)
      }
      let rows = try await pool.query("SELECT t::text FROM user_sessions t")
      for row in rows {
        let text: String = try row.decode(at: 0)
        #expect(!text.contains(id))
      }
      let next = try await begin(sessions, ada, replacing: id)
      #expect(try await sessions.find(id) == nil)
      try await sessions.end(next)
      #expect(try await sessions.find(next) == nil)
    }
  }

  @Test func aSessionEndsWithThePassword() async throws {
    try await withAda { sessions, users, ada, _, pool in
      let id = try await begin(sessions, ada)
      try await users.setPassword("new", of: "ada", now: Date())
      #expect(try await sessions.find(id) == nil)
      // What was verified with the old password begins nothing.
      #expect(try await sessions.find(try await begin(sessions, ada)) == nil)
      let now = try #require(try await users.user(ada.id))
      let fresh = try await begin(sessions, now)
      #expect(try await sessions.find(fresh) != nil)
      try await pool.query("UPDATE users SET password_hash = 'by hand' WHERE id = \(ada.id)")
      #expect(try await sessions.find(fresh) == nil)
    }
  }

  @Test func aSessionEndsWithItsUser() async throws {
    try await withAda { sessions, users, ada, _, _ in
      let id = try await begin(sessions, ada)
      try await users.setPublished(false, of: "ada", now: Date())
      #expect(try await sessions.find(id) == nil)
      try await users.setPublished(true, of: "ada", now: Date())
      #expect(try await sessions.find(id) != nil)
      try await users.remove("ada", now: Date())
      #expect(try await sessions.find(id) == nil)
      await #expect(throws: UserError.notFound) { try await begin(sessions, ada) }
    }
  }

  @Test func aSessionExpiresUnlessItIsUsedAndAfterAWeekAnyway() async throws {
    try await withAda { sessions, _, ada, offset, _ in
      let idle = try await begin(sessions, ada)
      let used = try await begin(sessions, ada)
      // 337 times 1790 s are half an hour less than a week; half an hour without a request ends a session.
      for _ in 0..<337 {
        offset.advance(by: 1790)
        #expect(try await sessions.find(used) != nil)
      }
      #expect(try await sessions.find(idle) == nil)
      offset.advance(by: 1790)
      #expect(try await sessions.find(used) == nil)
    }
  }

  @Test func whatTwoSetsPermitIsWhatBothDo() {
    let user = PermissionSet(grants: [
      "lead:leads": ["viewother", "editown"], "email:emails": ["full"],
      "campaign:campaigns": ["viewown"],
    ])
    let token = PermissionSet(grants: [
      "lead:leads": ["full"], "email:emails": ["viewown"], "form:forms": ["full"],
    ])
    for both in [user.narrowed(to: token), token.narrowed(to: user)] {
      #expect(both.access(.contacts, .view) == .all)
      #expect(both.access(.contacts, .edit) == .own)
      #expect(both.access(.contacts, .delete) == .none)
      #expect(both.access(.emails, .view) == .own)
      #expect(both.access(.emails, .edit) == .none)
      #expect(both.access(.campaigns, .view) == .none)
      #expect(both.access(.forms, .view) == .none)
    }
    #expect(PermissionSet.administrator.narrowed(to: token) == token)
    #expect(user.narrowed(to: .administrator) == user)
    #expect(!PermissionSet.administrator.narrowed(to: .reading).isAdministrator)
  }
}
