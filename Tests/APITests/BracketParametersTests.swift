import TestSupport
import Testing

@testable import API

@Suite("Parameters in PHP's bracket syntax")
struct BracketParametersTests {
  @Test(
    "Forms and queries",
    arguments: [
      ("", #"{}"#),
      ("a=1", #"{"a":"1"}"#),
      ("a=1&a=2", #"{"a":"2"}"#),
      ("a", #"{"a":""}"#),
      ("a=b=c", #"{"a":"b=c"}"#),
      ("a[]=x&a[]=y", #"{"a":["x","y"]}"#),
      ("a[b]=1&a[c]=2", #"{"a":{"b":"1","c":"2"}}"#),
      ("a[0][b]=1&a[1][b]=2", #"{"a":[{"b":"1"},{"b":"2"}]}"#),
      ("a[5]=x", #"{"a":{"5":"x"}}"#),
      ("a[5]=x&a[]=y", #"{"a":{"5":"x","6":"y"}}"#),
      ("a%5B%5D=x", #"{"a":["x"]}"#),
      ("a=1+2%2B%20", #"{"a":"1 2+ "}"#),
      ("a=%zz%4", #"{"a":"%zz%4"}"#),
      ("a[b=1", #"{"a[b":"1"}"#),
      ("a[b]c=1", #"{"a":{"b":"1"}}"#),
      ("a=1&a[b]=2", #"{"a":{"b":"2"}}"#),
      ("a[b]=1&a=2", #"{"a":"2"}"#),
      ("mapping[E-mail]=email&&x=", #"{"mapping":{"E-mail":"email"},"x":""}"#),
      (
        "where[0][col]=email&where[0][expr]=in&where[0][val][]=a",
        #"{"where":[{"col":"email","expr":"in","val":["a"]}]}"#
      ),
    ])
  func parse(query: String, expected: String) throws {
    let value = try BracketParameters.parse(query.utf8)
    #expect(String(decoding: value.rendered, as: UTF8.self) == expected)
  }

  @Test("Too many and too deep are refused")
  func bounds() {
    let many = String(repeating: "a[]=1&", count: BracketParameters.maximumCount + 1)
    #expect(throws: APIError.self) { try BracketParameters.parse(many.utf8) }
    let deep = "a" + String(repeating: "[b]", count: 100) + "=1"
    #expect(throws: APIError.self) { try BracketParameters.parse(deep.utf8) }
  }

  @Test("No query makes the parser crash")
  func fuzz() throws {
    let seed = SeededGenerator.fresh
    var random = SeededGenerator(seed: seed)
    print("parameters fuzz seed \(seed)")
    let pieces = ["a", "b", "[", "]", "[]", "=", "&", "%", "%5B", "0", "9999999999999999999", "+"]
    for _ in 0..<5000 {
      let query = (0..<Int.random(in: 0..<24, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let value = try BracketParameters.parse(query.utf8)
      guard case .object = value else {
        Issue.record("not an object: \(query), seed \(seed)")
        return
      }
    }
  }

  @Test("Words for yes and no")
  func truth() {
    for word in ["1", "true", "on", "YES"] { #expect(JSONValue.string(word).truth == true) }
    for word in ["", "0", "false", "off", "no"] { #expect(JSONValue.string(word).truth == false) }
    #expect(JSONValue.string("perhaps").truth == nil)
  }

  @Test("A list may be an array, an object by position or text with commas")
  func lists() {
    #expect(JSONValue.array(["a", 2]).commaList == ["a", "2"])
    #expect(JSONValue.object(["0": "a", "3": "b"]).commaList == ["a", "b"])
    #expect(JSONValue.string(" a, b ,,c").commaList == ["a", "b", "c"])
  }
}
