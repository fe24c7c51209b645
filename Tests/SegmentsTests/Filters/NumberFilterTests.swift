import Primitives
import Testing

@testable import Segments

/// Numbers and booleans (segments.md 4.4).
@Suite struct NumberFilterTests {
  private static func number(_ number: Double?) -> ModelContact {
    .with(number.map { ["c_number": .number($0)] } ?? [:])
  }

  private static let people: KeyValuePairs<String, ModelContact> = [
    "null": number(nil), "0": number(0), "9": number(9), "12.5": number(12.5), "20": number(20),
    "-1": number(-1),
  ]

  @Test("SEG-23: zero is a value")
  func takesZeroAsAValue() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("c_number", "empty")) == ["null"])
      #expect(try await play.who(having("c_number", "=", 0)) == ["0"])
    }
  }

  @Test("SEG-32, SEG-33: numbers compare as numbers, whatever the filter's type says")
  func comparesNumerically() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(
        try await play.who(having("c_number", "lt", "20", type: "text")) == [
          "0", "9", "12.5", "-1",
        ])
      #expect(try await play.who(having("c_number", "gte", 12.5)) == ["12.5", "20"])
      #expect(
        try await play.who(having("c_number", "!=", "9")) == ["null", "0", "12.5", "20", "-1"])
      #expect(try await play.who(having("c_number", "between", ["9", 20])) == ["9", "12.5", "20"])
      #expect(try await play.who(having("c_number", "!between", [9, 20])) == ["null", "0", "-1"])
      // Text that is not a number reads as 0 where it is stored, and is refused on saving.
      #expect(try await play.who(having("c_number", "=", "many")) == ["0"])
      #expect(
        try play.problems(having("c_number", "=", "many"))
          == ["filters[0].filter: “many” is not a number"])
      #expect(try play.problems(having("points", "gte", "20")) == [])
    }
  }

  @Test("SEG-35: patterns match the shortest decimal text")
  func matchesPatternsOnNumbers() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(having("c_number", "startsWith", "2")) == ["20"])
      #expect(try await play.who(having("c_number", "like", "%.5")) == ["12.5"])
      #expect(try await play.who(having("c_number", "regexp", "^[0-9]$")) == ["0", "9"])
      #expect(try await play.who(having("c_number", "!regexp", "0")) == ["9", "12.5", "-1"])
      #expect(try await play.who(having("c_number", "!like", "0")) == ["null", "9", "12.5", "-1"])
    }
    try await Playground.with(["big": Self.number(1e20), "small": Self.number(0.000_001)]) {
      (play) async throws in
      #expect(try await play.who(having("c_number", "endsWith", "000")) == ["big"])
      #expect(try await play.who(having("c_number", "=", "1e20")) == ["big"])
      #expect(try await play.who(having("c_number", "startsWith", "0.00")) == ["small"])
    }
  }

  @Test("SEG-22: never set is neither true nor false")
  func tellsFalseFromNeverSet() async throws {
    try await Playground.with([
      "yes": .with(["c_boolean": .boolean(true)]), "no": .with(["c_boolean": .boolean(false)]),
      "never": .with(),
    ]) { (play) async throws in
      #expect(try await play.who(having("c_boolean", "=", 1)) == ["yes"])
      #expect(try await play.who(having("c_boolean", "=", 0)) == ["no"])
      #expect(try await play.who(having("c_boolean", "!=", 1)) == ["no", "never"])
      #expect(try await play.who(having("c_boolean", "!=", 0)) == ["yes", "never"])
    }
  }

  @Test("SEG-34: what reads as false")
  func readsBooleans() async throws {
    try await Playground.with([
      "yes": .with(["c_boolean": .boolean(true)]), "no": .with(["c_boolean": .boolean(false)]),
    ]) { (play) async throws in
      for value: JSONValue in [false, 0, "0", "", .null, "false"] {
        #expect(try await play.who(having("c_boolean", "=", value)) == ["no"])
      }
      for value: JSONValue in [true, 1, "1", "yes", 2] {
        #expect(try await play.who(having("c_boolean", "=", value)) == ["yes"])
      }
    }
  }
}
