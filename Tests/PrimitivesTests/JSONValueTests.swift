import Foundation
import Primitives
import TestSupport
import Testing

@Suite("JSON values that are kept as they were sent")
struct JSONValueTests {
  private static func value(_ random: inout SeededGenerator, depth: Int = 4) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: .null
    case 1: .boolean(.random(using: &random))
    case 2: .integer(.random(in: .min ... .max, using: &random))
    case 3: .number(Double(Int.random(in: -1000...1000, using: &random)) + 0.5)
    case 4: .string(["", "a", "\"\\/", "\u{1F600}\n", "1"].randomElement(using: &random) ?? "")
    case 5:
      .array(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth - 1) })
    default:
      .object(
        Dictionary(
          ["a", "b", "ü"].map { ($0, value(&random, depth: depth - 1)) }, uniquingKeysWith: { $1 }))
    }
  }

  @Test("A written value reads back as the same value")
  func roundTrips() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let value = Self.value(&random)
      let data = try JSONEncoder().encode([value])
      #expect(
        try JSONDecoder().decode([JSONValue].self, from: data) == [value], "seed \(seed): \(value)")
    }
  }

  @Test("A text that cannot be stored is found by its path")
  func unstorable() {
    let bad = JSONValue.object(["list": .array([.string("a"), .object(["b": .string("\0")])])])
    #expect(bad.unstorable("properties") == "properties.list[1].b")
    #expect(JSONValue.object(["a\0": .null]).unstorable("p") == "p")
    #expect(JSONValue.array([.string("a"), .null]).unstorable("p") == nil)
  }

  @Test func readsNumbersFromTexts() {
    #expect(JSONValue.string("7").int == 7)
    #expect(JSONValue.number(7).int == 7)
    #expect(JSONValue.number(7.5).int == nil)
    #expect(JSONValue.boolean(true).text == "1")
    #expect(JSONValue.array([]).text == nil)
    #expect(JSONValue.object(["a": .integer(1)])["a"] == .integer(1))
  }
}
