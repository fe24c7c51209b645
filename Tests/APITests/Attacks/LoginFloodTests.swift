import Foundation
import HTTPTypes
import Primitives
import TestSupport
import Testing

@testable import API

@Suite("Floods of logins") struct LoginFloodTests {
  private static let things = Route(.get, "/api/things", needs: .anyUser) { _ in
    APIResponse(json: [:])
  }

  @Test("are counted when they begin: no more guesses than the limit, however many come at once")
  func burst() async throws {
    let verified = Shared(0)
    let gate = Shared(false)
    let access = AccessControl(requestsPerMinute: 0, failedLogins: 5) { _, _, attempt in
      try await attempt.begin()
      verified.update { $0 += 1 }
      #expect(await eventually { gate.value })
      return nil
    }
    let statuses = await withTaskGroup(of: Int.self) { group in
      for number in 0..<60 {
        group.addTask {
          do {
            _ = try await access.admit(
              authorization: TestServer.basic("admin", "guess \(number)"), token: nil,
              remoteAddress: "192.0.2.1")
            return 200
          } catch {
            return (error as? APIError)?.status.code ?? 0
          }
        }
      }
      var statuses: [Int: Int] = [:]
      for await status in group {
        statuses[status, default: 0] += 1
        if statuses[429] == 55 { gate.update { $0 = true } }
      }
      return statuses
    }
    #expect(verified.value == 5)
    #expect(statuses == [401: 5, 429: 55])
  }

  @Test("of one address with many names are limited too")
  func names() async throws {
    let access = AccessControl(requestsPerMinute: 0, failedLogins: 2) { _, _, attempt in
      try await attempt.begin()
      return nil
    }
    var statuses: [Int: Int] = [:]
    for number in 0..<30 {
      do {
        _ = try await access.admit(
          authorization: TestServer.basic("name \(number)", "x"), token: nil,
          remoteAddress: "2001:db8::\(number)")
      } catch let error as APIError {
        statuses[error.status.code, default: 0] += 1
      }
    }
    #expect(statuses == [401: 20, 429: 10], "the addresses are of one subscriber")
  }

  @Test("with the right password do not count, nor those that could not be checked")
  func right() async throws {
    struct Away: Error {}
    let access = AccessControl(requestsPerMinute: 0, failedLogins: 2) {
      name, password, attempt in
      try await attempt.begin()
      if name == "away" { throw Away() }
      return password == "secret" ? TestServer.admin : nil
    }
    func admit(_ name: String, _ password: String) async throws -> Principal {
      try await access.admit(
        authorization: TestServer.basic(name, password), token: nil,
        remoteAddress: "192.0.2.1")
    }
    for _ in 0..<10 {
      #expect(try await admit("admin", "secret") == TestServer.admin)
      await #expect(throws: Away.self) { try await admit("away", "x") }
    }
  }

  @Test("lock nobody out whose password was right a short while ago")
  func lockOut() async throws {
    try await APIBed.with { bed in
      #expect(try await bed.server.request("GET", "/api/users/self").status == 200)
      var statuses: Set<Int> = []
      // The limit fills up again with time, of which a busy machine takes much.
      for number in 0..<2_000 where !statuses.contains(429) {
        let guess = ["Authorization: \(TestServer.basic("admin", "guess \(number)"))"]
        statuses.insert(
          try await bed.server.request("GET", "/api/users/self", as: nil, headers: guess).status)
      }
      #expect(statuses == [401, 429])
      // Any change of a user empties the cache.
      try await bed.pool.query("UPDATE users SET last_name = last_name")
      #expect(
        await eventually(within: .seconds(10)) {
          (try? await bed.server.request("GET", "/api/users/self").status) == 200
        })
      #expect(try await bed.server.request("GET", "/api/users/self").status == 200)
    }
  }

  @Test(
    "are told apart by the address that trusted proxies name",
    arguments: [
      ("203.0.113.9", "198.51.100.1", nil, "203.0.113.9"),
      ("10.0.0.1", "198.51.100.1", nil, "198.51.100.1"),
      ("10.0.0.1", "1.1.1.1, 198.51.100.1", nil, "198.51.100.1"),
      ("10.0.0.1", "198.51.100.1, 10.0.0.2", nil, "198.51.100.1"),
      ("10.0.0.1", "10.0.0.3, 10.0.0.2", nil, "10.0.0.3"),
      ("10.0.0.1", "1.1.1.1, nonsense", nil, "10.0.0.1"),
      ("10.0.0.1", "198.51.100.1:4711", nil, "198.51.100.1"),
      ("::ffff:10.0.0.1", "2001:db8::7", nil, "2001:db8::7"),
      ("10.0.0.1", nil, "for=1.1.1.1, for=\"[2001:db8::7]:80\";proto=https", "2001:db8::7"),
      ("10.0.0.1", nil, "proto=https;For=198.51.100.1", "198.51.100.1"),
      ("10.0.0.1", nil, "for=unknown", "10.0.0.1"), ("10.0.0.1", nil, nil, "10.0.0.1"),
      ("10.0.0.1", String(repeating: "10.0.0.1,", count: 5000), nil, "10.0.0.1"),
      ("local", "198.51.100.1", nil, "local"),
    ])
  func proxies(_ peer: String, _ plain: String?, _ other: String?, _ client: String) throws {
    var headers = HTTPFields()
    headers[.xForwardedFor] = plain
    headers[.forwarded] = other
    let proxies = try #require(IPNetwork.list("10.0.0.0/8"))
    #expect(ClientAddress.resolve(peer: peer, headers: headers, proxies: proxies) == client)
    #expect(
      ClientAddress.resolve(peer: peer, headers: headers, proxies: [])
        == (IPAddress(peer)?.description ?? peer))
  }
}
