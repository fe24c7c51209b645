import Testing

@testable import API

@Suite("The search grammar")
struct SearchTermTests {
  @Test("Words are joined by and; or binds weaker; parentheses group")
  func grammar() {
    func text(_ value: String) -> SearchTerm { .text(SearchText(value: value)) }
    func command(_ name: String, _ value: String) -> SearchTerm {
      .command(name, SearchText(value: value))
    }
    #expect(SearchTerm.parse("") == nil)
    #expect(SearchTerm.parse("  ()  ") == nil)
    #expect(SearchTerm.parse("kim") == text("kim"))
    #expect(SearchTerm.parse("kim lee") == .all([text("kim"), text("lee")]))
    #expect(
      SearchTerm.parse("a b or c AND d")
        == .any([.all([text("a"), text("b")]), .all([text("c"), text("d")])]))
    #expect(
      SearchTerm.parse("(segment:a OR segment:b) AND (tag:x)")
        == .all([.any([command("segment", "a"), command("segment", "b")]), command("tag", "x")]))
    #expect(SearchTerm.parse("!is:anonymous") == .not(command("is", "anonymous")))
    #expect(SearchTerm.parse("!(a or b)") == .not(.any([text("a"), text("b")])))
    #expect(SearchTerm.parse("\"kim lee\"") == text("kim lee"))
    #expect(SearchTerm.parse("city:\"New York\"") == command("city", "New York"))
    #expect(SearchTerm.parse("\"a:b\"") == text("a:b"))
    #expect(SearchTerm.parse("+kim") == .text(SearchText(value: "kim", isStrict: true)))
    #expect(SearchTerm.parse("ids:1,2,3") == command("ids", "1,2,3"))
    #expect(SearchTerm.parse("a ) b (c") == .all([text("a"), .all([text("b"), text("c")])]))
  }

  @Test("Wildcards are % and *; what else LIKE knows is taken as it is")
  func patterns() {
    #expect(SearchText(value: "kim").pattern(addingBefore: true) == "%kim%")
    #expect(SearchText(value: "kim").pattern(addingBefore: false) == "kim%")
    #expect(SearchText(value: "k*m").pattern(addingBefore: true) == "k%m")
    #expect(SearchText(value: "a_b\\").pattern(addingBefore: false) == "a\\_b\\\\%")
    #expect(SearchText(value: "kim", isStrict: true).pattern(addingBefore: true) == "kim")
  }

  @Test("No text makes the parser crash or recurse without end")
  func fuzz() {
    let seed = Seeded.fresh
    var random = Seeded(seed: seed)
    print("search fuzz seed \(seed)")
    let pieces = ["(", ")", "!", "\"", ":", "+", " ", "or", "and", "a", "is", "%", "*", "!("]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<30, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      _ = SearchTerm.parse(text)
    }
    _ = SearchTerm.parse(String(repeating: "(", count: 100_000))
    _ = SearchTerm.parse(String(repeating: "!(", count: 100_000) + "a")
  }
}
