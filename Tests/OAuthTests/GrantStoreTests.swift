import Foundation
import OAuth
import Postgres
import Testing
import Users

@Suite struct GrantStoreTests {
  /// The pair of RFC 7636, appendix B.
  static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

  @Test func aCodeGivesTokensOnce() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let code = try await bed.code(for: client)
      let tokens = try await bed.exchange(code, client)
      #expect(tokens.seconds == 3600)
      #expect(try await bed.isTaken(tokens.access))
      let verdict = try await bed.authenticator.check(tokens.access, from: "192.0.2.1")
      guard case .valid(let bearer) = verdict else { return #expect(Bool(false)) }
      #expect(bearer.actor == .user(bed.ada))
      #expect(bearer.rights == bed.ada.rights)

      // Somebody has stolen the code: what came of it ends.
      #expect(try await bed.refusal { try await bed.exchange(code, client) } == .invalidGrant)
      #expect(try await !bed.isTaken(tokens.access))
      let refresh = try #require(tokens.refresh)
      #expect(
        try await bed.refusal { try await bed.grants.refresh(refresh, by: client) }
          == .invalidGrant)
    }
  }

  @Test func aRefreshGivesANewPairAndASecondUseEndsAll() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let first = try await bed.exchange(try await bed.code(for: client), client)
      let old = try #require(first.refresh)
      let second = try await bed.grants.refresh(old, by: client)
      #expect(second.access != first.access)
      #expect(try await bed.isTaken(second.access))
      #expect(try await bed.isTaken(first.access), "it lives until it expires")
      let next = try #require(second.refresh)
      #expect(
        try await bed.refusal { try await bed.grants.refresh(old, by: client) } == .invalidGrant)
      #expect(try await !bed.isTaken(first.access))
      #expect(try await !bed.isTaken(second.access))
      #expect(
        try await bed.refusal { try await bed.grants.refresh(next, by: client) } == .invalidGrant)
    }
  }

  @Test func ofRequestsAtOnceOneGetsAPairAtTheMost() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let refresh = try #require(
        try await bed.exchange(try await bed.code(for: client), client).refresh)
      let grants = bed.grants
      let issued = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask {
            do {
              _ = try await grants.refresh(refresh, by: client)
              return true
            } catch {
              return false
            }
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(issued == 1)
    }
  }

  @Test func nothingButDigestsIsKept() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let code = try await bed.code(for: client)
      let tokens = try await bed.exchange(code, client)
      let secrets = [code, tokens.access, tokens.refresh ?? "", client.secret ?? ""]
      for table in [
        "oauth_clients", "oauth_grants", "oauth_codes", "oauth_access_tokens",
        "oauth_refresh_tokens", "audit_log",
      ] {
        let rows = try await bed.pool.query("SELECT t::text FROM \(identifier: table) t")
        for row in rows {
          let text: String = try row.decode(at: 0)
          for secret in secrets { #expect(!text.contains(secret), "\(table)") }
        }
      }
    }
  }

  @Test func theVerifierMustMeetTheChallenge() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client(isConfidential: false)
      func attempt(_ proof: ProofKey?, _ verifier: String?) async throws -> OAuthError.Code? {
        let code = try await bed.code(for: client, proof: proof)
        return try await bed.refusal {
          try await bed.grants.exchange(
            code: code, redirectURI: OAuthBed.callback, verifier: verifier, by: client)
        }
      }
      let s256 = try ProofKey(challenge: Self.challenge, method: "S256")
      let plain = try ProofKey(challenge: Self.verifier, method: nil)
      #expect(try await attempt(s256, Self.verifier) == nil)
      #expect(try await attempt(s256, Self.challenge) == .invalidGrant)
      #expect(try await attempt(s256, nil) == .invalidGrant)
      #expect(try await attempt(plain, Self.verifier) == nil)
      #expect(try await attempt(plain, Self.challenge) == .invalidGrant)
      // A challenge that somebody took out of the request is missed.
      #expect(try await attempt(nil, Self.verifier) == .invalidGrant)
    }
  }

  @Test func aFailedTryUsesNothingUp() async throws {
    try await OAuthBed.with { (bed) async throws in
      let (client, other) = (try await bed.client(), try await bed.client("Other"))
      let code = try await bed.code(for: client)
      #expect(try await bed.refusal { try await bed.exchange(code, other) } == .invalidGrant)
      for address in ["https://app.example.com/callback/", "https://evil.example.com", nil] {
        #expect(
          try await bed.refusal {
            try await bed.grants.exchange(
              code: code, redirectURI: address, verifier: nil, by: client)
          } == .invalidGrant)
      }
      let tokens = try await bed.exchange(code, client)
      let refresh = try #require(tokens.refresh)
      #expect(
        try await bed.refusal { try await bed.grants.refresh(refresh, by: other) }
          == .invalidGrant)
      #expect(try await bed.isTaken(tokens.access))
    }
  }

  @Test func allOfItExpires() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let late = try await bed.code(for: client)
      bed.offset.advance(by: 61)
      #expect(try await bed.refusal { try await bed.exchange(late, client) } == .invalidGrant)

      let tokens = try await bed.exchange(try await bed.code(for: client), client)
      #expect(try await bed.isTaken(tokens.access))
      bed.offset.advance(by: 3601)
      #expect(try await !bed.isTaken(tokens.access), "although it is remembered")
      let refresh = try #require(tokens.refresh)
      let next = try await bed.grants.refresh(refresh, by: client)
      bed.offset.advance(by: 14 * 86_400 + 1)
      let last = try #require(next.refresh)
      #expect(
        try await bed.refusal { try await bed.grants.refresh(last, by: client) } == .invalidGrant)
    }
  }

  @Test func aNewPasswordEndsWhatWasGrantedWithTheOldOne() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let tokens = try await bed.exchange(try await bed.code(for: client), client)
      let code = try await bed.code(for: client)
      #expect(try await bed.isTaken(tokens.access))
      try await bed.users.setPassword("new", of: "ada", now: bed.now)
      #expect(try await !bed.isTaken(tokens.access))
      #expect(try await bed.refusal { try await bed.exchange(code, client) } == .invalidGrant)
      let refresh = try #require(tokens.refresh)
      #expect(
        try await bed.refusal { try await bed.grants.refresh(refresh, by: client) }
          == .invalidGrant)
      // By a session of before too.
      let stale = try await bed.code(for: client, of: bed.ada)
      #expect(try await bed.refusal { try await bed.exchange(stale, client) } == .invalidGrant)
    }
  }

  @Test func aClientActsForItselfWithItsRole() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client(role: Role.users)
      let tokens = try await bed.grants.grantClient(client)
      #expect(tokens.refresh == nil)
      let verdict = try await bed.authenticator.check(tokens.access, from: "192.0.2.1")
      guard case .valid(let bearer) = verdict,
        case .client(let id, let name, let role) = bearer.actor
      else { return #expect(Bool(false), "\(verdict)") }
      #expect((id, name, role.id) == (client.id, "App", Role.users))
      #expect(bearer.rights == role.rights)

      var off = ClientInput()
      off.isPublished = false
      _ = try await bed.clients.update(client.id, off, by: .commandLine, now: bed.now)
      #expect(try await !bed.isTaken(tokens.access))
      let plain = try await bed.client("Plain")
      #expect(
        try await bed.refusal { try await bed.grants.grantClient(plain) } == .unauthorizedClient)
    }
  }

  @Test func revokingAndDescribingHeedsTheClient() async throws {
    try await OAuthBed.with { (bed) async throws in
      let (client, other) = (try await bed.client(), try await bed.client("Other"))
      let tokens = try await bed.exchange(try await bed.code(for: client), client)
      let refresh = try #require(tokens.refresh)
      let known = try #require(try await bed.grants.describe(tokens.access, of: client))
      #expect(known.user?.name == "ada")
      #expect(!known.isRefresh)
      #expect(try await bed.grants.describe(refresh, of: client)?.isRefresh == true)
      #expect(try await bed.grants.describe(tokens.access, of: other) == nil)
      try await bed.grants.revoke(tokens.access, by: other)
      #expect(try await bed.isTaken(tokens.access))
      try await bed.grants.revoke(tokens.access, by: client)
      #expect(try await !bed.isTaken(tokens.access))
      #expect(try await bed.grants.describe(tokens.access, of: client) == nil)
      let next = try await bed.grants.refresh(refresh, by: client)
      try await bed.grants.revoke(next.refresh ?? "", by: client)
      #expect(try await !bed.isTaken(next.access))
      try await bed.grants.revoke(String(repeating: "x", count: 10_000_000), by: client)
    }
  }
}
