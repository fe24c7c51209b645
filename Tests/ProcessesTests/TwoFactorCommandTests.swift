import Foundation
import JobQueue
import TestSupport
import Testing
import Users

/// `martlet user two-factor` and `martlet role two-factor`.
@Suite struct TwoFactorCommandTests {
  private struct Role: Decodable { let requiresTwoFactor: Bool }
  private struct User: Decodable { let hasSecondFactor: Bool }

  @Test func whoHasLostThePhoneIsHelpedAtTheCommandLine() async throws {
    try await Workbench.with { bench in
      _ = try await bench.martlet("user", "add", "ada", "--password-stdin", input: "secret\n")
      let pool = bench.database.pool
      let users = UserStore(pool: pool, hasher: PasswordHasher(cost: .least))
      let ada = try #require(try await users.find("ada"))
      let factors = SecondFactorStore(
        transactions: TransactionRunner(pool), secret: String(repeating: "s", count: 32))
      let secret = try await factors.begin(of: ada.id).bytes
      let codes = try await factors.enable(
        of: ada.id, code: TOTP.code(secret, at: Date()), by: ada.author, keeping: nil)
      #expect(codes != nil)
      func isSetUp() async throws -> Bool? {
        try await bench.martlet("user", "list", "--json").json([User].self).first?.hasSecondFactor
      }
      #expect(try await isSetUp() == true)
      let done = try await bench.martlet("user", "two-factor", "reset", "ada")
      #expect(done.status == 0 && done.output.contains("reset"))
      #expect(try await isSetUp() == false)
      let again = try await bench.martlet("user", "two-factor", "reset", "ada")
      #expect(again.status == 0 && again.output.contains("had no second factor"))
      #expect(try await bench.martlet("user", "two-factor", "reset", "eve").status == 1)
      let log = try await bench.martlet("audit", "export", "--from", "2020-01-01")
      #expect(log.output.contains("two_factor_reset"))
    }
  }

  @Test func aRoleRequiresASecondFactorOrNoLonger() async throws {
    try await Workbench.with { bench in
      let made = try await bench.martlet(
        "role", "create", "Desk", "--requires-two-factor", "--json"
      ).json(Role.self)
      #expect(made.requiresTwoFactor)
      let lifted = try await bench.martlet("role", "two-factor", "Desk", "--no-require", "--json")
      #expect(try !lifted.json(Role.self).requiresTwoFactor)
      let set = try await bench.martlet("role", "two-factor", "user")
      #expect(set.status == 0 && set.output.contains("second factor"))
      #expect(try await bench.martlet("role", "two-factor", "nobody").status == 1)
    }
  }
}
