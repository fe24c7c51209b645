import Foundation
import Primitives
import TestSupport
import Testing

@testable import Tracking

@Suite("Data serialized by PHP (tracking.md 3)")
struct PHPSerializedTests {
  private func read(_ text: String) -> JSONValue? { PHPSerialized.read(Array(text.utf8)) }

  @Test("Every kind of value that snippets send is read")
  func values() {
    #expect(read("N;") == .null)
    #expect(read("b:1;") == .boolean(true))
    #expect(read("i:-12;") == .integer(-12))
    #expect(read("d:0.5;") == .number(0.5))
    #expect(read("s:3:\"a\"b\";") == .string("a\"b"))
    #expect(read("s:4:\"äö\";") == .string("äö"))
    #expect(read("a:2:{i:0;s:1:\"x\";i:1;i:2;}") == .array([.string("x"), .integer(2)]))
    #expect(
      read("a:2:{s:8:\"page_url\";s:1:\"/\";s:4:\"tags\";a:1:{i:0;s:1:\"t\";}}")
        == .object(["page_url": .string("/"), "tags": .array([.string("t")])]))
  }

  @Test("Objects, references, lies about lengths and anything left over are refused")
  func refusals() {
    for text in [
      "", "O:8:\"stdClass\":0:{}", "C:1:\"A\":0:{}", "r:1;", "R:1;", "E:3:\"A:B\";", "N", "i:;",
      "i:1", "i:99999999999999999999;", "d:NAN;", "d:INF;", "s:5:\"abc\";", "s:-1:\"\";",
      "s:3:\"abc\"", "a:1:{}", "a:2:{i:0;N;}", "a:-1:{}", "a:999999999:{i:0;N;}", "b:2;",
      "a:1:{b:1;N;}", "a:1:{a:0:{}N;}", "N;N;", "x:1;",
    ] {
      #expect(read(text) == nil, "\(text)")
    }
  }

  @Test("Depth and size are bounded")
  func bounds() {
    func nested(_ depth: Int) -> String {
      String(repeating: "a:1:{i:0;", count: depth) + "N;" + String(repeating: "}", count: depth)
    }
    #expect(read(nested(PHPSerialized.depth)) != nil)
    #expect(read(nested(PHPSerialized.depth + 1)) == nil)
    let long = String(repeating: "x", count: PHPSerialized.limit)
    #expect(read("s:\(long.utf8.count):\"\(long)\";") == nil)
  }

  @Test("Random damage never traps, and what is read was well formed")
  func fuzz() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let good = Array(
      "a:3:{s:3:\"url\";s:5:\"/a?b=\";s:1:\"n\";i:42;s:1:\"l\";a:2:{i:0;d:1.5;i:1;b:0;}}".utf8)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0...random.next() % 4 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        default: bytes.insert(random.pick(Array("aisdbN:;{}\"0123456789-".utf8)), at: place)
        }
        if bytes.isEmpty { bytes = good }
      }
      if let value = PHPSerialized.read(bytes) {
        #expect(depth(value) <= PHPSerialized.depth + 1, "seed \(seed)")
      }
    }
  }

  private func depth(_ value: JSONValue) -> Int {
    switch value {
    case .array(let items): 1 + (items.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
    default: 0
    }
  }
}
