import TestSupport
import Testing

import enum Primitives.PercentCoding

@testable import API

/// The output of PHP's `http_build_query`, in a query or a form, reads back as the same values.
@Suite struct BracketRoundTripTests {
  private static let seed = SeededGenerator.fresh

  @Test("Trees come back as they were written")
  func roundTrip() throws {
    var random = SeededGenerator(seed: Self.seed)
    for _ in 0..<3000 {
      let tree = JSONValue.object(Self.object(depth: 3, &random))
      var pairs: [String] = []
      Self.write(tree, path: "", rawBrackets: Bool.random(using: &random), to: &pairs)
      let query = pairs.joined(separator: "&")
      let read = try BracketParameters.parse(query.utf8)
      #expect(read == tree, "seed \(Self.seed): \(query)")
      // A form that came in parts reads alike.
      let fields = pairs.map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (
          name: PercentCoding.decode(parts[0].utf8, plusIsBlank: true),
          value: PercentCoding.decode(parts[1].utf8, plusIsBlank: true)
        )
      }
      #expect(try BracketParameters.tree(fields) == tree, "seed \(Self.seed): \(query)")
    }
  }

  @Test("Any bytes are parsed, or refused for their number or depth")
  func anyBytes() {
    var random = SeededGenerator(seed: Self.seed)
    let pieces: [[UInt8]] = [
      Array("[".utf8), Array("]".utf8), Array("&".utf8), Array("=".utf8), Array("%".utf8),
      Array("a".utf8), Array("[]".utf8), Array("[0]".utf8), Array("%5B".utf8), Array("%00".utf8),
      Array("[9223372036854775807]".utf8), [0xFF], [0xC3], [0x00], Array("ä".utf8),
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &random)).flatMap { _ in
        pieces.randomElement(using: &random) ?? []
      }
      do {
        guard case .object = try BracketParameters.parse(bytes) else {
          Issue.record("seed \(Self.seed): \(bytes)")
          return
        }
      } catch {
        #expect(error.status == .badRequest)
      }
    }
  }

  @Test("Conditions and orders in a query")
  func conditions() throws {
    let query =
      "where%5B0%5D%5Bcol%5D=email&where%5B0%5D%5Bexpr%5D=in&where%5B0%5D%5Bval%5D%5B%5D=a"
      + "&where[1][expr]=isNotEmpty&where[1][col]=city&order[0][col]=id&order[0][dir]=DESC"
    #expect(
      try BracketParameters.parse(query.utf8) == [
        "where": [
          ["col": "email", "expr": "in", "val": ["a"]], ["expr": "isNotEmpty", "col": "city"],
        ],
        "order": [["col": "id", "dir": "DESC"]],
      ])
  }

  private static let keys = ["a", "b c", "ä", "x.y", "-1", "01", "a=b", "e&f", "%41", "+", "K_1"]
  private static let texts = ["", "1", "a b", "ä\u{1F600}", "=&+%", "[x]", "100%", "a;b", "\u{0}"]

  private static func object(depth: Int, _ random: inout SeededGenerator) -> JSONObject {
    var object = JSONObject()
    for key in keys.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
      object.append(key, value(depth: depth - 1, &random))
    }
    return object
  }

  private static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 3 : 1), using: &random) {
    case 1: .object(object(depth: depth, &random))
    case 2:
      .array(
        (0..<Int.random(in: 1...3, using: &random)).map { _ in value(depth: depth - 1, &random) })
    default: .string(texts.randomElement(using: &random) ?? "")
    }
  }

  private static func write(
    _ value: JSONValue, path: String, rawBrackets: Bool, to pairs: inout [String]
  ) {
    func step(_ key: String) -> String {
      if path.isEmpty { return encoded(key) }
      return path + (rawBrackets ? "[\(encoded(key))]" : "%5B\(encoded(key))%5D")
    }
    switch value {
    case .object(let object):
      for (key, child) in object.members {
        write(child, path: step(key), rawBrackets: rawBrackets, to: &pairs)
      }
    case .array(let items):
      for (index, child) in items.enumerated() {
        write(child, path: step(String(index)), rawBrackets: rawBrackets, to: &pairs)
      }
    default: pairs.append("\(path)=\(encoded(value.text ?? ""))")
    }
  }

  private static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: bytes.append(byte)
      case 0x20: bytes.append(UInt8(ascii: "+"))
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
