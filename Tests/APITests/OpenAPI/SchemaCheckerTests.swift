import TestSupport
import Testing

@testable import API

/// What compares answers with the document finds what is wrong with them.
@Suite struct SchemaCheckerTests {
  private static let checker = SchemaChecker(
    components: Dictionary(
      (Schema.components + [("Short", "id:integer name:text?")]).map {
        ($0.name, JSONValue.object($0.schema.json).kept)
      }, uniquingKeysWith: { first, _ in first }))

  private static func problems(_ text: String, _ schema: Schema) throws -> [String] {
    checker.problems(
      try JSONParser.parse(text.utf8).kept, JSONValue.object(schema.json).kept)
  }

  private static let thing: Schema =
    "id:id name:text score:number? tags:texts owner:Short? parts:Short[] more:map"

  @Test(arguments: [
    "{}", #"{"id":null,"name":"x","score":1.5,"tags":["a"],"owner":null,"parts":[],"more":[]}"#,
    #"{"id":1,"score":1,"owner":{"id":2,"name":null},"parts":[{"id":1}],"more":{"a":1}}"#,
  ])
  func rightOnesHaveNoProblems(text: String) throws {
    #expect(try Self.problems(text, Self.thing) == [])
  }

  @Test(arguments: [
    (#"{"id":"1"}"#, "$.id"), (#"{"name":null}"#, "$.name"), (#"{"score":"1"}"#, "$.score"),
    (#"{"tags":["a",1]}"#, "$.tags[1]"), (#"{"owner":{"id":1.5}}"#, "$.owner"),
    (#"{"parts":[{"id":1,"x":1}]}"#, "$.parts[0]"), (#"{"other":1}"#, "$"),
    (#"{"more":[1]}"#, "$.more"), ("[]", "$"),
  ])
  func wrongOnesAreNamedByPath(text: String, path: String) throws {
    let problems = try Self.problems(text, Self.thing)
    #expect(problems.count == 1 && problems[0].hasPrefix(path), "\(problems)")
  }

  @Test func envelopesAreExact() throws {
    let envelope = Schema.object([("total", .text.with("pattern", "^[0-9]+$")), ("things", .any)])
    #expect(try Self.problems(#"{"total":"1","things":{}}"#, envelope) == [])
    #expect(try Self.problems(#"{"total":"x","things":{}}"#, envelope).count == 1)
    #expect(try Self.problems(#"{"total":"1"}"#, envelope).count == 1)
    let problems = try Self.problems(#"{"errors":[{"code":1,"type":null}]}"#, .errors)
    #expect(problems == ["$.errors[0]: message is missing"])
  }

  @Test func whatItDoesNotKnowIsAProblem() throws {
    #expect(try Self.problems("1", Schema.integer.with("multipleOf", 2)).count == 1)
    #expect(try Self.problems("1", .named("Nothing")).count == 1)
  }
}
