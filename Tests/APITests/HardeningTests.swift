import TestSupport
import Testing

@testable import API

@Suite("A server under arbitrary input")
struct HardeningTests {
  private static let pieces = [
    "GET /api/things HTTP/1.1\r\n", "POST /api/things HTTP/1.1\r\n", "PUT /x HTTP/1.0\r\n",
    "Host: x\r\n", "Content-Length: 5\r\n", "Content-Length: -1\r\n",
    "Transfer-Encoding: chunked\r\n", "\r\n", "5\r\nhello\r\n", "0\r\n\r\n",
    "Authorization: \(TestServer.basic("admin", "secret"))\r\n",
    "Content-Type: multipart/form-data; boundary=b\r\n", "--b\r\n", "\u{0}",
    "Expect: 100-continue\r\n",
    "ffffffffffffffffff\r\n", "Connection: close\r\n", "Content-Encoding: gzip\r\n",
  ]

  @Test("goes on answering, whatever came before")
  func anything() async throws {
    let route = Route(.post, "/api/things", needs: .anyUser) { request in
      APIResponse(json: try await request.parameters())
    }
    let seed = SeededGenerator.fresh
    print("hardening seed \(seed)")
    try await TestServer.with([route]) { server in
      var random = SeededGenerator(seed: seed)
      for _ in 0..<300 {
        let connection = try server.connect()
        let text = (0..<Int.random(in: 1..<12, using: &random))
          .map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
        do {
          try await connection.send(text)
        } catch is RawConnection.Failure {
          continue  // closed already, as it may be
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: connection.reset()
        case 1: connection.finishSending()
        default: break
        }
      }
      let response = try await server.request("POST", "/api/things", body: Array("[1]".utf8))
      #expect(response.text == "[1]", "seed \(seed)")
    }
  }

  @Test("takes no more connections than it may; the others wait their turn")
  func connections() async throws {
    var configuration = APIConfiguration()
    configuration.maximumConnections = 4
    let route = Route(.get, "/api/open", needs: .anyone) { _ in APIResponse(json: [:]) }
    try await TestServer.with([route], configuration: configuration) { server in
      var held: [RawConnection] = []
      for _ in 0..<4 {
        let connection = try server.connect()
        try await connection.send(TestServer.head("GET", "/api/open", as: nil))
        #expect(try await connection.response().status == 200)
        held.append(connection)
      }
      let waiting = try server.connect()
      try await waiting.send(TestServer.head("GET", "/api/open", as: nil))
      held.removeFirst()
      #expect(try await waiting.response().status == 200)
    }
  }
}
