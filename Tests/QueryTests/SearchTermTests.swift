import Query
import TestSupport
import Testing

@Suite("The search grammar (contacts.md 11.1)")
struct SearchTermTests {
  private static func text(_ value: String) -> SearchTerm { .text(SearchText(value: value)) }
  private static func exact(_ value: String) -> SearchTerm {
    .text(SearchText(value: value, isStrict: true))
  }
  private static func command(_ name: String, _ value: String) -> SearchTerm {
    .command(name, SearchText(value: value))
  }

  private static let examples: [(String, SearchTerm?)] = [
    ("", nil),
    ("  ()  ", nil),
    ("kim", text("kim")),
    ("kim lee", .all([text("kim"), text("lee")])),
    // AND binds tighter than OR; the words may be in any case.
    ("a b or c AND d", .any([.all([text("a"), text("b")]), .all([text("c"), text("d")])])),
    ("or a or or b and", .any([text("a"), text("b")])),
    ("(a or b) c", .all([.any([text("a"), text("b")]), text("c")])),
    (
      "(segment:a OR segment:b) AND (tag:x)",
      .all([.any([command("segment", "a"), command("segment", "b")]), command("tag", "x")])
    ),
    // Quotes make phrases, also of reserved words.
    ("\"kim lee\"", text("kim lee")),
    ("\"or\" \"a:b\" \"(\"", .all([text("or"), text("a:b"), text("(")])),
    ("city:\"New York\" x", .all([command("city", "New York"), text("x")])),
    ("5\" screen", .all([text("5\""), text("screen")])),
    // Negation of a word, a command, its value, a parenthesis; two cancel each other.
    ("!kim", .not(text("kim"))),
    ("!is:anonymous", .not(command("is", "anonymous"))),
    ("email:!a@b.c", .not(command("email", "a@b.c"))),
    ("!(a or b)", .not(.any([text("a"), text("b")]))),
    ("!email:!a", command("email", "a")),
    ("!email:%@example.com", .not(command("email", "%@example.com"))),
    ("! a", text("a")),
    // Exact words, values and parentheses.
    ("+kim", exact("kim")),
    ("!+kim", .not(exact("kim"))),
    ("+!kim", .not(exact("kim"))),
    ("city:+Rome", .command("city", SearchText(value: "Rome", isStrict: true))),
    ("+(a b)", .all([exact("a"), exact("b")])),
    ("rock+roll", text("rock+roll")),
    ("common:a+b", command("common", "a+b")),
    // A command before a parenthesis applies to each term inside without one.
    (
      "tag:(a or !b c:d)",
      .any([command("tag", "a"), .all([.not(command("tag", "b")), command("c", "d")])])
    ),
    ("!tag:(a b)", .not(.all([command("tag", "a"), command("tag", "b")]))),
    // A command without a value is ignored.
    ("email:", nil),
    ("email: kim !city: x:\"\" y:()", text("kim")),
    ("ids:1,2,3", command("ids", "1,2,3")),
    ("EMAIL:A@b.c", command("email", "A@b.c")),
    ("a:b:c", command("a", "b:c")),
    ("12:30 .a:b", .all([text("12:30"), text(".a:b")])),
    // Unclosed parentheses extend to the end; unopened ones are ignored.
    ("a ) b (c", .all([text("a"), .all([text("b"), text("c")])])),
    ("\"a or b", text("a or b")),
    ("tag:(a or b", .any([command("tag", "a"), command("tag", "b")])),
    // Markup is not text.
    ("<b>kim</b> <3", .all([text("kim"), text("<3")])),
    ("a\u{a0}b\tc", .all([text("a"), text("b"), text("c")])),
  ]

  @Test("Words, phrases, commands, marks and parentheses", arguments: examples)
  func grammar(search: String, expected: SearchTerm?) throws {
    #expect(try SearchTerm.parse(search) == expected)
  }

  @Test("Searches beyond the limits are refused, not cut")
  func limits() throws {
    let words = Array(repeating: "a", count: QueryLimits.searchTerms).joined(separator: " ")
    #expect(try SearchTerm.parse(words) != nil)
    let depth = String(repeating: "(", count: QueryLimits.searchDepth)
    #expect(try SearchTerm.parse(depth + "a") != nil)
    for text in [
      words + " a", depth + "(a", String(repeating: "!(", count: 8_000), "a\0",
      String(repeating: "a", count: QueryLimits.searchBytes + 1),
    ] {
      let error = #expect(throws: QueryError.self) { try SearchTerm.parse(text) }
      #expect(error?.parameter == "search")
    }
  }

  @Test("A search asks for visitors only without negation (CON-113)")
  func asksForVisitors() throws {
    for search in ["is:anonymous", "a (b or IS:Anonymous)"] {
      #expect(try SearchTerm.parse(search)?.asks(for: "is", "anonymous") == true)
    }
    for search in ["!is:anonymous", "anonymous", "is:mine"] {
      #expect(try SearchTerm.parse(search)?.asks(for: "is", "anonymous") == false)
    }
  }

  @Test(
    "Where a search selects, every command needs a value",
    arguments: [
      ("segment: is:mine", false), ("is:mine segment:", false), ("is:mine tag:()", false),
      ("is:mine !segment:\"\"", false), ("segment:x is:mine", true), ("tag:(a or b)", true),
      ("12:30", true), ("kim", true), ("http://a.b", true), ("\"\"", false), ("", true),
    ])
  func requiresValues(search: String, isAccepted: Bool) {
    var wasAccepted = true
    do { try SearchTerm.requireValues(search) } catch { wasAccepted = false }
    #expect(wasAccepted == isAccepted)
  }

  /// Any input is parsed, and the term means the same when it is written out and parsed again.
  @Test func readsAnything() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "(", ")", "!", "\"", ":", "+", " ", "or", "and", "a", "is:", "%", "*", "!(", "tag:(", "<b>",
      "<", "ä", "\u{301}", "\u{1F600}", "\\", "_", "'", ",", "\n", "x:+", "\u{feff}",
    ]
    for _ in 0..<20_000 {
      let search = (0..<Int.random(in: 0..<24, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      guard let term = try SearchTerm.parse(search) else { continue }
      let again = try SearchTerm.parse(term.description)
      #expect(again == term, "seed \(seed): \(search) as \(term.description)")
    }
  }
}
