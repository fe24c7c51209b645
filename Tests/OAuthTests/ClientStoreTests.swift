import Foundation
import OAuth
import Postgres
import Testing
import Users

@Suite struct ClientStoreTests {
  @Test func aClientProvesItselfByItsSecretAlone() async throws {
    try await OAuthBed.with { (bed) async throws in
      let client = try await bed.client()
      let secret = try #require(client.secret)
      let id = client.publicID
      #expect(id.hasPrefix("\(client.id)_"))
      func isRight(_ id: String, _ secret: String?) async throws -> Bool {
        try await bed.clients.authenticate(publicID: id, secret: secret) != nil
      }
      #expect(try await isRight(id, secret))
      for wrong in [nil, "", "x", secret + "x", "\0", String(repeating: "x", count: 1_000_000)] {
        #expect(try await !isRight(id, wrong))
      }
      for wrong in [
        "", "_", "\(client.id)", "\(client.id)_", "\(client.id)_x", "0_x", "-1_x", "\0_\0",
        "9223372036854775808_x", id + "\0", String(repeating: "1", count: 1_000_000) + "_x",
      ] {
        #expect(try await !isRight(wrong, secret))
      }
      #expect(try await bed.clients.find(client.id)?.secret == nil)
      let open = try await bed.client("Open", isConfidential: false)
      #expect(open.secret == nil)
      #expect(try await isRight(open.publicID, nil))
      #expect(try await isRight(open.publicID, ""))
      #expect(try await !isRight(open.publicID, secret))
    }
  }

  @Test(arguments: [
    ("https://app.example.com/cb", "https://app.example.com"),
    ("http://localhost:3000/cb?x=1", "http://localhost:3000"),
    ("http://[::1]:80/", "http:"), ("com.example.app:/cb", "com.example.app:"),
    ("COM.example.app://x", "com.example.app:"),
  ])
  func addressesThatAreTaken(_ text: String, _ source: String) {
    #expect(RedirectURI(text)?.source == source)
    #expect(RedirectURI(text)?.description == text)
  }

  @Test(arguments: [
    "", "app.example.com", "/cb", "//evil.example.com", "javascript:alert(1)",
    "data:text/html,x", "https://", "https:///cb", "https:app", "https://user@host/",
    "https://user:p@host/", "https://host/#x", "https://host/\\@evil", "https://ho st/",
    "https://host/\0", "https://host/\r\nX: y", "https://host;x/", "https://host'/", "urn:x",
    "https://hôte/", "https://:80/", "1.x:/", "https://host/" + String(repeating: "x", count: 3000),
  ])
  func addressesThatAreNot(_ text: String) { #expect(RedirectURI(text) == nil) }

  @Test func answersAreAddedToAnAddress() throws {
    let plain = try #require(RedirectURI("https://a.example.com/cb"))
    #expect(
      plain.adding([("state", "a&b=c\r\n")]) == "https://a.example.com/cb?state=a%26b%3Dc%0D%0A")
    let query = try #require(RedirectURI("com.example.app:/cb?x=1"))
    #expect(query.adding([("a", "1"), ("b", "ü")]) == "com.example.app:/cb?x=1&a=1&b=%C3%BC")
  }

  @Test func valuesAreChecked() async throws {
    try await OAuthBed.with { (bed) async throws in
      func member(_ change: (inout ClientInput) -> Void) async throws -> String? {
        var input = ClientInput()
        input.name = "App"
        input.redirectURIs = [OAuthBed.callback]
        change(&input)
        do {
          _ = try await bed.clients.create(input, by: .commandLine, now: bed.now)
          return nil
        } catch let error as UserError {
          return error.member
        }
      }
      #expect(try await member { _ in } == nil)
      #expect(try await member { $0.name = " " } == "name")
      #expect(try await member { $0.name = "a\0" } == "name")
      #expect(try await member { $0.name = String(repeating: "x", count: 192) } == "name")
      #expect(try await member { $0.redirectURIs = [] } == "redirectUris")
      #expect(try await member { $0.redirectURIs = ["javascript:x"] } == "redirectUris")
      #expect(
        try await member { $0.redirectURIs = (0...20).map { "https://a.example.com/\($0)" } }
          == "redirectUris")
      #expect(try await member { $0.grants = ["password"] } == "grants")
      #expect(try await member { $0.grants = [] } == "grants")
      #expect(try await member { $0.grants = ["client_credentials"] } == "role")
      #expect(
        try await member {
          $0.isConfidential = false
          $0.role = .some(Role.users)
        } == "grants")
      #expect(try await member { $0.role = .some(99) } == "role")
    }
  }

  @Test func nobodyGivesARoleBeyondHisRights() async throws {
    try await OAuthBed.with { (bed) async throws in
      let lee = UserActor(
        Author(id: nil, name: "lee"), rights: PermissionSet(grants: ["api:clients": ["full"]]))
      var input = ClientInput()
      input.name = "App"
      input.role = .some(Role.administrators)
      await #expect(throws: UserError.exceedsOwnRights) {
        try await bed.clients.create(input, by: lee, now: bed.now)
      }
      let client = try await bed.clients.create(input, by: .commandLine, now: bed.now)
      #expect(client.grants == [.clientCredentials])
      var renamed = ClientInput()
      renamed.redirectURIs = [OAuthBed.callback]
      await #expect(throws: UserError.exceedsOwnRights) {
        try await bed.clients.update(client.id, renamed, by: lee, now: bed.now)
      }
      await #expect(throws: UserError.exceedsOwnRights) {
        try await bed.clients.delete(client.id, by: lee, now: bed.now)
      }
      #expect(try await bed.clients.delete(client.id, by: .commandLine, now: bed.now) != nil)
      #expect(try await bed.clients.delete(client.id, by: .commandLine, now: bed.now) == nil)
    }
  }

  @Test func aClientGoesWithItsTokensAndLosesADeletedRole() async throws {
    try await OAuthBed.with { (bed) async throws in
      var role = RoleInput()
      role.name = "Reader"
      let made = try await RoleStore(transactions: bed.transactions).create(
        role, by: .commandLine, now: bed.now)
      let client = try await bed.client(role: made.id)
      let own = try await bed.grants.grantClient(client)
      let tokens = try await bed.exchange(try await bed.code(for: client), client)
      #expect(try await bed.isTaken(own.access))
      _ = try await RoleStore(transactions: bed.transactions).delete(
        made.id, by: .commandLine, now: bed.now)
      #expect(try await !bed.isTaken(own.access))
      #expect(try await bed.isTaken(tokens.access))
      _ = try await bed.clients.delete(client.id, by: .commandLine, now: bed.now)
      #expect(try await !bed.isTaken(tokens.access))
      #expect(try await bed.count("oauth_grants") == 0)
      #expect(try await bed.count("oauth_access_tokens") == 0)
    }
  }
}
