import Foundation
import OAuth
import Postgres
import Testing
import Users

@Suite struct APITokenTests {
  @Test func aTokenActsForItsUserUntilItIsRevoked() async throws {
    try await OAuthBed.with { (bed) async throws in
      let token = try await bed.tokens.create(
        APITokenInput(name: "Script"), of: bed.ada, by: .commandLine)
      let secret = try #require(token.secret)
      #expect(secret.hasPrefix(token.prefix))
      #expect(try await bed.isTaken(secret))
      #expect(try await bed.tokens.find(token.id)?.secret == nil)
      // A password does not end it.
      try await bed.users.setPassword("new", of: "ada", now: bed.now)
      #expect(try await bed.isTaken(secret))
      #expect(try await bed.tokens.revoke(token.id, by: .commandLine)?.revoked != nil)
      #expect(try await !bed.isTaken(secret))
      #expect(try await bed.tokens.revoke(token.id, by: .commandLine) != nil)
      #expect(try await bed.tokens.revoke(99, by: .commandLine) == nil)
      let audited: Int? = try await bed.pool.query(
        "SELECT count(*) FROM audit_log WHERE object = 'token' AND action = 'revoke'"
      ).first?.decode(at: 0)
      #expect(audited == 1)
    }
  }

  @Test func itsUseIsNotedOnceAMinute() async throws {
    try await OAuthBed.with { (bed) async throws in
      let token = try await bed.tokens.create(
        APITokenInput(name: "Script"), of: bed.ada, by: .commandLine)
      let secret = try #require(token.secret)
      #expect(try await bed.isTaken(secret))
      let first = try #require(try await bed.tokens.find(token.id)?.lastUsed)
      bed.offset.advance(by: 30)
      // Any change has it looked up again.
      try await bed.pool.query("UPDATE users SET last_name = last_name")
      #expect(try await bed.isTaken(secret))
      #expect(try await bed.tokens.find(token.id)?.lastUsed == first)
      bed.offset.advance(by: 31)
      try await bed.pool.query("UPDATE users SET last_name = last_name")
      #expect(try await bed.isTaken(secret))
      let second = try #require(try await bed.tokens.find(token.id)?.lastUsed)
      #expect(second.timeIntervalSince(first) > 60)
    }
  }

  @Test func itIsBoundByNetworksAndTime() async throws {
    try await OAuthBed.with { (bed) async throws in
      var input = APITokenInput(name: "Script")
      input.networks = ["192.0.2.0/24", "2001:db8::/32"]
      input.expires = bed.now.addingTimeInterval(3600)
      let secret = try #require(
        try await bed.tokens.create(input, of: bed.ada, by: .commandLine).secret)
      for (address, verdict) in [
        ("192.0.2.77", true), ("::ffff:192.0.2.77", true), ("2001:db8::7", true),
        ("192.0.3.1", false), ("unknown", false), ("", false),
      ] {
        #expect(try await bed.isTaken(secret, from: address) == verdict, "\(address)")
      }
      #expect(try await bed.authenticator.check(secret, from: "192.0.3.1") == .elsewhere)
      bed.offset.advance(by: 3601)
      #expect(try await !bed.isTaken(secret, from: "192.0.2.77"))
      #expect(try await bed.authenticator.check(secret, from: "192.0.3.1") == .invalid)
    }
  }

  @Test func itsScopeNarrowsWhatItsUserMay() async throws {
    try await OAuthBed.with { (bed) async throws in
      func rights(_ scope: [String]?) async throws -> PermissionSet {
        var input = APITokenInput(name: "Script")
        input.scope = scope
        let token = try await bed.tokens.create(input, of: bed.ada, by: .commandLine)
        let verdict = try await bed.authenticator.check(token.secret ?? "", from: "192.0.2.1")
        guard case .valid(let bearer) = verdict else { return PermissionSet() }
        return bearer.rights
      }
      #expect(try await rights(nil).isAdministrator)
      let reading = try await rights(["read"])
      #expect(!reading.isAdministrator)
      #expect(reading.access(.contacts, .view) == .all)
      #expect(reading.access(.contacts, .edit) == .none)
      #expect(reading.access(.tokens, .full) == .none)
      let some = try await rights(["lead:leads:viewown", "email:emails:full"])
      #expect(some.access(.contacts, .view) == .own)
      #expect(some.access(.emails, .delete) == .all)
      #expect(some.access(.users, .view) == .none)
      for wrong in [[], [""], ["read", "lead:leads:viewown"], ["lead:leads:fly"], ["\0"]] {
        await #expect(throws: UserError.self) { try await rights(wrong) }
      }
    }
  }

  @Test func valuesAreChecked() async throws {
    try await OAuthBed.with { (bed) async throws in
      func member(_ change: (inout APITokenInput) -> Void) async throws -> String? {
        var input = APITokenInput(name: "Script")
        change(&input)
        do {
          _ = try await bed.tokens.create(input, of: bed.ada, by: .commandLine)
          return nil
        } catch let error as UserError {
          return error.member
        }
      }
      #expect(try await member { $0.name = "" } == "name")
      #expect(try await member { $0.name = "\0" } == "name")
      #expect(try await member { $0.name = String(repeating: "x", count: 10_000_000) } == "name")
      #expect(try await member { $0.networks = ["everywhere"] } == "networks")
      #expect(try await member { $0.networks = ["192.0.2.0/33"] } == "networks")
      #expect(
        try await member { $0.networks = Array(repeating: "::1", count: 51) } == "networks")
      #expect(try await member { $0.expires = bed.now.addingTimeInterval(-1) } == "expires")
      // A user whose role does not let applications act for him.
      var role = RoleInput()
      role.name = "Bare"
      let bare = try await RoleStore(transactions: bed.transactions).create(
        role, by: .commandLine, now: bed.now)
      let lee = try await bed.users.add(
        NewUser(username: "lee", role: bare.id), password: "x", now: bed.now)
      await #expect(throws: UserError.self) {
        try await bed.tokens.create(APITokenInput(name: "x"), of: lee, by: .commandLine)
      }
    }
  }

  @Test func itEndsWithItsUser() async throws {
    try await OAuthBed.with { (bed) async throws in
      let lee = try await bed.users.add(NewUser(username: "lee"), password: "x", now: bed.now)
      func secret() async throws -> String {
        try await bed.tokens.create(APITokenInput(name: "Script"), of: lee, by: .commandLine)
          .secret ?? ""
      }
      let token = try await secret()
      #expect(try await bed.isTaken(token))
      try await bed.users.setPublished(false, of: "lee", now: bed.now)
      #expect(try await !bed.isTaken(token))
      try await bed.users.setPublished(true, of: "lee", now: bed.now)
      #expect(try await bed.isTaken(token))
      try await bed.users.remove("lee", now: bed.now)
      #expect(try await !bed.isTaken(token))
    }
  }

  @Test(arguments: ["", "x", "mlt_", "\0", String(repeating: "x", count: 10_000_000)])
  func whatIsNoTokenIsCountedAndRefused(_ token: String) async throws {
    struct Refused: Error {}
    try await OAuthBed.with { (bed) async throws in
      #expect(try await bed.authenticator.check(token, from: "192.0.2.1") == .invalid)
      await #expect(throws: Refused.self) {
        try await bed.authenticator.check(token, from: "192.0.2.1") { throw Refused() }
      }
    }
  }
}
