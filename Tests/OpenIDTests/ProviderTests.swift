import Foundation
import OpenIDStub
import TestSupport
import Testing
import Users

@testable import OpenID

@Suite struct ProviderTests {
  @Test func aUserComesBackFromAProviderOfEachKindOfKey() async throws {
    for key in [IDTokenTests.rsa, IDTokenTests.curve] {
      try await OpenIDBed.with(key) { (bed) async throws in
        let login = bed.login()
        #expect(try await bed.signIn(login).id == bed.ada.id)
        #expect(try await bed.signIn(login).id == bed.ada.id)
        // Asked once, and kept.
        #expect(bed.count("/.well-known/openid-configuration") == 1)
        #expect(bed.count("/keys") == 1)
      }
    }
  }

  @Test func whatIsAskedOfTheProviderIsComplete() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let begun = try await bed.login().begin(returning: nil)
      let fields = StubProvider.fields(String(begun.address.split(separator: "?")[1]))
      #expect(begun.address.hasPrefix(bed.provider.issuer + "/authorize?"))
      #expect(fields["response_type"] == "code" && fields["scope"] == "openid email profile")
      #expect(fields["code_challenge_method"] == "S256" && fields["client_id"] == "martlet")
      #expect(fields["state"] == begun.signIn.state && fields["nonce"] == begun.signIn.nonce)
      #expect(!begun.address.contains(begun.signIn.verifier))
    }
  }

  @Test func aClientProvesItselfAsTheProviderTakesIt() async throws {
    for proofs in [["client_secret_basic"], ["client_secret_post"], ["none"]] {
      try await OpenIDBed.with { (bed) async throws in
        bed.provider.conduct.withLock { $0.proofs = proofs }
        #expect(try await bed.signIn(bed.login()).id == bed.ada.id)
        // A wrong secret, where one is wanted.
        let wrong = bed.login { $0.secret = "wrong" }
        if proofs != ["none"] {
          await #expect(throws: OpenIDError.refused("invalid_client")) {
            try await bed.signIn(wrong)
          }
        }
      }
    }
  }

  @Test func anAddressThatTheTokenLacksIsAskedFor() async throws {
    try await OpenIDBed.with { (bed) async throws in
      bed.provider.conduct.withLock { $0.isTerse = true }
      #expect(try await bed.signIn(bed.login()).id == bed.ada.id)
      #expect(bed.count("/userinfo") == 1)
      bed.says(["sub": "sub-2"])
      await #expect(throws: OpenIDError.self) { try await bed.signIn(bed.login()) }
    }
  }

  @Test func aKeyThatTheProviderHasChangedIsFound() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login { $0.limits.pause = .zero }
      _ = try await bed.signIn(login)
      let next = StubKey(.p256, id: "next")
      bed.provider.conduct.withLock { $0.key = next }
      await #expect(throws: OpenIDError.self) { try await bed.signIn(login) }
      bed.provider.conduct.withLock { $0.keys = [next] }
      #expect(try await bed.signIn(login).id == bed.ada.id)
    }
  }

  @Test func anUnknownKeyIsLookedForOnceAMinute() async throws {
    try await OpenIDBed.with { (bed) async throws in
      let login = bed.login()
      _ = try await bed.signIn(login)
      bed.provider.conduct.withLock { $0.key = StubKey(.p256, id: "unknown") }
      for _ in 0..<3 {
        await #expect(throws: OpenIDError.self) { try await bed.signIn(login) }
      }
      #expect(bed.count("/keys") == 1)
    }
  }

  @Test func aDocumentThatIsTooLargeOrOfAnotherIssuerIsRefused() async throws {
    try await OpenIDBed.with { (bed) async throws in
      bed.provider.conduct.withLock { $0.padding = 100_000 }
      await #expect(throws: OpenIDError.self) { try await bed.signIn(bed.login()) }
      let key = IDTokenTests.curve
      bed.provider.conduct.withLock {
        $0.padding = 0
        $0.keys = (0..<101).map { _ in key }
      }
      await #expect(throws: OpenIDError.self) { try await bed.signIn(bed.login()) }
      bed.provider.conduct.withLock {
        $0.keys = [key]
        $0.issuer = "https://id.example.com"
      }
      await #expect(throws: OpenIDError.self) { try await bed.login().begin(returning: nil) }
    }
  }

  @Test func aProviderThatKeepsSilentIsGivenUp() async throws {
    try await OpenIDBed.with { (bed) async throws in
      bed.provider.conduct.withLock { $0.hangs = true }
      defer { bed.provider.conduct.withLock { $0.hangs = false } }
      let login = bed.login { $0.limits.timeout = .milliseconds(200) }
      let error = await #expect(throws: OpenIDError.self) {
        try await login.begin(returning: nil)
      }
      guard case .unreachable? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }
}
