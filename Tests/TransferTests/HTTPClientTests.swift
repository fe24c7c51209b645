import Synchronization
import TestSupport
import Testing

@testable import Transfer

@Suite("Requests to other servers (CAM-452 to CAM-454)")
struct HTTPClientTests {
  let client = HTTPClient(concurrency: 2)

  private static func answer(_ status: String, _ headers: String = "", _ body: String = "")
    -> String
  {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private func call(_ url: String, _ method: String = "GET", body: String? = nil) -> HTTPCall {
    HTTPCall(
      method, url, headers: [("X-Key", "value"), ("X-Empty", "")],
      body: body.map { Array($0.utf8) },
      timeout: .seconds(60), allowsPrivateAddresses: true)
  }

  @Test("Method, headers and body arrive; status, headers and body are returned")
  func exchanges() async throws {
    let stub = try HTTPStub { _ in Self.answer("201 Created", "X-Reply: yes\r\n", "{\"ok\":1}") }
    let answer = try await client.send(call(stub.url("/a?b=1"), "PUT", body: "content"))
    #expect(answer.status == 201 && answer.header("x-reply") == "yes")
    #expect(String(decoding: answer.body, as: UTF8.self) == "{\"ok\":1}")
    let asked = try #require(stub.asked.withLock { $0.first })
    #expect(asked.line == "PUT /a?b=1 HTTP/1.1" && asked.body == "content")
    #expect(asked.headers.contains("X-Key: value") && asked.headers.contains("X-Empty:"))
    #expect(!asked.headers.contains { $0.lowercased().hasPrefix("expect") })
    // A client with two threads keeps two connections.
    for _ in 0..<6 { _ = try await client.send(call(stub.url(), "POST")) }
    #expect(stub.connections <= 2)
  }

  @Test("Every status is a response; an overlong body is truncated")
  func bounds() async throws {
    let stub = try HTTPStub { asked in
      asked.line.contains("/long")
        ? Self.answer("200 OK", "", String(repeating: "x", count: 100_000))
        : Self.answer("503 Busy")
    }
    #expect(try await client.send(call(stub.url())).status == 503)
    let long = try await client.send(call(stub.url("/long")))
    #expect(long.status == 200 && long.body.count == 64 * 1024 && long.isCutOff)
  }

  @Test("A private address is refused when the connection is made, by name as well")
  func refusesPrivateAddresses() async throws {
    let stub = try HTTPStub { _ in Self.answer("200 OK") }
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"] {
      let call = HTTPCall("GET", "http://\(host):\(stub.port)/", timeout: .seconds(60))
      let error = await #expect(throws: TransferError.self) { try await client.send(call) }
      #expect(error?.code == .refusedAddress || error?.code == .connection, "\(host)")
    }
    // An open connection of a call with private access is not reused by one without.
    _ = try await client.send(call(stub.url()))
    _ = try await client.send(call(stub.url()))
    await #expect(throws: TransferError.self) {
      try await client.send(HTTPCall("GET", stub.url(), timeout: .seconds(60)))
    }
    #expect(stub.asked.withLock { $0.count } == 2)
  }

  @Test(
    "At most three redirects; method and body stay, or the redirect is an error that names the address"
  )
  func redirects() async throws {
    let stub = try HTTPStub { asked in
      if asked.line.contains("/end") { return Self.answer("200 OK", "", "there") }
      if asked.line.contains("/see") { return Self.answer("303 See", "Location: /end\r\n") }
      if asked.line.contains("/same") { return Self.answer("307 Same", "Location: /end\r\n") }
      return Self.answer("302 Round", "Location: /round\r\n")
    }
    let see = try await client.send(call(stub.url("/see")))
    #expect(see.status == 200 && see.url.hasSuffix("/end"))
    _ = try await client.send(call(stub.url("/same"), "POST", body: "y"))
    let lines = stub.asked.withLock { $0.map { "\($0.line.prefix(9)) \($0.body)" } }
    #expect(lines == ["GET /see  ", "GET /end  ", "POST /sam y", "POST /end y"])
    let error = await #expect(throws: TransferError.self) {
      try await client.send(call(stub.url("/round")))
    }
    #expect(error?.code == .redirect)
    #expect(stub.asked.withLock { $0.count } == 8)
  }

  @Test("CAM-452: what is sent is not lost by a redirect")
  func keepsWhatIsSent() async throws {
    let stub = try HTTPStub { asked in
      if asked.line.contains("/new") { return Self.answer("200 OK", "", "there") }
      let status = asked.line.split(separator: "/")[1].prefix(3)
      return Self.answer("\(status) Moved", "Location: /new\r\n")
    }
    for method in ["POST", "PUT", "PATCH"] {
      for status in [301, 302, 307, 308] {
        let answer = try await client.send(call(stub.url("/\(status)"), method, body: "data"))
        #expect(answer.status == 200)
        let last = try #require(stub.asked.withLock { $0.last })
        #expect(last.line.hasPrefix("\(method) /new") && last.body == "data")
      }
      let error = await #expect(throws: TransferError.self) {
        try await client.send(call(stub.url("/303"), method, body: "data"))
      }
      #expect(error?.code == .redirect)
      #expect(error?.message.contains("/new") == true)
    }
    for status in [301, 302] {
      var moved = HTTPCall("POST", "https://a.example/old", body: Array("data".utf8))
      let error = #expect(throws: TransferError.self) {
        try HTTPClient.follow("https://b.example/new", status: status, &moved)
      }
      #expect(error?.message.contains("https://b.example/new") == true)
    }
    var moved = HTTPCall("POST", "https://a.example/old", body: Array("data".utf8))
    try HTTPClient.follow("https://b.example/new", status: 308, &moved)
    #expect(moved.method == "POST" && moved.body == Array("data".utf8))
  }

  @Test("A limit of time is bounded, whatever is asked for")
  func bounds() {
    #expect(
      HTTPCall("GET", "http://a.example/", timeout: .seconds(Int.max)).timeout <= .seconds(600))
    #expect(HTTPCall("GET", "http://a.example/", timeout: .seconds(-1)).timeout > .zero)
  }

  @Test("Hosts of addresses")
  func hosts() {
    for (url, host) in [
      ("https://A.example:8443/x?y#z", "a.example"), ("http://u:p@b.example", "b.example"),
      ("http://[::1]:80/", "[::1"), ("http://c.example?q", "c.example"), ("nothing", ""),
    ] { #expect(HTTPClient.host(of: url) == host) }
  }

  @Test("Never from https to http; credentials are not sent to another server")
  func follows() throws {
    var secure = HTTPCall("GET", "https://a.example/")
    #expect(throws: TransferError.self) {
      try HTTPClient.follow("http://a.example/", status: 302, &secure)
    }
    var call = HTTPCall("GET", "https://a.example/", headers: [("Authorization", "x"), ("A", "b")])
    try HTTPClient.follow("https://a.example/2", status: 302, &call)
    #expect(call.headers.count == 2)
    try HTTPClient.follow("https://b.example/", status: 302, &call)
    #expect(call.headers.map(\.name) == ["A"])
    #expect(throws: TransferError.self) {
      try HTTPClient.follow("ftp://b.example/", status: 302, &call)
    }
  }

  @Test("Characters that would end a line of the request are refused")
  func refusesInjection() async throws {
    let bad: [HTTPCall] = [
      HTTPCall("GET\r\nX: y", "http://a.example/"), HTTPCall("", "http://a.example/"),
      HTTPCall("GET", "http://a.example/\r\nX: y"), HTTPCall("GET", "http://a.example/a b"),
      HTTPCall("GET", "file:///etc/passwd"), HTTPCall("GET", "gopher://a.example/"),
      HTTPCall("GET", "http://a.example/", headers: [("X", "a\r\nY: b")]),
      HTTPCall("GET", "http://a.example/", headers: [("X", "a\0")]),
      HTTPCall("GET", "http://a.example/", headers: [("X Y", "a")]),
    ]
    for call in bad {
      let error = await #expect(throws: TransferError.self) { try await client.send(call) }
      #expect(error?.code == .request)
    }
  }

  @Test("An unresponsive server costs the time limit; a cancelled task costs less")
  func timeouts() async throws {
    let silent = try Listener { conversation in _ = conversation.bytes(1 << 20) }
    let url = "http://127.0.0.1:\(silent.port)/"
    let error = await #expect(throws: TransferError.self) {
      try await client.send(
        HTTPCall("GET", url, timeout: .milliseconds(200), allowsPrivateAddresses: true))
    }
    #expect(error?.code == .timeout)
    let task = Task { () async -> TransferError.Code? in
      do throws(TransferError) {
        _ = try await client.send(
          HTTPCall("GET", url, timeout: .seconds(600), allowsPrivateAddresses: true))
        return nil
      } catch {
        return error.code
      }
    }
    task.cancel()
    #expect(await task.value == .cancelled)
  }

  @Test("A hanging server blocks one thread; the following calls use the others")
  func headOfLine() async throws {
    let silent = try Listener { conversation in _ = conversation.bytes(1 << 20) }
    let stub = try HTTPStub { _ in Self.answer("200 OK") }
    let log = CallLog()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let call = HTTPCall(
          "GET", "http://127.0.0.1:\(silent.port)/", timeout: .seconds(600),
          allowsPrivateAddresses: true)
        _ = await #expect(throws: TransferError.self) { try await client.send(call) }
        log.hasEnded.withLock { $0 = true }
      }
      let isConnected = try await eventually { silent.connections >= 1 }
      #expect(isConnected)
      for _ in 0..<6 {
        let status = try await client.send(call(stub.url())).status
        #expect(status == 200)
      }
      let isOver = log.hasEnded.withLock { $0 }
      #expect(!isOver, "the calls waited for the server that hangs")
      group.cancelAll()
    }
  }
}
