import NIOCore
import TestSupport
import Testing

@testable import API

@Suite("multipart/form-data")
struct MultipartTests {
  /// A part as the tests see it.
  struct Part: Equatable {
    var head: MultipartHead
    var content: String
  }

  @Test("Parts come in order with their names and content")
  func parts() throws {
    let body = """
      --xx\r
      Content-Disposition: form-data; name="options"\r
      Content-Type: application/json\r
      \r
      {"a":1}\r
      --xx\r
      Content-Disposition: form-data; name="file"; filename="C:\\dir\\people.csv"\r
      \r
      a,b\r
      1,2\r
      \r
      --xx--\r
      ignored
      """
    #expect(
      try parse(body, chunk: 1000) == [
        Part(
          head: MultipartHead(name: "options", contentType: "application/json"),
          content: #"{"a":1}"#),
        Part(
          head: MultipartHead(name: "file", filename: "people.csv"), content: "a,b\r\n1,2\r\n"),
      ])
  }

  @Test("However the bytes are cut, the parts are the same")
  func chunks() throws {
    let seed = SeededGenerator.fresh
    var random = SeededGenerator(seed: seed)
    print("multipart seed \(seed)")
    for _ in 0..<200 {
      let contents = (0..<Int.random(in: 1..<4, using: &random)).map { _ in
        Self.content(using: &random)
      }
      let body =
        contents.map { "--b0\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\($0)\r\n" }
        .joined() + "--b0--\r\n"
      for chunk in [1, 2, 3, 7, 64] {
        let parts = try parse(body, boundary: "b0", chunk: chunk)
        #expect(parts.map(\.content) == contents, "seed \(seed)")
      }
    }
  }

  /// Content full of near boundaries.
  private static func content(using random: inout SeededGenerator) -> String {
    let pieces = ["\r\n", "\r", "\n", "--", "-", "b", "--b", "\r\n--b", "a,1", "0", "\r\n-"]
    var content = (0..<Int.random(in: 0..<12, using: &random))
      .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    // What is left may form a new boundary.
    while content.contains("\r\n--b0") { content = content.replacing("\r\n--b0", with: "") }
    return content
  }

  @Test("File names: quotes, RFC 5987, none")
  func names() throws {
    let lines = "Content-Disposition: form-data; name=\"a;b\"; filename=\"x\\\"y.csv\""
    #expect(
      try MultipartHead(lines: Array(lines.utf8))
        == MultipartHead(name: "a;b", filename: "x\"y.csv"))
    let extended = "content-disposition: form-data; name=f; filename*=UTF-8''na%C3%AFve.csv"
    #expect(
      try MultipartHead(lines: Array(extended.utf8))
        == MultipartHead(name: "f", filename: "naïve.csv"))
    #expect(throws: APIError.self) {
      try MultipartHead(lines: Array("Content-Disposition: form-data".utf8))
    }
  }

  @Test("Heads, preambles and the number of parts are bounded")
  func bounds() {
    let head = "--b\r\nA: " + String(repeating: "x", count: 100_000)
    #expect(throws: APIError.self) { try parse(head, boundary: "b", chunk: 4096) }
    let preamble = String(repeating: "x", count: 200_000)
    #expect(throws: APIError.self) { try parse(preamble, boundary: "b", chunk: 4096) }
    let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    let many = String(repeating: part, count: 10_001)
    #expect(throws: APIError.self) { try parse(many, boundary: "b", chunk: 65536) }
  }

  @Test("A body without its last boundary is not finished")
  func cutOff() throws {
    var parser = MultipartParser(boundary: "b")
    parser.feed(ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\ntext"))
    while try parser.next() != nil {}
    #expect(!parser.isFinished)
  }

  @Test("No body makes the parser crash or keep much")
  func fuzz() {
    let seed = SeededGenerator.fresh
    var random = SeededGenerator(seed: seed)
    print("multipart fuzz seed \(seed)")
    let pieces = [
      "--b", "\r\n", "--", "Content-Disposition: form-data; name=a", ":", "\r", "\n", "x", "\"",
      ";",
    ]
    for _ in 0..<3000 {
      let body = (0..<Int.random(in: 0..<30, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      _ = try? parse(body, boundary: "b", chunk: Int.random(in: 1..<40, using: &random))
    }
  }

  private func parse(_ body: String, boundary: String = "xx", chunk: Int) throws -> [Part] {
    var parser = MultipartParser(boundary: boundary)
    var parts: [Part] = []
    var rest = Array(body.utf8)[...]
    while !rest.isEmpty {
      parser.feed(ByteBuffer(bytes: rest.prefix(chunk)))
      rest = rest.dropFirst(chunk)
      while let event = try parser.next() {
        switch event {
        case .part(let head): parts.append(Part(head: head, content: ""))
        case .content(let bytes):
          parts[parts.count - 1].content += String(buffer: bytes)
        case .endOfPart: break
        case .finished: return parts
        }
      }
    }
    return parts
  }
}
