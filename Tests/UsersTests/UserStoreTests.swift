import Foundation
import Postgres
import TestSupport
import Testing
import Users

@Suite struct UserStoreTests {
  let now = Date(timeIntervalSince1970: 1_700_000_000)
  let hasher = PasswordHasher(cost: .least)

  @Test func addsListsFindsAndRemoves() async throws {
    try await TestDatabase.with(migrations: usersSchema) { database in
      let users = UserStore(pool: database.pool, hasher: hasher)
      let ada = try await users.add(
        NewUser(
          username: " ada ", email: "ada@example.com", firstName: "Ada", lastName: "Admin",
          role: Role.administrators),
        password: "first", now: now)
      try await users.add(NewUser(username: "bob"), password: "second", now: now)

      #expect(ada.username == "ada")
      #expect(ada.fullName == "Ada Admin")
      #expect(ada.dates.added == now)
      #expect(try await users.list().map(\.username) == ["ada", "bob"])
      #expect(try await users.find("ADA")?.id == ada.id)
      #expect(try await users.find("Ada@Example.com")?.role.id == Role.administrators)
      #expect(try await users.user(ada.id) == ada)
      #expect(try await users.find("carol") == nil)

      try await users.remove("bob", now: now)
      #expect(try await users.list().map(\.username) == ["ada"])
      await #expect(throws: UserError.notFound) { try await users.remove("bob", now: now) }
    }
  }

  @Test func refusesWhatIsTakenOrMalformed() async throws {
    try await TestDatabase.with(migrations: usersSchema) { database in
      let users = UserStore(pool: database.pool, hasher: hasher)
      try await users.add(
        NewUser(username: "ada", email: "ada@example.com"), password: "x", now: now)

      await #expect(throws: UserError.usernameTaken) {
        try await users.add(NewUser(username: "Ada"), password: "x", now: now)
      }
      await #expect(throws: UserError.emailTaken) {
        try await users.add(
          NewUser(username: "eve", email: "ADA@example.com"), password: "x", now: now)
      }
      await #expect(throws: UserError.invalidUsername) {
        try await users.add(NewUser(username: "  "), password: "x", now: now)
      }
      await #expect(throws: UserError.invalidPassword) {
        try await users.add(NewUser(username: "eve"), password: "", now: now)
      }
    }
  }

  @Test func keepsNoPassword() async throws {
    try await TestDatabase.with(migrations: usersSchema) { database in
      let users = UserStore(pool: database.pool, hasher: hasher)
      try await users.add(NewUser(username: "ada"), password: "correct horse", now: now)
      let hash: String? = try await database.pool.query("SELECT password_hash FROM users")
        .first?.decode(at: 0)
      #expect(hash?.hasPrefix("$argon2id$") == true)
      #expect(hash?.contains("correct") == false)
    }
  }
}
