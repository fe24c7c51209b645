import Foundation
import Postgres
import TestSupport
import Testing

@testable import Users

@Suite struct AuthenticatorTests {
  let now = Date(timeIntervalSince1970: 1_700_000_000)

  /// A user "ada" with the password "right", and an authenticator that asks for changes every time.
  func withAda(
    lifetime: Duration = .seconds(60), capacity: Int = 100,
    _ body: (UserStore, Authenticator) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: usersSchema) { database in
      let hasher = PasswordHasher(cost: .least)
      let users = UserStore(pool: database.pool, hasher: hasher)
      try await users.add(
        NewUser(username: "ada", email: "ada@example.com"), password: "right", now: now)
      let authenticator = Authenticator(
        store: users, hasher: hasher,
        limits: .init(lifetime: lifetime, freshness: .zero, capacity: capacity))
      try await body(users, authenticator)
    }
  }

  @Test func acceptsNameOrAddress() async throws {
    try await withAda { (_, authenticator) async throws in
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      #expect(
        try await authenticator.authenticate(name: "ADA@example.com", password: "right")?.username
          == "ada")
    }
  }

  @Test(arguments: [
    ("ada", "wrong"), ("ada", ""), ("eve", "right"), ("", ""), ("ada\0", "right"),
    ("adaright", ""),
  ])
  func refusesEverythingElse(name: String, password: String) async throws {
    try await withAda { (_, authenticator) async throws in
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      #expect(try await authenticator.authenticate(name: name, password: password) == nil)
    }
  }

  @Test func doesNotEvenHashAnAbsurdPassword() async throws {
    try await withAda { (_, authenticator) async throws in
      let long = String(repeating: "x", count: 5000)
      #expect(try await authenticator.authenticate(name: "ada", password: long) == nil)
      #expect(await authenticator.verifications == 0)
    }
  }

  private struct Refused: Error {}

  @Test func aPasswordThatWasRightLatelyIsNoGuess() async throws {
    try await withAda(lifetime: .zero) { (users, authenticator) async throws in
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      // Not in the cache any more, and yet not refused.
      let user = try await authenticator.authenticate(name: "ada", password: "right") {
        throw Refused()
      }
      #expect(user != nil)
      await #expect(throws: Refused.self) {
        try await authenticator.authenticate(name: "ada", password: "wrong") { throw Refused() }
      }
      // Once it is wrong it is a guess as any other.
      try await users.setPassword("new", of: "ada", now: now)
      let old = try await authenticator.authenticate(name: "ada", password: "right") {
        throw Refused()
      }
      #expect(old == nil)
      await #expect(throws: Refused.self) {
        try await authenticator.authenticate(name: "ada", password: "right") { throw Refused() }
      }
    }
  }

  @Test func aChangedPasswordIsHeededByEveryProcess() async throws {
    try await withAda { (users, authenticator) async throws in
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      try await users.setPassword("new", of: "ADA@example.com", now: now)
      #expect(try await authenticator.authenticate(name: "ada", password: "right") == nil)
      #expect(try await authenticator.authenticate(name: "ada", password: "new") != nil)
      await #expect(throws: UserError.notFound) {
        try await users.setPassword("new", of: "eve", now: now)
      }
      await #expect(throws: UserError.invalidPassword) {
        try await users.setPassword("", of: "ada", now: now)
      }
    }
  }

  @Test func aDisabledUserIsRefusedUntilEnabled() async throws {
    try await withAda { (users, authenticator) async throws in
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      #expect(try await users.setPublished(false, of: "ada", now: now).isPublished == false)
      #expect(try await authenticator.authenticate(name: "ada", password: "right") == nil)
      #expect(try await users.setPublished(true, of: "ada", now: now).isPublished)
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      await #expect(throws: UserError.notFound) {
        try await users.setPublished(false, of: "eve", now: now)
      }
    }
  }

  @Test func verifiesOncePerLifetime() async throws {
    try await withAda { (_, authenticator) async throws in
      for _ in 0..<20 {
        #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      }
      #expect(await authenticator.verifications == 1)
    }
    try await withAda(lifetime: .zero) { (_, authenticator) async throws in
      for _ in 0..<3 { _ = try await authenticator.authenticate(name: "ada", password: "right") }
      #expect(await authenticator.verifications == 3)
    }
  }

  @Test func sharesOneVerificationAmongRequestsOfTheSameMoment() async throws {
    try await withAda { (_, authenticator) async throws in
      let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<50 {
          group.addTask {
            try await authenticator.authenticate(name: "ada", password: "right") != nil
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(accepted == 50)
      #expect(await authenticator.verifications == 1)
    }
  }

  @Test func forgetsWhenAnyUserChanges() async throws {
    try await withAda { (users, authenticator) async throws in
      #expect(try await authenticator.authenticate(name: "ada", password: "right") != nil)
      let hash = try await PasswordHasher(cost: .least).hash("new")
      try await users.pool.query("UPDATE users SET password_hash = \(hash)")
      #expect(try await authenticator.authenticate(name: "ada", password: "right") == nil)
      #expect(try await authenticator.authenticate(name: "ada", password: "new") != nil)
      try await users.pool.query("UPDATE users SET is_published = false")
      #expect(try await authenticator.authenticate(name: "ada", password: "new") == nil)
      try await users.pool.query("UPDATE users SET is_published = true")
      #expect(try await authenticator.authenticate(name: "ada", password: "new") != nil)
      try await users.remove("ada", now: now)
      #expect(try await authenticator.authenticate(name: "ada", password: "new") == nil)
    }
  }

  /// An unknown name must not be told apart by asking less: it is verified too, against a decoy
  /// hash.
  @Test func worksAsHardForAnUnknownName() async throws {
    try await withAda { (_, authenticator) async throws in
      _ = try await authenticator.authenticate(name: "ada", password: "wrong")
      _ = try await authenticator.authenticate(name: "nobody", password: "wrong")
      #expect(await authenticator.verifications == 2)
    }
  }

  @Test func remembersABoundedNumber() async throws {
    try await withAda(capacity: 8) { (users, authenticator) async throws in
      for number in 0..<30 {
        try await users.add(NewUser(username: "user\(number)"), password: "p", now: now)
      }
      for number in 0..<30 {
        #expect(
          try await authenticator.authenticate(name: "user\(number)", password: "p") != nil)
        #expect(await authenticator.remembered <= 8)
      }
    }
  }

  @Test func turnsCallersAwayWhenTooManyWait() async throws {
    let hasher = PasswordHasher(cost: .least, concurrency: 1, maximumWaiting: 0)
    await #expect(throws: PasswordHasher.Failure.self) { try await hasher.hash("x") }
  }

  @Test func hashesDifferAndVerify() async throws {
    let hasher = PasswordHasher(cost: .least)
    let first = try await hasher.hash("päßword")
    let second = try await hasher.hash("päßword")
    #expect(first != second)
    #expect(try await hasher.verify("päßword", against: first))
    #expect(try await !hasher.verify("password", against: first))
    #expect(try await !hasher.verify("päßword", against: "no hash"))
  }
}
