import Foundation
import Hummingbird
import TestSupport
import Testing

@testable import API

@Suite("Content that streams in")
struct StreamingTests {
  /// Reads all content and answers its size.
  private static let count = Route(.post, "/api/count", needs: .anyUser) { request in
    var total = 0
    while let chunk = try await request.body.next() { total += chunk.readableBytes }
    return APIResponse(json: ["bytes": .int(total)])
  }

  @Test("Any length, declared or in chunks")
  func lengths() async throws {
    try await TestServer.with([Self.count]) { server in
      let block = [UInt8](repeating: 65, count: 1 << 20)
      let declared = try server.connect()
      try await declared.send(TestServer.head("POST", "/api/count", length: 24 << 20))
      for _ in 0..<24 { try await declared.send(block) }
      #expect(try await declared.response().text == #"{"bytes":25165824}"#)

      try await declared.send(
        TestServer.head("POST", "/api/count", headers: ["Transfer-Encoding: chunked"]))
      for _ in 0..<8 {
        try await declared.send("100000\r\n")
        try await declared.send(block)
        try await declared.send("\r\n")
      }
      try await declared.send("0\r\n\r\n")
      #expect(try await declared.response().text == #"{"bytes":8388608}"#)
    }
  }

  @Test("Content that is not read yet stays with the sender")
  func backPressure() async throws {
    let gate = Shared(false)
    let route = Route(.post, "/api/count", needs: .anyUser) { request in
      #expect(await eventually(within: .seconds(60)) { gate.value })
      var total = 0
      while let chunk = try await request.body.next() { total += chunk.readableBytes }
      return APIResponse(json: ["bytes": .int(total)])
    }
    try await TestServer.with([route]) { server in
      let connection = try server.connect()
      let blocks = 96
      let sent = Shared(0)
      try await connection.send(TestServer.head("POST", "/api/count", length: blocks << 20))
      async let sending: Void = {
        for _ in 0..<blocks {
          try await connection.send([UInt8](repeating: 65, count: 1 << 20))
          sent.update { $0 += 1 }
        }
      }()
      // Still: the same count several times in a row.
      var seen: [Int] = []
      let isStill = await eventually(within: .seconds(30)) {
        seen.append(sent.value)
        return sent.value > 0 && seen.count > 5 && seen.suffix(5).allSatisfy { $0 == sent.value }
      }
      #expect(isStill)
      #expect(sent.value < 64, "\(sent.value) MiB were taken although nobody read")
      gate.value = true
      try await sending
      #expect(try await connection.response().text == #"{"bytes":\#(blocks << 20)}"#)
    }
  }

  /// The ways in which a sender can disconnect.
  enum Departure: CaseIterable { case close, reset, halfClose }

  @Test(
    "Half an upload is never taken for a whole one", arguments: Departure.allCases, [true, false])
  func cutOff(departure: Departure, isChunked: Bool) async throws {
    let box = Shared("")
    let route = Route(.post, "/api/count", needs: .anyUser) { request in
      do {
        while try await request.body.next() != nil { box.value = "reading" }
        box.value = "whole"
      } catch {
        box.value = (error as? APIError)?.type ?? "other: \(error)"
        throw error
      }
      return APIResponse(json: [:])
    }
    try await TestServer.with([route]) { server in
      var connection: RawConnection? = try server.connect()
      if isChunked {
        try await connection?.send(
          TestServer.head("POST", "/api/count", headers: ["Transfer-Encoding: chunked"]))
        try await connection?.send("5\r\nhello\r\n")
      } else {
        try await connection?.send(TestServer.head("POST", "/api/count", length: 1000))
        try await connection?.send("hello")
      }
      #expect(await eventually { box.value == "reading" })
      switch departure {
      case .close: connection = nil
      case .reset: connection?.reset()
      case .halfClose: connection?.finishSending()
      }
      #expect(await eventually { box.value != "reading" })
      #expect(box.value == "cut_off")
      withExtendedLifetime(connection) {}
    }
  }

  @Test("Content declared too long is refused before it is sent")
  func tooLong() async throws {
    let route = Route(.post, "/api/count", needs: .anyUser) { request in
      try request.checkLength(limit: 1000)
      _ = try await request.body.next()
      return APIResponse(json: [:])
    }
    try await TestServer.with([route]) { server in
      let connection = try server.connect()
      try await connection.send(
        TestServer.head("POST", "/api/count", headers: ["Expect: 100-continue"], length: 5000))
      let response = try await connection.response()
      #expect(response.status == 413)
      #expect(response.headers["connection"] == "close")
      #expect(response.headers["content-type"] == "application/json")
    }
  }

  @Test("A client that goes on sending after a refusal still gets to read it")
  func lingering() async throws {
    try await TestServer.with([Self.count]) { server in
      let connection = try server.connect()
      try await connection.send(TestServer.head("POST", "/api/count", as: nil, length: 100 << 20))
      for _ in 0..<2 { try await connection.send([UInt8](repeating: 65, count: 1 << 20)) }
      #expect(try await connection.response().status == 401)
      #expect(try await connection.isClosedByServer())
    }
  }

  @Test("100-continue is sent when the content is wanted, and only then")
  func expectContinue() async throws {
    try await TestServer.with([Self.count]) { server in
      let wanted = try server.connect()
      try await wanted.send(
        TestServer.head("POST", "/api/count", headers: ["Expect: 100-continue"], length: 5))
      #expect(try await wanted.response().status == 100)
      try await wanted.send("hello")
      #expect(try await wanted.response().text == #"{"bytes":5}"#)

      let refused = try server.connect()
      try await refused.send(
        TestServer.head("POST", "/api/count", as: nil, headers: ["Expect: 100-continue"], length: 5)
      )
      #expect(try await refused.response().status == 401)
    }
  }

  @Test("A silent connection is closed; so is one with half a head")
  func idle() async throws {
    var configuration = APIConfiguration()
    configuration.idleTimeoutSeconds = 1
    try await TestServer.with([Self.count], configuration: configuration) { server in
      let silent = try server.connect()
      #expect(try await silent.isClosedByServer())
      let half = try server.connect()
      try await half.send("POST /api/count HTTP/1.1\r\nHost: x")
      #expect(try await half.isClosedByServer())
      let stalled = try server.connect()
      try await stalled.send(TestServer.head("POST", "/api/count", length: 5))
      #expect(try await stalled.isClosedByServer())
    }
  }

  @Test("Heads that are too large, and what is not HTTP, end the connection")
  func heads() async throws {
    try await TestServer.with([Self.count]) { server in
      let large = try server.connect()
      try await large.send(
        "GET /api/count HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "x", count: 100_000))\r\n\r\n"
      )
      #expect(try await large.response().status >= 400)
      let many = try server.connect()
      try await many.send(
        "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 1000) + "\r\n")
      #expect(try await many.response().status >= 400)
      let other = try server.connect()
      try await other.send("EHLO example.com\r\n\r\n")
      #expect(try await other.response().status == 400)
    }
  }

  @Test("A body that is read whole has a limit and a time to arrive in")
  func parameters() async throws {
    var configuration = APIConfiguration()
    configuration.maximumParameterBytes = 100
    configuration.parameterTimeoutSeconds = 1
    let route = Route(.post, "/api/things", needs: .anyUser) { request in
      APIResponse(json: try await request.parameters())
    }
    try await TestServer.with([route], configuration: configuration) { server in
      let large = try await server.request(
        "POST", "/api/things", body: [UInt8](repeating: 32, count: 200))
      #expect(large.status == 413)
      let slow = try server.connect()
      try await slow.send(TestServer.head("POST", "/api/things", length: 10))
      try await slow.send("[1")
      #expect(try await slow.isClosedByServer())
    }
  }
}
