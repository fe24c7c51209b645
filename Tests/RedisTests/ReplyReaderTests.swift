import TestSupport
import Testing

@testable import Redis

struct ReplyReaderTests {
  private func replies(in text: String, limit: Int = 1 << 20) throws(RedisError) -> [RedisValue] {
    try RedisTests.replies(in: Array(text.utf8), maximumReplySize: limit)
  }

  @Test func everyKind() throws {
    let text = "+OK\r\n:-42\r\n$-1\r\n*-1\r\n$0\r\n\r\n$4\r\na\r\nb\r\n*0\r\n"
    #expect(
      try replies(in: text) == [
        .status("OK"), .integer(-42), .null, .null, .string([]), .string(Array("a\r\nb".utf8)),
        .array([]),
      ])
  }

  @Test func nestedArraysKeepTheirShape() throws {
    let text = "*3\r\n*2\r\n:1\r\n*0\r\n-ERR inside\r\n*1\r\n*1\r\n$-1\r\n"
    #expect(
      try replies(in: text) == [
        .array([
          .array([.integer(1), .array([])]), .error("ERR inside"), .array([.array([.null])]),
        ])
      ])
  }

  @Test func repliesMayArriveByteByByte() throws {
    let bytes = Array("*2\r\n$5\r\nhello\r\n*1\r\n:7\r\n+PONG\r\n".utf8)
    let expected: [RedisValue] = [
      .array([.string(Array("hello".utf8)), .array([.integer(7)])]), .status("PONG"),
    ]
    #expect(try RedisTests.replies(in: bytes, pieces: 1) == expected)
  }

  @Test(arguments: [
    "?what\r\n", "*1\r\n#t\r\n", String(repeating: "*1\r\n", count: 10) + ":1\r\n",
  ])
  func whatIsNotRESPIsAProtocolError(text: String) {
    let error = #expect(throws: RedisError.self) { try replies(in: text) }
    #expect(error?.code == .protocol)
  }

  @Test func aReplyBeyondTheBoundIsAProtocolError() throws {
    let body = String(repeating: "x", count: 50_000)
    #expect(try replies(in: "$50000\r\n\(body)\r\n", limit: 60_000).count == 1)
    let error = #expect(throws: RedisError.self) {
      try replies(in: "$50000\r\n\(body)\r\n", limit: 20_000)
    }
    #expect(error?.code == .protocol)
  }

  /// An announced length costs no memory before its elements have arrived.
  @Test func aHostileLengthReservesNothing() throws {
    #expect(try replies(in: "*2147483647\r\n:1\r\n").isEmpty)
  }

  /// Any bytes at all give replies or an error, and leave the process alive.
  @Test(arguments: SeededGenerator.seeds(200))
  func anyBytesAreSurvived(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    let starts = ["*3\r\n", "$5\r\n", "+", "-", ":", "*-1\r\n", "$-1\r\n", "*0\r\n"]
    for _ in 0..<50 {
      if let start = starts.randomElement(using: &random) { bytes += Array(start.utf8) }
      bytes += random.bytes(upTo: 12)
    }
    do throws(RedisError) {
      _ = try RedisTests.replies(in: bytes, pieces: Int.random(in: 1...100, using: &random))
    } catch {
      #expect(error.code == .protocol)
    }
  }

  /// Values written as RESP come back the same, wherever the bytes are cut.
  @Test(arguments: SeededGenerator.seeds(50))
  func anyValueSurvives(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let values = (0..<20).map { _ in value(&random, depth: 6) }
    let bytes = values.flatMap(resp)
    let pieces = Int.random(in: 1...64, using: &random)
    #expect(try RedisTests.replies(in: bytes, pieces: pieces) == values)
  }

  private func value(_ random: inout SeededGenerator, depth: Int) -> RedisValue {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 5), using: &random) {
    case 0: .null
    case 1: .integer(.random(in: .min ... .max, using: &random))
    case 2: .status("STATUS \(Int.random(in: 0...99, using: &random))")
    case 3: .error("ERR \(Int.random(in: 0...99, using: &random))")
    case 4: .string(random.bytes(upTo: 40))
    default:
      .array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth - 1) })
    }
  }

  private func resp(_ value: RedisValue) -> [UInt8] {
    switch value {
    case .null: Array("$-1\r\n".utf8)
    case .integer(let number): Array(":\(number)\r\n".utf8)
    case .status(let text): Array("+\(text)\r\n".utf8)
    case .error(let text): Array("-\(text)\r\n".utf8)
    case .string(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
    case .array(let values): Array("*\(values.count)\r\n".utf8) + values.flatMap(resp)
    }
  }
}
