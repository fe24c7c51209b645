import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct SecondFactorStoreTests {
  /// A user with what acts on him.
  private struct Bed: Sendable {
    let factors: SecondFactorStore
    let users: UserStore
    let sessions: SessionStore
    let ada: User
    let offset: ClockOffset
    let clock: WallClock
    let pool: PostgresPool

    var now: Date { clock.now }

    /// Sets up the second factor; the secret and the recovery codes.
    func enabled() async throws -> (secret: [UInt8], codes: [String]) {
      let secret = try await factors.begin(of: ada.id).bytes
      let codes = try await factors.enable(
        of: ada.id, code: TOTP.code(secret, at: now), by: ada.author, keeping: nil)
      return (secret, try #require(codes))
    }

    func accepts(_ code: String) async throws -> Bool {
      try await factors.accept(code, of: ada.id, by: ada.author)
    }

    func begin(isFactorProven: Bool = false) async throws -> String {
      try await sessions.begin(
        user: ada.id, passwordVersion: ada.passwordVersion, isFactorProven: isFactorProven,
        address: "192.0.2.1", agent: nil)
    }

    func audited() async throws -> [String] {
      try await pool.query(
        "SELECT action FROM audit_log WHERE object_id = \(ada.id) AND action LIKE '%\\_%' ORDER BY id"
      ).map { try $0.decode(at: 0) }
    }
  }

  private func withAda(_ body: (Bed) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: usersSchema) { database in
      let offset = ClockOffset()
      // Time stands in the middle of a step, so that no step ends within a test.
      let start = Date(timeIntervalSince1970: 1_800_000_015)
      let clock = WallClock.standing {
        start.addingTimeInterval(Double(offset.value.components.seconds))
      }
      let transactions = TransactionRunner(database.pool, clock: clock)
      let users = UserStore(pool: database.pool, hasher: PasswordHasher(cost: .least))
      let ada = try await users.add(NewUser(username: "ada"), password: "right", now: Date())
      try await body(
        Bed(
          factors: SecondFactorStore(transactions: transactions, secret: "a secret"), users: users,
          sessions: SessionStore(transactions: transactions), ada: ada, offset: offset,
          clock: clock, pool: database.pool))
    }
  }

  @Test func settingUpIsPendingUntilARightCode() async throws {
    try await withAda { bed in
      let secret = try await bed.factors.begin(of: bed.ada.id)
      #expect(try await bed.factors.begin(of: bed.ada.id) == secret)
      #expect(try await bed.users.user(bed.ada.id)?.hasSecondFactor == false)
      #expect(try await !bed.accepts(TOTP.code(secret.bytes, at: bed.now)))
      #expect(
        try await bed.factors.enable(
          of: bed.ada.id, code: "x", by: bed.ada.author, keeping: nil) == nil)
      #expect(try await bed.users.user(bed.ada.id)?.hasSecondFactor == false)
      bed.offset.advance(by: 3700)
      #expect(try await bed.factors.begin(of: bed.ada.id) != secret)

      let codes = try await bed.enabled().codes
      #expect(Set(codes).count == 10)
      #expect(try await bed.users.user(bed.ada.id)?.hasSecondFactor == true)
      await #expect(throws: SecondFactorError.alreadyEnabled) {
        try await bed.factors.begin(of: bed.ada.id)
      }
      #expect(try await bed.audited() == ["two_factor_enable"])
    }
  }

  @Test func aCodeIsTakenOnce() async throws {
    try await withAda { bed in
      let secret = try await bed.enabled().secret
      // The code that ended the setting up.
      #expect(try await !bed.accepts(TOTP.code(secret, at: bed.now)))
      bed.offset.advance(by: 60)
      let code = TOTP.code(secret, at: bed.now)
      let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 { group.addTask { try await bed.accepts(code) } }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(taken == 1)
      // Nor one of a step before it.
      #expect(try await !bed.accepts(TOTP.code(secret, at: bed.now.addingTimeInterval(-30))))
      #expect(try await bed.accepts(" " + TOTP.code(secret, at: bed.now.addingTimeInterval(30))))
      for wrong in ["", "000000x", "\0", String(repeating: "1", count: 1_000_000)] {
        #expect(try await !bed.accepts(wrong))
      }
    }
  }

  @Test func aRecoveryCodeIsTakenOnceAndReplacedByNewOnes() async throws {
    try await withAda { bed in
      let codes = try await bed.enabled().codes
      let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 { group.addTask { try await bed.accepts(codes[0].uppercased()) } }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(taken == 1)
      #expect(try await bed.factors.recoveryCodes(of: bed.ada.id) == 9)
      let fresh = try await bed.factors.renewRecoveryCodes(of: bed.ada.id, by: bed.ada.author)
      #expect(fresh.count == 10)
      #expect(try await !bed.accepts(codes[1]))
      #expect(try await bed.accepts(fresh[1]))
      #expect(
        try await bed.audited() == [
          "two_factor_enable", "recovery_code_use", "recovery_codes_renew", "recovery_code_use",
        ])
      let digests = try await bed.pool.query(
        "SELECT encode(digest, 'escape') FROM user_recovery_codes")
      #expect(digests.count == 9)
      for row in digests {
        let text: String = try row.decode(at: 0)
        for code in fresh { #expect(!text.contains(code.replacing("-", with: ""))) }
      }
    }
  }

  @Test func theTableTellsNoSecret() async throws {
    try await withAda { bed in
      let secret = try await bed.enabled().secret
      let kept: [UInt8] = try #require(
        try await bed.pool.query("SELECT secret FROM user_second_factors").first
      ).decode(at: 0)
      #expect(kept.count > secret.count && !kept.contains(secret))
      // Under another secret of the installation codes say so, and recovery codes go on.
      let other = SecondFactorStore(
        transactions: TransactionRunner(bed.pool), secret: "another secret")
      await #expect(throws: SecondFactorError.unreadable) {
        try await other.accept("123456", of: bed.ada.id, by: bed.ada.author)
      }
      let codes = try await bed.factors.renewRecoveryCodes(of: bed.ada.id, by: bed.ada.author)
      #expect(try await other.accept(codes[0], of: bed.ada.id, by: bed.ada.author))
    }
  }

  @Test func sessionsOfThePasswordAloneEndAndBeginNoMore() async throws {
    try await withAda { bed in
      let (kept, other) = (try await bed.begin(), try await bed.begin())
      let session = try #require(try await bed.sessions.find(kept))
      let secret = try await bed.factors.begin(of: bed.ada.id).bytes
      _ = try await bed.factors.enable(
        of: bed.ada.id, code: TOTP.code(secret, at: bed.now), by: bed.ada.author,
        keeping: session.digest)
      #expect(try await bed.sessions.find(kept)?.user.hasSecondFactor == true)
      #expect(try await bed.sessions.find(other) == nil)
      await #expect(throws: UserError.secondFactorMissing) { try await bed.begin() }
      #expect(try await bed.sessions.find(try await bed.begin(isFactorProven: true)) != nil)
      try await bed.factors.disable(of: bed.ada.id, by: bed.ada.author)
      #expect(try await bed.sessions.find(try await bed.begin()) != nil)
      await #expect(throws: SecondFactorError.notEnabled) {
        try await bed.factors.disable(of: bed.ada.id, by: bed.ada.author)
      }
    }
  }

  @Test func whoHasLostThePhoneIsHelpedByAnotherOne() async throws {
    try await withAda { bed in
      _ = try await bed.enabled()
      let id = try await bed.begin(isFactorProven: true)
      let own = UserActor(bed.ada.author, rights: .administrator)
      await #expect(throws: SecondFactorError.ownAccount) {
        try await bed.users.resetSecondFactor(of: bed.ada.id, by: own, now: bed.now)
      }
      let weak = UserActor(Author(id: 99, name: "Bob"), rights: PermissionSet())
      await #expect(throws: UserError.exceedsOwnRights) {
        try await bed.users.resetSecondFactor(of: bed.ada.id, by: weak, now: bed.now)
      }
      #expect(
        try await bed.users.resetSecondFactor(ofUserNamed: "ADA", now: bed.now).hasSecondFactor)
      #expect(try await bed.sessions.find(id) == nil)
      #expect(try await bed.users.user(bed.ada.id)?.hasSecondFactor == false)
      #expect(
        try await !bed.users.resetSecondFactor(ofUserNamed: "ada", now: bed.now).hasSecondFactor)
      #expect(try await bed.audited() == ["two_factor_enable", "two_factor_reset"])
      await #expect(throws: UserError.notFound) {
        try await bed.users.resetSecondFactor(ofUserNamed: "eve", now: bed.now)
      }
    }
  }

  @Test func processesForgetCredentialsWhenAPasswordAloneIsNoLongerEnough() async throws {
    try await withAda { bed in
      func version() async throws -> Int64 {
        try #require(try await bed.pool.query("SELECT version FROM users_version").first)
          .decode(at: 0)
      }
      let first = try await version()
      let secret = try await bed.factors.begin(of: bed.ada.id).bytes
      #expect(try await version() == first)
      _ = try await bed.factors.enable(
        of: bed.ada.id, code: TOTP.code(secret, at: bed.now), by: bed.ada.author, keeping: nil)
      let enabled = try await version()
      #expect(enabled > first)
      bed.offset.advance(by: 60)
      #expect(try await bed.accepts(TOTP.code(secret, at: bed.now)))
      // A login is no change of the users.
      #expect(try await version() == enabled)
      try await bed.factors.disable(of: bed.ada.id, by: bed.ada.author)
      #expect(try await version() > enabled)
    }
  }

  @Test func aProofOfThePasswordIsSignedAndShort() async throws {
    try await withAda { bed in
      let text = bed.factors.prove(bed.ada)
      let proof = try #require(bed.factors.proof(text))
      #expect(proof.user == bed.ada.id && proof.passwordVersion == bed.ada.passwordVersion)
      let other = SecondFactorStore(
        transactions: TransactionRunner(bed.pool), secret: "another secret")
      #expect(other.proof(text) == nil)
      let parts = text.split(separator: ".").map(String.init)
      let forged = [
        "", "....", text + "0", "2" + text, text.uppercased() + "\0",
        ([parts[0], "99"] + parts[2...]).joined(separator: "."),
        String(repeating: "1.", count: 100_000),
      ]
      for forged in forged { #expect(bed.factors.proof(forged) == nil, "\(forged.prefix(60))") }
      bed.offset.advance(by: 301)
      #expect(bed.factors.proof(text) == nil)
    }
  }
}
