import Primitives
import Testing

@testable import Segments

/// Text and missing values (segments.md 4.2 and 4.3).
@Suite struct TextFilterTests {
  private static let people: KeyValuePairs<String, ModelContact> = [
    "null": .named(nil), "empty": .named(""), "mr": .named("Mr."), "50%": .named("50%"),
    "a_b": .named("a_b"), "axb": .named("axb"), "é": .named("École"), "e": .named("Ecole"),
    "digits": .named("x 42"), "back": .named(#"c:\d"#),
  ]

  private static let filled = ["mr", "50%", "a_b", "axb", "é", "e", "digits", "back"]

  /// The table of section 4.2 for text: null and the empty text are missing.
  @Test func knowsMissingValues() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("firstname", "empty")) == ["null", "empty"])
      #expect(try await play.who(having("firstname", "!empty")) == Self.filled)
      for word in ["=", "like", "startsWith", "endsWith", "contains", "regexp"] {
        let found = try await play.who(having("firstname", word, "mr."))
        #expect(found == ["mr"], "\(word)")
      }
      #expect(try await play.who(having("firstname", "regexp", "^$")) == [])
    }
  }

  @Test("SEG-20: negative operators include those whose field was never filled in")
  func includesMissingInNegations() async throws {
    try await Playground.with(["null": .named(nil), "ann": .named("Ann"), "bob": .named("Bob")]) {
      (play) async throws in
      #expect(try await play.who(having("firstname", "!=", "ann")) == ["null", "bob"])
      #expect(try await play.who(having("firstname", "!like", "an")) == ["null", "bob"])
      #expect(try await play.who(having("firstname", "!in", "ann|x")) == ["null", "bob"])
    }
  }

  @Test("SEG-21: `!regexp` does not include null, and tests an empty text like any other")
  func leavesNullOutOfNegatedPatterns() async throws {
    try await Playground.with(["null": .named(nil), "empty": .named(""), "bob": .named("Bob")]) {
      (play) async throws in
      #expect(try await play.who(having("firstname", "!regexp", "^b")) == ["empty"])
      #expect(try await play.who(having("firstname", "!regexp", "^$")) == ["bob"])
    }
  }

  @Test("SEG-25, SEG-26: letter case is ignored, accents are not")
  func ignoresCaseButNotAccents() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("firstname", "=", "mr.")) == ["mr"])
      #expect(try await play.who(having("firstname", "in", "MR.|x")) == ["mr"])
      #expect(try await play.who(having("firstname", "regexp", "^AXB")) == ["axb"])
      #expect(try await play.who(having("firstname", "=", "ÉCOLE")) == ["é"])
      #expect(try await play.who(having("firstname", "=", "ecole")) == ["e"])
    }
  }

  @Test("SEG-27: without `%` like means contains; with it the pattern is as written")
  func readsLikePatterns() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("firstname", "like", "col")) == ["é", "e"])
      #expect(try await play.who(having("firstname", "like", "%ole")) == ["é", "e"])
      #expect(try await play.who(having("firstname", "like", "ec%")) == ["e"])
      #expect(try await play.who(having("firstname", "like", "col%")) == [])
    }
  }

  @Test("SEG-28: `%`, `_` and `\\` are literal, except `%` in like")
  func takesWildcardsLiterally() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("firstname", "contains", "%")) == ["50%"])
      #expect(try await play.who(having("firstname", "endsWith", "%")) == ["50%"])
      #expect(try await play.who(having("firstname", "startsWith", "a_")) == ["a_b"])
      #expect(try await play.who(having("firstname", "like", "a_b")) == ["a_b"])
      #expect(try await play.who(having("firstname", "contains", #":\"#)) == ["back"])
      #expect(try await play.who(having("firstname", "like", #"%\d"#)) == ["back"])
    }
  }

  @Test("SEG-29: unanchored, classes and repetitions; a doubled backslash is one")
  func readsRegularExpressions() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("firstname", "regexp", "[0-9]")) == ["50%", "digits"])
      #expect(try await play.who(having("firstname", "regexp", "[[:digit:]]{2}$")) == ["digits"])
      #expect(try await play.who(having("firstname", "regexp", "mr|axb")) == ["mr", "axb"])
      #expect(try await play.who(having("firstname", "regexp", #"^mr\\.$"#)) == ["mr"])
    }
  }

  @Test("SEG-30: values apart by `|`, whole, trimmed; an array too")
  func readsListsOfTexts() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("firstname", "in", " mr. | 50% ")) == ["mr", "50%"])
      #expect(try await play.who(having("firstname", "in", ["mr.", "axb"])) == ["mr", "axb"])
      #expect(try await play.who(having("firstname", "in", "mr")) == [])
    }
  }

  @Test("SEG-31: comparisons without a value are refused; stored ones compare with the empty text")
  func refusesMissingValues() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      for value: JSONValue in [.null, ""] {
        for word in ["=", "!=", "like", "regexp", "startsWith", "in"] {
          #expect(
            try play.problems(having("firstname", word, value))
              == ["filters[0].filter: value required"])
        }
      }
      #expect(try play.problems(having("firstname", "empty", "")) == [])
      #expect(try await play.who(having("firstname", "=", "")) == [])
      #expect(try await play.who(having("firstname", "!=", "")).count == Self.people.count)
      #expect(try await play.who(having("firstname", "contains", .null)) == Self.filled)
    }
  }

  /// Section 6: the domain of the address; `in` is not offered.
  @Test func comparesDomainsOfAddresses() async throws {
    try await Playground.with([
      "a": .with(["email": .text("a@Foo.example")]), "b": .with(["email": .text("foo@b.example")]),
      "none": .with(),
    ]) { (play) async throws in
      #expect(try await play.who(having("generated_email_domain", "=", "foo.example")) == ["a"])
      #expect(
        try await play.who(having("generated_email_domain", "!like", "foo")) == ["b", "none"])
      #expect(
        try play.problems(having("generated_email_domain", "in", "x"))
          == ["filters[0].operator: value is not valid"])
    }
  }

  @Test("Blanks around a value that no stored one has are taken off; within a value they count")
  func trimsValues() async throws {
    try await Playground.with([
      "ny": .named("New York"), "york": .named("York"), "new": .named("New"),
      "none": .named(nil),
    ]) { (play) async throws in
      for value in ["New York ", " new york", "\tNew York\u{a0}"] as [JSONValue] {
        #expect(try await play.who(having("firstname", "=", value)) == ["ny"], "\(value)")
        #expect(
          try await play.who(having("firstname", "!=", value)) == ["york", "new", "none"])
      }
      #expect(
        try await play.who(having("firstname", "in", [" York ", "New "])) == ["york", "new"])
      #expect(try await play.who(having("firstname", "startsWith", " New")) == ["ny", "new"])
      #expect(try await play.who(having("firstname", "startsWith", "New ")) == ["ny"])
      #expect(try await play.who(having("firstname", "endsWith", "York ")) == ["ny", "york"])
      #expect(try await play.who(having("firstname", "endsWith", " York")) == ["ny"])
      #expect(try await play.who(having("firstname", "contains", " York")) == ["ny"])
      #expect(try await play.who(having("firstname", "like", "%w Y%")) == ["ny"])
    }
  }

  @Test("What is stored of a filter is its value without such blanks")
  func storesTrimmedValues() throws {
    let filters = try SegmentFilters(
      json: .array([
        having("city", "=", " New York "), having("city", "contains", " York "),
        having("points", "between", [" 1 ", "2 "]),
      ]))
    #expect(
      filters.filters.map(\.value) == ["New York", " York ", .array(["1", "2"])])
    #expect(filters.filters[0].json == having("city", "=", "New York"))
  }

  @Test("Countries are compared under their stored name, whichever name a filter has")
  func countriesHaveOneName() async throws {
    try await Playground.with([
      "cz": .with(["country": .text("Czech Republic")]), "de": .with(["country": .text("Germany")]),
      "none": .named(nil),
    ]) { (play) async throws in
      for name in ["Czech Republic", "Czechia", "CZ", "cze", "Tschechien"] as [JSONValue] {
        #expect(try await play.who(having("country", "=", name)) == ["cz"], "\(name)")
        #expect(try await play.who(having("country", "!=", name)) == ["de", "none"])
        #expect(try await play.who(having("country", "in", [name, "DE"])) == ["cz", "de"])
        #expect(try await play.who(having("country", "!in", [name])) == ["de", "none"])
      }
      #expect(try await play.who(having("country", "regexp", "^Czech")) == ["cz"])
    }
  }
}
