import Foundation
import JobQueue
import TestSupport
import Testing

@testable import API

@Suite("Idempotency-Key")
struct IdempotencyTests {
  private static let headers = ["Content-Type: text/csv", "Idempotency-Key: a1"]
  private static let file = Array("email\nkim@example.com\n".utf8)
  private static let path = "/api/imports/new"

  @Test("The same request twice has one effect and one answer")
  func replay() async throws {
    try await APIBed.with { bed in
      let first = try await bed.server.request(
        "POST", Self.path, headers: Self.headers, body: Self.file)
      #expect(first.status == 202)
      #expect(first.headers["idempotency-replayed"] == nil)
      let again = try await bed.server.request(
        "POST", Self.path, headers: Self.headers, body: Self.file)
      #expect(again.status == 202)
      #expect(again.headers["idempotency-replayed"] == "true")
      #expect(again.headers["location"] == first.headers["location"])
      #expect(again.text == first.text)
      #expect(try await bed.server.request("GET", "/api/imports").json["total"] == 1)

      let other = try await bed.server.request(
        "POST", Self.path, headers: Self.headers, body: Self.file + Array("x@example.com\n".utf8))
      #expect(other.status == 422)
      #expect(other.error["type"] == "idempotency_key_reused")
      // Another user's key is another key.
      let kim = try await bed.server.request(
        "POST", Self.path, as: "kim", headers: Self.headers, body: Self.file)
      #expect(kim.headers["idempotency-replayed"] == nil)
    }
  }

  @Test("A refusal is kept like any answer; a failure of the server is not")
  func refusals() async throws {
    try await APIBed.with { bed in
      for _ in 0..<2 {
        let refused = try await bed.server.request(
          "POST", Self.path, headers: Self.headers, body: Array("x\n1\n".utf8))
        #expect(refused.status == 400)
      }
      let bad = try await bed.server.request(
        "POST", Self.path, headers: ["Content-Type: text/csv", "Idempotency-Key: \("é")"],
        body: Self.file)
      #expect(bad.status == 400)
    }
  }

  @Test("While the first is in progress the second is told to retry")
  func inProgress() async throws {
    try await APIBed.with { bed in
      let slow = try bed.server.connect()
      try await slow.send(
        TestServer.head("POST", Self.path, headers: Self.headers, length: Self.file.count))
      try await slow.send("email\n")
      let keys = { try await bed.pool.query("SELECT FROM idempotency_keys").count }
      #expect(try await eventually { try await keys() == 1 })
      let second = try await bed.server.request(
        "POST", Self.path, headers: Self.headers, body: Self.file)
      #expect(second.status == 409)
      #expect(second.error["type"] == "idempotency_in_progress")
      #expect(second.headers["retry-after"] == "2")
      try await slow.send(Array(Self.file.dropFirst(6)))
      #expect(try await slow.response().status == 202)
    }
  }

  @Test("A request that broke off may be sent again under its key")
  func brokenOff() async throws {
    try await APIBed.with { bed in
      var first: RawConnection? = try bed.server.connect()
      try await first?.send(
        TestServer.head("POST", Self.path, headers: Self.headers, length: Self.file.count))
      try await first?.send("email\n")
      let keys = { try await bed.pool.query("SELECT FROM idempotency_keys").count }
      #expect(try await eventually { try await keys() == 1 })
      first = nil
      #expect(try await eventually { try await keys() == 0 })
      let again = try await bed.server.request(
        "POST", Self.path, headers: Self.headers, body: Self.file)
      #expect(again.status == 202)
    }
  }

  @Test("An import whose process died between its end and the answer is not made twice")
  func deadProcess() async throws {
    try await APIBed.with { bed in
      func post() async throws -> RawResponse {
        try await bed.server.request("POST", Self.path, headers: Self.headers, body: Self.file)
      }
      #expect(try await post().json["import"]?["id"] == 1)
      // As the dead process would have left it: begun, not answered, with an expired lease.
      let die = {
        _ = try await bed.pool.query(
          "UPDATE idempotency_keys SET status = NULL, leased_until = date_added - interval '1 hour'"
        )
      }
      try await die()
      let again = try await post()
      #expect(again.status == 202)
      #expect(again.json["import"]?["id"] == 1)
      #expect(again.headers["location"] == "/api/imports/1")

      // Had the file not been whole, it begins again.
      try await die()
      try await bed.pool.query("UPDATE imports SET status = 8")
      #expect(try await post().json["import"]?["id"] == 2)
      #expect(try await bed.server.request("GET", "/api/imports").json["total"] == 1)
    }
  }

  @Test("The key of a process that died is free after its lease; old answers are forgotten")
  func leases() async throws {
    try await TestDatabase.with(migrations: APIBed.migrations) { database in
      let hour = PostgresIdempotencyStore(pool: database.pool, clock: .system, retention: 3600)
      let scope = Idempotency.Scope(user: 1, method: "POST", path: "/x", key: "k")
      let first = try await hour.claim(scope, lease: .seconds(30))
      #expect(try await hour.claim(scope, lease: .seconds(30)) == .inProgress)
      let soon = PostgresIdempotencyStore(
        pool: database.pool, clock: .offset(.seconds(31)), retention: 3600)
      let second = try await soon.claim(scope, lease: .seconds(30))
      guard case .execute(let old, nil) = first, case .execute(let new, nil) = second else {
        Issue.record("not claimed")
        return
      }
      try await soon.note("/x/7", scope, token: new)
      let third = PostgresIdempotencyStore(
        pool: database.pool, clock: .offset(.seconds(62)), retention: 3600)
      guard case .execute(let last, "/x/7") = try await third.claim(scope, lease: .seconds(30))
      else {
        Issue.record("what was begun is not known")
        return
      }
      let answer = Idempotency.KeptAnswer(
        status: 200, location: "/x/1", contentType: nil, body: [1, 2], fingerprint: [3])
      // The execution that lost its key changes nothing.
      try await soon.keep(answer, scope, token: old)
      try await soon.release(scope, token: new)
      #expect(try await third.claim(scope, lease: .seconds(30)) == .inProgress)
      try await third.keep(answer, scope, token: last)
      #expect(try await third.claim(scope, lease: .seconds(30)) == .answered(answer))
      let later = PostgresIdempotencyStore(
        pool: database.pool, clock: .offset(.seconds(4000)), retention: 3600)
      #expect(try await later.prune() == 1)
    }
  }
}
