import Foundation
import Hummingbird
import Postgres
import Primitives
import TestSupport
import Testing

@testable import API

@Suite("Slow and absent clients") struct SlowClientTests {
  private static let open = Route(.get, "/api/open", needs: .anyone) { _ in
    APIResponse(json: [:])
  }
  private static let form = Route(.post, "/form/{hash:text}", needs: .anyone) { request in
    APIResponse(json: try await request.parameters())
  }

  private static func multipart(_ length: Int) -> String {
    TestServer.head(
      "POST", "/form/x", as: nil, headers: ["Content-Type: multipart/form-data; boundary=b"],
      length: length)
  }

  @Test("A form of any kind has its time to arrive in, whatever trickles in")
  func forms() async throws {
    var configuration = APIConfiguration()
    configuration.parameterTimeoutSeconds = 2
    try await TestServer.with([Self.form], configuration: configuration) { server in
      let slow = try server.connect()
      try await slow.send(Self.multipart(1000))
      let trickle = Task {
        while !Task.isCancelled {
          try await slow.send("-")
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      let text = try await slow.isClosedByServer()
      trickle.cancel()
      #expect(text)
      _ = await trickle.result
    }
  }

  @Test("A body that needs no login is small, files and all")
  func publicBodies() async throws {
    try await TestServer.with([Self.form]) { server in
      let file =
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n"
        + String(repeating: "x", count: 100_000) + "\r\n--b--\r\n"
      for body in [file, String(repeating: "a", count: 100_000)] {
        let declared = try await server.request(
          "POST", "/form/x", as: nil, headers: ["Content-Type: multipart/form-data; boundary=b"],
          body: Array(body.utf8))
        #expect(declared.status == 413)
        let chunked = try server.connect()
        try await chunked.send(
          TestServer.head(
            "POST", "/form/x", as: nil,
            headers: [
              "Content-Type: multipart/form-data; boundary=b", "Transfer-Encoding: chunked",
            ]))
        try await chunked.send(String(body.utf8.count, radix: 16) + "\r\n" + body + "\r\n")
        #expect(try await chunked.response().status == 413)
      }
      let small = try await server.request(
        "POST", "/form/x", as: nil, headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("a=1".utf8))
      #expect(small.status == 200)
    }
  }

  @Test("A file may take its time, but not any time")
  func uploads() async throws {
    var configuration = APIConfiguration()
    configuration.parameterTimeoutSeconds = 1
    configuration.minimumUploadBytes = 1000
    let upload = Route(.post, "/api/upload", needs: .anyUser, takesFile: true) { request in
      var total = 0
      while let chunk = try await request.body.next() { total += chunk.readableBytes }
      return APIResponse(json: ["bytes": .int(total)])
    }
    try await TestServer.with([upload], configuration: configuration) { server in
      let steady = try server.connect()
      try await steady.send(TestServer.head("POST", "/api/upload", length: 30_000))
      for _ in 0..<30 {
        try await steady.send([UInt8](repeating: 65, count: 1000))
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(try await steady.response().text == #"{"bytes":30000}"#)
      let slow = try server.connect()
      try await slow.send(TestServer.head("POST", "/api/upload", length: 30_000))
      let trickle = Task {
        while !Task.isCancelled {
          try await slow.send("A")
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      #expect(try await slow.response().status == 408)
      trickle.cancel()
      _ = await trickle.result
    }
  }

  @Test("Many connections of one address keep nobody out, not even itself")
  func connections() async throws {
    var configuration = APIConfiguration()
    configuration.maximumConnections = 40
    configuration.maximumConnectionsPerAddress = 10
    try await TestServer.with([Self.open, Self.form], configuration: configuration) { server in
      var held: [RawConnection] = []
      for number in 0..<60 {
        let connection = try server.connect()
        if number % 2 == 0 { try await connection.send(Self.multipart(1000)) }
        held.append(connection)
      }
      // The event loops take connections in any order: all must have been seen before a newcomer is the newest.
      let all = held
      #expect(await eventually { all.filter(\.isOver).count >= 50 })
      for _ in 0..<5 {
        #expect(try await server.request("GET", "/api/open", as: nil).status == 200)
      }
      withExtendedLifetime(all) {}
    }
  }

  @Test("What is being answered is never closed for a newcomer")
  func answering() async throws {
    var configuration = APIConfiguration()
    configuration.maximumConnectionsPerAddress = 3
    let gate = Shared(false)
    let slow = Route(.get, "/api/slow", needs: .anyone) { _ in
      #expect(await eventually { gate.value })
      return APIResponse(json: [:])
    }
    try await TestServer.with([slow, Self.open], configuration: configuration) { server in
      let connections = try (0..<2).map { _ in try server.connect() }
      for connection in connections {
        try await connection.send(TestServer.head("GET", "/api/slow", as: nil))
      }
      // Each takes the place of the one before.
      for _ in 0..<10 {
        #expect(try await server.request("GET", "/api/open", as: nil).status == 200)
      }
      gate.update { $0 = true }
      for connection in connections { #expect(try await connection.response().status == 200) }
    }
  }

  @Test("A trusted proxy has as many connections as it likes")
  func proxy() async throws {
    var configuration = APIConfiguration()
    configuration.maximumConnectionsPerAddress = 3
    configuration.trustedProxies = { IPNetwork.list("127.0.0.0/8") }
    let address = Route(.get, "/api/address", needs: .anyone) { request in
      APIResponse(json: .string(request.remoteAddress))
    }
    try await TestServer.with([address], configuration: configuration) { server in
      let held = try (0..<20).map { _ in try server.connect() }
      for connection in held {
        try await connection.send(
          TestServer.head(
            "GET", "/api/address", as: nil, headers: ["X-Forwarded-For: 1.1.1.1, 192.0.2.7"]))
        #expect(try await connection.response().text == "\"192.0.2.7\"")
      }
    }
  }

  @Test("The statement of a reader who has left is cancelled; so is one whose time is up")
  func abandoned() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      let route = Route(.get, "/api/slow/{id}", needs: .anyUser) { request in
        let number = try request.id
        try await pool.query("SELECT pg_sleep(600), \(number)::bigint AS abandoned")
        return APIResponse(json: [:])
      }
      @Sendable func running() async throws -> Int {
        try await pool.query(
          """
          SELECT FROM pg_stat_activity
          WHERE query LIKE 'SELECT pg_sleep%abandoned' AND state = 'active'
            AND datname = current_database()
          """
        ).count
      }
      var configuration = APIConfiguration()
      configuration.requestTimeout = .seconds(600)
      try await TestServer.with([route], configuration: configuration) { server in
        var clients = [try server.connect(), try server.connect()]
        for client in clients { try await client.send(TestServer.head("GET", "/api/slow/1")) }
        #expect(try await eventually { try await running() == 2 })
        clients[0].reset()
        clients.removeAll()
        #expect(try await eventually(within: .seconds(20)) { try await running() == 0 })
      }
      configuration.requestTimeout = .seconds(1)
      try await TestServer.with([route], configuration: configuration) { server in
        let late = try await server.request("GET", "/api/slow/1")
        #expect(late.status == 503)
        #expect(late.error["type"] == "unavailable")
        #expect(try await eventually { try await running() == 0 })
      }
    }
  }

  @Test("Requests of HTTP/1.0 are answered in it; hosts are needed, once")
  func versions() async throws {
    let stream = Route(.get, "/api/stream", needs: .anyone) { _ in
      APIResponse(
        body: .stream { writer in
          for _ in 0..<3 { try await writer.write(ByteBuffer(string: "abc")) }
          try await writer.finish(nil)
        })
    }
    try await TestServer.with([Self.open, stream]) { server in
      let old = try server.connect()
      try await old.send("GET /api/stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let text = try await old.rawText(until: "abcabcabc")
      #expect(text.hasPrefix("HTTP/1.0 200"))
      #expect(text.hasSuffix("\r\n\r\nabcabcabc"))
      #expect(!text.lowercased().contains("transfer-encoding"))
      let without = try server.connect()
      try await without.send("GET /api/open HTTP/1.1\r\n\r\n")
      #expect(try await without.response().status == 400)
      #expect(try await without.isClosedByServer())
      let several = try server.connect()
      try await several.send("GET /api/open HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
      #expect(try await several.response().status == 400)
    }
  }

  @Test(
    "No redirect leads to another server", arguments: ["/\\evil.com/", "/x\\y/"])
  func redirects(_ path: String) async throws {
    try await TestServer.with([Self.open]) { server in
      let response = try await server.request("GET", path, as: nil)
      #expect(response.status == 404)
      #expect(response.headers["location"] == nil)
    }
  }
}
