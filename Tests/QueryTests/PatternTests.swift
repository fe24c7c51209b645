import Query
import Testing

@Suite("Patterns and lists in texts")
struct PatternTests {
  @Test(
    "Quoted values keep their commas; empty ones are left out",
    arguments: [
      ("a,b", ["a", "b"]), (" a , b ", ["a", "b"]), ("\"a,b\",'c'", ["a,b", "c"]), (",,", []),
      ("", []), ("\"open, and on", ["open, and on"]), ("\"\",a", ["a"]), ("it's,b", ["it's", "b"]),
    ] as [(String, [String])])
  func quotedLists(text: String, values: [String]) {
    #expect(QuotedList.parse(text) == values)
  }

  @Test(
    "A search's text becomes a pattern with the wildcards of its position, unless it has its own",
    arguments: [
      ("ann", TextPattern.Place.anywhere, "%ann%"), ("ann", .beginning, "ann%"),
      ("ann", .whole, "ann"), ("a*n", .anywhere, "a%n"), ("50_\\", .whole, "50\\_\\\\"),
    ])
  func patterns(text: String, place: TextPattern.Place, like: String) {
    #expect(TextPattern(SearchText(value: text), at: place).like == like)
  }

  @Test("A strict text is the whole value")
  func strict() {
    let pattern = TextPattern(SearchText(value: "ann", isStrict: true), at: .anywhere)
    #expect(pattern.like == "ann" && pattern.isLiteral)
  }
}
