import Foundation
import OpenIDStub
import Postgres
import TestSupport
import Testing
import Users

@testable import OpenID

/// Which user somebody is whom the provider has proven.
@Suite struct IdentityTests {
  @Test func anAddressLeadsToAUserOnceAndTheIdentityFromThenOn() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login()
      #expect(try await bed.signIn(login).id == bed.ada.id)
      let rows = try await bed.pool.query(
        "SELECT details ->> 'subject', ip_address FROM audit_log WHERE action = 'identity'")
      #expect(try rows.first?.decode(at: 0) == "sub-1")
      #expect(try rows.first?.decode(at: 1) == "192.0.2.1")
      // The provider may give the address to somebody else: that is another person.
      bed.says(["email": "new@example.com"])
      #expect(try await bed.signIn(login).id == bed.ada.id)
      bed.says(["sub": "sub-2"])
      await #expect(throws: OpenIDError.noUser) { try await bed.signIn(login) }
      #expect(try await bed.identities() == 1)
    }
  }

  @Test func anAddressThatNobodyHasVerifiedLeadsToNobody() async throws {
    try await OpenIDBed.with { (bed) async throws in
      for claims in [
        ["email_verified": "false"], ["email_verified": String?.none], ["email": "ada"],
        ["email": "nobody@example.com"], ["email": "ada@example.com\u{0}"],
      ] {
        bed.says(claims)
        await #expect(throws: OpenIDError.noUser) { try await bed.signIn(bed.login()) }
      }
      bed.says([:])
      let strict = bed.login { $0.linksByEmail = false }
      await #expect(throws: OpenIDError.noUser) { try await bed.signIn(strict) }
    }
  }

  @Test func anAdministratorIsFoundByTheAddressWhileLoggedInAlone() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login { $0.createsUsers = true }
      bed.says(["email": "root@example.com"])
      await #expect(throws: OpenIDError.noUser) { try await bed.signIn(login) }
      await #expect(throws: OpenIDError.noUser) {
        try await bed.signIn(login, session: bed.ada.id)
      }
      #expect(try await bed.signIn(login, session: bed.root.id).id == bed.root.id)
      #expect(try await bed.signIn(login).id == bed.root.id)
    }
  }

  @Test func anOperatorLinksAndUnlinksByHand() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login { $0.linksByEmail = false }
      let editor = IdentityEditor(transactions: bed.transactions)
      let issuer = bed.provider.issuer
      #expect(try await editor.link(bed.root, to: "sub-1", at: issuer, by: .commandLine))
      #expect(try await bed.signIn(login).id == bed.root.id)
      #expect(try await !editor.link(bed.ada, to: "sub-1", at: issuer, by: .commandLine))
      #expect(try await !editor.link(bed.root, to: "sub-2", at: issuer, by: .commandLine))
      #expect(try await editor.unlink(bed.root, by: .commandLine) == 1)
      #expect(try await editor.unlink(bed.root, by: .commandLine) == 0)
      await #expect(throws: OpenIDError.noUser) { try await bed.signIn(login) }
      for subject in ["", "\u{E4}", String(repeating: "x", count: 256)] {
        await #expect(throws: OpenIDError.self) {
          try await editor.link(bed.ada, to: subject, at: issuer, by: .commandLine)
        }
      }
    }
  }

  @Test func aDisabledUserIsRefused() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login { $0.createsUsers = true }
      try await bed.users.setPublished(false, of: "ada", now: Date())
      await #expect(throws: OpenIDError.disabled) { try await bed.signIn(login) }
      try await bed.users.setPublished(true, of: "ada", now: Date())
      _ = try await bed.signIn(login)
      try await bed.users.setPublished(false, of: "ada", now: Date())
      await #expect(throws: OpenIDError.disabled) { try await bed.signIn(login) }
    }
  }

  @Test func aUserIsCreatedWhereThatIsSet() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login { $0.createsUsers = true }
      bed.says(["sub": "sub-3", "email": "eve@example.com"])
      let eve = try await bed.signIn(login)
      #expect(eve.username == "eve@example.com" && eve.email == "eve@example.com")
      #expect(eve.fullName == "Ada Lovelace" && eve.role.id == Role.users)
      #expect(try await bed.signIn(login).id == eve.id)
      // Without a verified address, and with a name that is taken.
      bed.says(["sub": "sub-4", "email_verified": "false", "preferred_username": "ada"])
      let other = try await bed.signIn(login)
      #expect(other.username.hasPrefix("openid-") && other.email == nil)
      // An address as a name, which nobody has verified, would keep its owner out.
      bed.says(["sub": "sub-5", "email": nil, "preferred_username": "boss@example.com"])
      #expect(try await bed.signIn(login).username.hasPrefix("openid-"))
    }
  }

  @Test func nobodyIsCreatedAsAnAdministrator() async throws {
    try await OpenIDBed.with { (bed) async throws in
      bed.says(["email": "eve@example.com"])
      for role in [Role.administrators, 999] {
        let login = bed.login {
          $0.createsUsers = true
          $0.role = role
        }
        await #expect(throws: OpenIDError.role(role)) { try await bed.signIn(login) }
      }
      #expect(try await bed.users.list().count == 2)
    }
  }

  @Test func oneUserIsCreatedByManySignInsAtOnce() async throws {
    try await OpenIDBed.with { (bed) async throws in
      bed.says(["email": "eve@example.com"])
      let login = bed.login { $0.createsUsers = true }
      let ids = try await withThrowingTaskGroup(of: Int64.self) { group in
        for _ in 0..<8 { group.addTask { try await bed.signIn(login).id } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      #expect(try await bed.identities() == 1)
    }
  }

  @Test func anAnswerIsTakenOnce() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login()
      let begun = try await login.begin(returning: nil)
      let back = bed.provider.agree(to: begun.address)
      let answer = SignInAnswer(state: back.state, code: back.code, error: nil, issuer: nil)
      _ = try await login.finish(answer, begun.signIn, session: nil, from: "192.0.2.1")
      let again = SignInAnswer(
        state: back.state, code: bed.provider.agree(to: begun.address).code, error: nil,
        issuer: nil)
      // Another process knows as well.
      for process in [login, bed.login()] {
        await #expect(throws: OpenIDError.expired) {
          try await process.finish(again, begun.signIn, session: nil, from: "192.0.2.1")
        }
      }
      await #expect(throws: OpenIDError.expired) {
        try await login.finish(again, nil, session: nil, from: "192.0.2.1")
      }
    }
  }
}
