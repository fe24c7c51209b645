import TestSupport
import Testing

@testable import API

@Suite("JSON")
struct JSONTests {
  @Test("Members keep their order, whatever their names")
  func order() {
    let value: JSONValue = ["9": 1, "10": 2, "1": ["b": nil, "a": true]]
    #expect(text(value) == #"{"9":1,"10":2,"1":{"b":null,"a":true}}"#)
  }

  @Test("Strings are escaped as JSON demands, and no more")
  func strings() {
    #expect(text("a\"b\\c/d\n\t\u{01}é😀") == #""a\"b\\c/d\n\t\u0001é😀""#)
    #expect(text("Sam & Sons") == #""Sam & Sons""#)
  }

  @Test(
    "Numbers",
    arguments: [
      (JSONValue.int(-9), "-9"), (.double(12.5), "12.5"), (.double(3), "3"), (.double(0), "0"),
      (.double(.infinity), "null"), (.int(.max), "9223372036854775807"), (.double(33.33), "33.33"),
    ])
  func numbers(value: JSONValue, expected: String) {
    #expect(text(value) == expected)
  }

  @Test("Written values read back unchanged")
  func roundTrip() throws {
    let seed = SeededGenerator.fresh
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = JSONValue.random(depth: 4, using: &random)
      #expect(try JSONParser.parse(value.rendered) == value, "seed \(seed)")
    }
  }

  @Test(
    "Texts that are not JSON are refused with the position",
    arguments: [
      "", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "01", "1.", "-", "1e", "nul", "\"a",
      "\"\u{1}\"",
      "\"\\x\"", "\"\\u12\"", "[1] 2", "{a:1}", "'a'", "+1", ".5", "1e999", "[1}",
    ])
  func refused(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(text.utf8) }
  }

  @Test("Bytes that are not UTF-8 are refused")
  func encoding() {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test("Escapes of characters beyond the basic plane come in pairs")
  func surrogates() throws {
    #expect(try JSONParser.parse(#""😀""#.utf8) == "😀")
    #expect(try JSONParser.parse(#""\ud83dx""#.utf8) == "\u{FFFD}x")
    #expect(try JSONParser.parse(#""\ud83d\u0041""#.utf8) == "\u{FFFD}A")
  }

  @Test("Nesting is bounded, so that no text exhausts the stack")
  func depth() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(deep.utf8) }
  }

  @Test("No text makes the parser crash")
  func fuzz() {
    let seed = SeededGenerator.fresh
    var random = SeededGenerator(seed: seed)
    print("JSON fuzz seed \(seed)")
    let pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\", "u", "d83d", "1", "-", ".", "e", "tru"]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<20, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      _ = try? JSONParser.parse(text.utf8)
    }
  }

  private func text(_ value: JSONValue) -> String {
    String(decoding: value.rendered, as: UTF8.self)
  }
}

extension JSONValue {
  /// Any value, for round trips.
  static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .int(Int(truncatingIfNeeded: random.next()))
    case 3: return .double(Double(Int.random(in: -999_999...999_999, using: &random)) + 0.5)
    case 4: return .string(randomText(using: &random))
    case 5:
      return .array(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          JSONValue.random(depth: depth - 1, using: &random)
        })
    default:
      var object = JSONObject()
      for index in 0..<Int.random(in: 0..<4, using: &random) {
        object.append(
          "\(index)" + randomText(using: &random),
          JSONValue.random(depth: depth - 1, using: &random))
      }
      return .object(object)
    }
  }

  private static func randomText(using random: inout SeededGenerator) -> String {
    String(
      String.UnicodeScalarView(
        (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in
          Unicode.Scalar(UInt32.random(in: 0..<0x1F700, using: &random))
        }))
  }
}
