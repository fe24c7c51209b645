import Foundation
import NIOCore
import Testing

@testable import API

@Suite("Content-Encoding: gzip")
struct GzipTests {
  private static let echo = Route(.post, "/api/echo", needs: .anyUser) { request in
    APIResponse(json: try await request.parameters())
  }

  @Test("However the input is cut, the output is the same; members follow one another")
  func chunks() throws {
    let packed = try Gzip.pack("hello hello hello") + Gzip.pack(" and again")
    for size in [1, 2, 5, 100] {
      #expect(try unpack(packed, by: size) == "hello hello hello and again")
    }
  }

  @Test("Damage is an error")
  func damage() throws {
    var wrong = try Gzip.pack("hello hello hello")
    wrong[wrong.count - 6] ^= 1
    #expect(throws: APIError.self) { try unpack(wrong, by: 100) }
    #expect(throws: APIError.self) { try unpack(Array("no gzip at all".utf8), by: 100) }
  }

  @Test("A request may be compressed; one that ends too early is refused")
  func request() async throws {
    try await TestServer.with([Self.echo]) { server in
      let headers = ["Content-Type: application/json", "Content-Encoding: gzip"]
      let whole = try await server.request(
        "POST", "/api/echo", headers: headers, body: try Gzip.pack(#"{"a":1}"#))
      #expect(whole.text == #"{"a":1}"#)
      let half = try await server.request(
        "POST", "/api/echo", headers: headers, body: Array(try Gzip.pack(#"{"a":1}"#).dropLast(5)))
      #expect(half.status == 400)
    }
  }

  @Test("Content that unpacks to more than the limit is refused long before it is unpacked")
  func bomb() async throws {
    var configuration = APIConfiguration()
    configuration.maximumParameterBytes = 1 << 20
    try await TestServer.with([Self.echo], configuration: configuration) { server in
      let bomb = try Gzip.pack(String(repeating: " ", count: 64 << 20))
      #expect(bomb.count < 100_000)
      let response = try await server.request(
        "POST", "/api/echo", headers: ["Content-Type: application/json", "Content-Encoding: gzip"],
        body: bomb)
      #expect(response.status == 413)
    }
  }

  private func unpack(_ bytes: [UInt8], by size: Int) throws -> String {
    let inflater = try Inflater()
    var text = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      inflater.feed(ByteBuffer(bytes: rest.prefix(size)))
      rest = rest.dropFirst(size)
      while let output = try inflater.next() { text += String(buffer: output) }
    }
    #expect(inflater.isAtEnd)
    return text
  }
}
