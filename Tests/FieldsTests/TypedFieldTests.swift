import Fields
import Foundation
import Primitives
import Testing

@Suite struct TypedFieldTests {
  @Test(
    arguments: [
      ("0", "0"), ("7", "7"), ("-3", "-3"), ("+5", "5"), ("007", "7"), ("1.50", "1.50"),
      (".5", "0.5"),
      ("5.", "5"), ("-0", "0"), ("1e3", "1000"), ("1.5E-2", "0.015"),
      (
        "123456789012345678901234567890",
        "123456789012345678901234567890"
      ), ("-0.000", "0.000"), ("1e-400", nil), ("1e400", nil),
    ] as [(String, String?)])
  func readsNumbers(text: String, expected: String?) throws {
    if let expected {
      #expect(try canonical(text, makeField(.number)) == expected)
    } else {
      #expect(throws: FieldProblem.outOfRange) { try canonical(text, makeField(.number)) }
    }
  }

  @Test(arguments: [
    "many", "inf", "nan", "Infinity", "0x10", ".", "-", "+", "1.2.3", "1e", "1e+",
    "--1", "1,2,3", "1.23.456", "1,234.567.890", "12,34,56", "1 00", "1,5.", "5%", "$", "EURO 5",
    "12:30",
    "1e1e1", "e5", "١",
  ])
  func refusesInvalidNumbers(text: String) {
    #expect(throws: FieldProblem.notANumber) { try canonical(text, makeField(.number)) }
  }

  /// contacts.md 3.2: `scale` digits after the point, `roundmode` as the wire format numbers them.
  @Test(arguments: [
    (4, "2.345", "2.34"), (4, "2.355", "2.36"), (4, "2.3451", "2.35"), (0, "2.341", "2.35"),
    (0, "-2.349", "-2.34"), (1, "2.349", "2.34"), (1, "-2.341", "-2.35"), (2, "-2.349", "-2.34"),
    (3, "2.341", "2.35"), (5, "2.345", "2.34"), (6, "2.345", "2.35"), (6, "9.999", "10"),
    (6, "0.004", "0"), (3, "0.001", "0.01"), (6, "-0.004", "0"),
  ])
  func roundsDecimally(mode: Int64, text: String, expected: String) throws {
    let properties: JSONValue = .object(["roundmode": .integer(mode), "scale": .integer(2)])
    #expect(try canonical(text, makeField(.number, properties: properties)) == expected)
  }

  @Test func boundsIntegers() throws {
    let points = makeField(.number, properties: .null, columnType: "integer")
    #expect(try canonical("2147483647", points) == "2147483647")
    #expect(try canonical("-2147483648", points) == "-2147483648")
    #expect(try canonical("2.5", points) == "2")
    #expect(try canonical("3.5", points) == "4")
    #expect(try canonical("1e3", points) == "1000")
    #expect(throws: FieldProblem.outOfRange) { try canonical("2147483648", points) }
    #expect(throws: FieldProblem.outOfRange) { try canonical("1e300", points) }
  }

  @Test(
    "CON-28, IMP-30: words for true and false, in any case",
    arguments: [
      ("1", true), ("true", true), ("On", true), ("YES", true), ("T", true), ("y", true),
      ("0", false),
      ("no", false), ("false", false), ("OFF", false), ("f", false), ("N", false),
    ])
  func readsBooleans(text: String, value: Bool) throws {
    for policy in [ParsingPolicy.cleaning, .strict] {
      #expect(try canonical(text, makeField(.boolean), policy) == (value ? "t" : "f"))
    }
    #expect(BooleanWord.parse(text) == value)
  }

  @Test(
    "CON-28, IMP-30: other text is no boolean, rather than false",
    arguments: ["maybe", "ja", "oui", "x", "checked", "WAHR", "2", "-", "yess"])
  func refusesOtherTextAsBoolean(text: String) {
    for policy in [ParsingPolicy.cleaning, .strict] {
      #expect(throws: FieldProblem.notABoolean) { try canonical(text, makeField(.boolean), policy) }
    }
  }

  static func number(_ text: String, _ style: ValueStyle) throws -> String? {
    try FieldParser(field: makeField(.number), policy: .cleaning, style: style).canonical(text)
  }

  @Test(
    "IMP-46: numbers with groups, a currency or a decimal comma, where one reading is possible",
    arguments: [
      ("1,5", "1.5"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("$1,200.00", "1200.00"),
      ("1 000", "1000"), ("1\u{A0}234,5", "1234.5"), ("1'234.50", "1234.50"),
      ("1,234,567", "1234567"),
      ("1.234.567", "1234567"), ("-€ 3,20", "-3.20"), ("3,20 €", "3.20"), ("EUR 12,50", "12.50"),
      ("(1,200.00)", "-1200.00"), ("\u{2212}5", "-5"), ("12,50-", "-12.50"),
      ("1,00,000.50", "100000.50"),
      (",5", "0.5"), ("0,125", "0.125"), ("1.234", "1.234"), ("1234,567", "1234.567"),
    ])
  func readsNumbersOfFiles(text: String, expected: String) throws {
    #expect(try Self.number(text, ValueStyle()) == expected)
  }

  @Test(
    "The API takes plain numbers only", arguments: ["1,5", "1,234.56", "$1", "1 000", "(1)", "5-"])
  func refusesNumbersOfFilesInRequests(text: String) {
    #expect(throws: FieldProblem.notANumber) { try canonical(text, makeField(.number), .strict) }
  }

  @Test("IMP-46: a number with two readings is refused unless its decimal mark is said")
  func decimalMarks() throws {
    let comma = ValueStyle(decimalMark: .comma)
    let point = ValueStyle(decimalMark: .point)
    let likelyComma = ValueStyle(likelyMark: .comma)
    #expect(throws: FieldProblem.ambiguousNumber) { try Self.number("1,234", ValueStyle()) }
    #expect(try Self.number("1,234", likelyComma) == "1.234")
    #expect(throws: FieldProblem.ambiguousNumber) { try Self.number("1.234", likelyComma) }
    #expect(try Self.number("1,234", comma) == "1.234")
    #expect(try Self.number("1.234", comma) == "1234")
    #expect(try Self.number("1,234", point) == "1234")
    #expect(try Self.number("1.234", point) == "1.234")
    #expect(try Self.number("1.5", likelyComma) == "1.5")
    #expect(try Self.number("1e3", likelyComma) == "1000")
    #expect(throws: FieldProblem.notANumber) { try Self.number("1.5", comma) }
    #expect(throws: FieldProblem.notANumber) { try Self.number("1,5", point) }
    #expect(throws: FieldProblem.notANumber) { try Self.number("1,5,5", comma) }
  }

  @Test("IMP-46: on import a choice that is not offered counts as no value; the API refuses it")
  func checksChoices() throws {
    let field = makeField(.select, properties: options("free", "pro"))
    #expect(try canonical(" pro ", field) == "pro")
    #expect(try canonical("Pro", field) == "pro")
    #expect(try canonical("gold", field) == nil)
    #expect(throws: FieldProblem.notAnOption) { try canonical("gold", field, .strict) }
  }

  @Test func splitsMultipleChoices() throws {
    let field = makeField(.multiselect, properties: options("a", "b c", #"q"\"#))
    #expect(try canonical("b c| a |a||", field) == #"{"b c","a"}"#)
    #expect(try canonical(#"q"\"#, field) == #"{"q\"\\"}"#)
    #expect(try canonical("x|a", field) == #"{"a"}"#)
    #expect(try canonical("x|y", field) == nil)
    #expect(throws: FieldProblem.notAnOption) { try canonical("a|x", field, .strict) }
    #expect(
      try FieldParser(field: field, policy: .strict).parse(#"a|q"\"#) == .options(["a", #"q"\"#]))
  }

  @Test func knowsOptionsInAllTheirForms() {
    let expected = [FieldOption(value: "a"), FieldOption(value: "b")]
    #expect(FieldOption.list(in: .object(["list": .string("a|b")])) == expected)
    #expect(
      FieldOption.list(in: .object(["list": .array([.string("a"), .string("b")])])) == expected)
    #expect(FieldOption.list(in: options("a")) == [FieldOption(value: "a", label: "A")])
    #expect(FieldOption.list(in: .array([])).isEmpty)
  }

  @Test(arguments: [
    "Germany", "United States", "United Kingdom", "Japan", "Brazil", "Côte d'Ivoire", "India",
    "Poland", "Nigeria", "France", "Bonaire, Saint Eustatius and Saba", "Åland Islands",
  ])
  func knowsCountries(name: String) throws {
    #expect(try canonical(name, makeField(.country), .strict) == name)
  }

  @Test func storesListedValuesInTheListsSpelling() throws {
    #expect(try canonical("united states", makeField(.country)) == "United States")
    #expect(try canonical("europe/berlin", makeField(.timezone)) == "Europe/Berlin")
    #expect(try canonical("pt-br", makeField(.locale)) == "pt_BR")
    #expect(try canonical("UTC", makeField(.timezone)) == "UTC")
    #expect(try canonical("de", makeField(.locale)) == "de")
  }

  @Test func refusesUnlistedValues() {
    #expect(throws: FieldProblem.unknownCountry) {
      try canonical("Atlantis", makeField(.country))
    }
    #expect(throws: FieldProblem.unknownTimezone) {
      try canonical("Mars/Olympus", makeField(.timezone))
    }
    #expect(throws: FieldProblem.unknownLocale) { try canonical("xx_XX", makeField(.locale)) }
  }

  @Test(
    "IMP-46: a choice is met by its value or label in any case; exactly like a value is that one")
  func meetsChoicesByLabel() throws {
    let list: JSONValue = .object([
      "list": .array(
        [("gold", "Gold plan"), ("silver", "silver"), ("a", "lower"), ("A", "upper"), ("öl", "Öl")]
          .map { .object(["value": .string($0.0), "label": .string($0.1)]) })
    ])
    let select = makeField(.select, properties: list)
    for policy in [ParsingPolicy.cleaning, .strict] {
      for text in ["gold", "Gold", "GOLD", "Gold plan", "gold PLAN"] {
        #expect(try canonical(text, select, policy) == "gold", "\(text)")
      }
      #expect(try canonical("a", select, policy) == "a")
      #expect(try canonical("A", select, policy) == "A")
      #expect(try canonical("UPPER", select, policy) == "A")
      #expect(try canonical("ÖL", select, policy) == "öl")
    }
  }

  @Test("IMP-46: several choices are joined by | , or ; unless an option contains the mark")
  func separatesChoices() throws {
    let plain = makeField(.multiselect, properties: options("music", "art", "film"))
    for text in ["music|art", "music,art", "music; art", "Music , ART;", "music|art,music"] {
      #expect(try canonical(text, plain) == #"{"music","art"}"#, "\(text)")
      #expect(try canonical(text, plain, .strict) == #"{"music","art"}"#, "\(text)")
    }
    let commas = makeField(.multiselect, properties: options("rock, live", "art", "film"))
    #expect(try canonical("rock, live|art", commas) == #"{"rock, live","art"}"#)
    #expect(try canonical("Rock, Live;art", commas) == #"{"rock, live","art"}"#)
    #expect(try canonical("art,film", commas) == nil)
  }

  @Test("IMP-46: what fits no option and no list is named, not forgotten")
  func namesWhatItLeavesOut() throws {
    func leftOut(_ text: String, _ field: Field) throws -> [String] {
      var output: [UInt8] = []
      var parts: [String] = []
      let parser = FieldParser(field: field, policy: .cleaning)
      var copy = text
      _ = try copy.withUTF8 { try parser.parse($0, into: &output, leavingOut: &parts) }
      return parts
    }
    let music = options("music", "art")
    #expect(
      try leftOut("music,music_arts; x", makeField(.multiselect, properties: music))
        == ["music_arts", "x"])
    #expect(try leftOut("Goldd", makeField(.select, properties: music)) == ["Goldd"])
    #expect(try leftOut("Art", makeField(.select, properties: music)) == [])
    #expect(try leftOut("Atlantis", makeField(.country)) == ["Atlantis"])
    #expect(try leftOut("Mars/Olympus", makeField(.timezone)) == ["Mars/Olympus"])
    #expect(try leftOut("xx_XX", makeField(.locale)) == ["xx_XX"])
  }

  @Test(
    "contacts.md 3.2: countries are known by their codes and usual names, and have one stored name",
    arguments: [
      ("DE", "Germany"), ("de", "Germany"), ("DEU", "Germany"), ("Deutschland", "Germany"),
      ("Allemagne", "Germany"), ("US", "United States"), ("USA", "United States"),
      ("U.S.A.", "United States"), ("United States of America", "United States"),
      ("UK", "United Kingdom"), ("GB", "United Kingdom"), ("Great Britain", "United Kingdom"),
      ("The Netherlands", "Netherlands"), ("Netherlands, The", "Netherlands"),
      ("Korea (Republic of)", "South Korea"), ("Korea, Republic of", "South Korea"),
      ("Korea (the Democratic People's Republic of)", "North Korea"),
      ("Iran (Islamic Republic of)", "Iran"), ("Bosnia & Herzegovina", "Bosnia and Herzegovina"),
      ("Myanmar (Burma)", "Myanmar"), ("UAE", "United Arab Emirates"), ("St. Lucia", "Saint Lucia"),
      ("St Kitts & Nevis", "Saint Kitts and Nevis"), ("Czechia", "Czech Republic"),
      ("Türkiye", "Turkey"), ("TURKIYE", "Turkey"), ("Russian Federation", "Russia"),
      ("Viet Nam", "Vietnam"), ("Cote d’Ivoire", "Côte d'Ivoire"), ("Ivory Coast", "Côte d'Ivoire"),
      ("Venezuela, Bolivarian Republic of", "Venezuela"), ("Österreich", "Austria"),
      ("Suisse", "Switzerland"), ("España", "Spain"),
      ("Congo (DRC)", "Democratic Republic of the Congo"),
      ("Congo", "Republic of the Congo"), ("Virgin Islands, U.S.", "U.S. Virgin Islands"),
      ("  germany ", "Germany"), ("Dominican Republic", "Dominican Republic"),
      ("Dominica", "Dominica"), ("Guinea", "Guinea"), ("Guinea Bissau", "Guinea-Bissau"),
    ])
  func knowsCountriesByOtherNames(name: String, stored: String) throws {
    #expect(try canonical(name, makeField(.country)) == stored)
    #expect(try canonical(name, makeField(.country), .strict) == stored)
  }

  @Test("Each of the 249 codes of ISO 3166 leads to a country, and no two to one")
  func knowsAllCodes() throws {
    let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
    let codes = letters.flatMap { first in letters.map { first + $0 } }
    let names = codes.compactMap { ValueList.countries.canonical($0) }
    // With UK for GB, and Kosovo, which has a code of the user's area.
    #expect(names.count == 249 + 2)
    #expect(Set(names).count == 249 + 1)
    #expect(Set(names) == Set(ValueList.countries.names))
  }

  @Test func takesListsOfAnOperator() throws {
    let lists = ValueLists(countries: ValueList(names: ["Atlantis"]))
    let parser = FieldParser(field: makeField(.country), policy: .strict, lists: lists)
    #expect(try parser.canonical("atlantis") == "Atlantis")
    #expect(throws: FieldProblem.unknownCountry) { try parser.canonical("Germany") }
  }

  /// Every name of every list finds itself, and no variations.
  @Test func findsEveryListedName() {
    for list in [ValueList.countries, .timeZones, .locales] {
      #expect(list.names.count > 200)
      for name in list.names {
        #expect(list.canonical(name) == name)
        #expect(list.canonical(name + "x") == nil || list.names.contains(name + "x"))
      }
    }
  }
}
