import Fields
import Foundation
import Postgres
import Query
import TestSupport
import Testing

/// Random searches match a plain evaluator without SQL: groups, negations, exact and wildcard
/// texts, commands on columns and on relations, missing values (CON-110, CON-111, CON-112).
@Suite("Searches match a plain evaluator (CON-110, CON-111, CON-112)") struct SearchModelTests {
  /// A contact in the evaluator.
  private struct Person {
    var id: Int64
    var firstname: String?
    var lastname: String?
    var email: String?
    var city: String?
    var points: Int
    var isKnown: Bool
    var tags: Set<String>
    var segments: Set<String>
  }

  private static let words = [
    "Ann", "ann", "Annabel", "Bern", "bERlin", "Zoë", "zoË smith", "x_y", "xay", "50%", "a\\b",
    "New York",
  ]
  private static let texts = [
    "ann", "ANN", "b", "ber*", "%n", "zoë", "ZOË", "+x", "x_y", "50", "\\", "new york", "%", "a%l",
    "ö",
  ]
  private static let tags = ["vip", "VIP gold", "lead"]
  private static let segments = ["news", "old"]

  @Test func matchesAPlainEvaluator() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let people = (1...40).map { Self.person(Int64($0), &random) }
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await Self.store(people, in: database.pool)
      let fields = try await FieldStore(pool: database.pool).current()
      let bed = SearchBed(pool: database.pool, fields: fields)
      for _ in 0..<1500 {
        let term = Self.term(&random, depth: 3)
        let search = term.description
        let expected = people.filter { Self.matches($0, term) }.map(\.id)
        let found = try await bed.find(search)
        guard found == expected else {
          Issue.record("seed \(seed): \(search) found \(found) instead of \(expected)")
          return
        }
      }
    }
  }

  private static func person(_ id: Int64, _ random: inout SeededGenerator) -> Person {
    func word(_ random: inout SeededGenerator) -> String? {
      Bool.random(using: &random) ? words.randomElement(using: &random) : nil
    }
    return Person(
      id: id, firstname: word(&random), lastname: word(&random),
      email: word(&random).map { "\($0)\(id)" }, city: word(&random),
      points: Int.random(in: -1...2, using: &random), isKnown: Bool.random(using: &random),
      tags: Set(tags.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }),
      segments: Set(segments.filter { _ in Bool.random(using: &random) }))
  }

  private static func store(_ people: [Person], in pool: PostgresPool) async throws {
    for (number, tag) in tags.enumerated() {
      try await pool.query(
        "INSERT INTO tags (id, tag, date_added) VALUES (\(number), \(tag), \(testNow))")
    }
    for (number, alias) in segments.enumerated() {
      try await pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, date_added)
        VALUES (\(number), \(alias), \(alias), \(alias), \(testNow))
        """)
    }
    for person in people {
      try await pool.query(
        """
        INSERT INTO contacts (id, firstname, lastname, email, city, points, date_identified,
          date_added)
        VALUES (\(person.id), \(person.firstname), \(person.lastname), \(person.email),
          \(person.city), \(person.points), \(person.isKnown ? testNow : nil), \(testNow))
        """)
      for (number, tag) in tags.enumerated() where person.tags.contains(tag) {
        try await pool.query("INSERT INTO contact_tags VALUES (\(person.id), \(number))")
      }
      for (number, alias) in segments.enumerated() {
        try await pool.query(
          """
          INSERT INTO segment_members (contact_id, segment_id, manually_removed, date_added)
          VALUES (\(person.id), \(number), \(!person.segments.contains(alias)), \(testNow))
          """)
      }
    }
  }

  private static func term(_ random: inout SeededGenerator, depth: Int) -> SearchTerm {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 5: .all((0..<2).map { _ in term(&random, depth: depth - 1) })
    case 6: .any((0..<2).map { _ in term(&random, depth: depth - 1) })
    case 7: .not(term(&random, depth: depth - 1))
    case 0: .text(text(&random))
    case 1: .command(["city", "name", "email"].randomElement(using: &random) ?? "", text(&random))
    case 2:
      .command("tag", SearchText(value: ["vip", "v*d", "x"].randomElement(using: &random) ?? ""))
    case 3:
      .command(
        "segment", SearchText(value: (segments + ["none"]).randomElement(using: &random) ?? ""))
    default:
      [
        .command("is", SearchText(value: "anonymous")),
        .command("points", SearchText(value: "1")),
        .command("ids", SearchText(value: "1,2,3,39,77")),
        .command("common", SearchText(value: "news+old")),
      ].randomElement(using: &random) ?? .text(text(&random))
    }
  }

  private static func text(_ random: inout SeededGenerator) -> SearchText {
    SearchText(
      value: texts.randomElement(using: &random) ?? "",
      isStrict: Int.random(in: 0..<4, using: &random) == 0)
  }

  private static func matches(_ person: Person, _ term: SearchTerm) -> Bool {
    switch term {
    case .all(let terms): terms.allSatisfy { matches(person, $0) }
    case .any(let terms): terms.contains { matches(person, $0) }
    case .not(let term): !matches(person, term)
    case .text(let text):
      [person.firstname, person.lastname, person.email, person.city]
        .contains { matches($0, text, isAnywhere: true) }
    case .command("city", let text): matches(person.city, text)
    case .command("email", let text): matches(person.email, text)
    case .command("name", let text):
      matches(person.firstname, text) || matches(person.lastname, text)
    case .command("tag", let text): person.tags.contains { matches($0, text) }
    case .command("segment", let text): person.segments.contains(text.value)
    case .command("common", _): person.segments == ["news", "old"]
    case .command("is", _): !person.isKnown
    case .command("points", _): person.points == 1
    case .command(_, let text): text.numbers.contains(person.id)
    }
  }

  private static func matches(
    _ value: String?, _ text: SearchText, isAnywhere: Bool = false
  ) -> Bool {
    guard let value else { return false }
    var pattern = Array(text.value.lowercased().replacing("*", with: "%"))
    if !text.isStrict, !text.hasWildcard { pattern = (isAnywhere ? ["%"] : []) + pattern + ["%"] }
    return matches(Array(value.lowercased())[...], pattern[...])
  }

  private static func matches(
    _ value: ArraySlice<Character>, _ pattern: ArraySlice<Character>
  ) -> Bool {
    guard let first = pattern.first else { return value.isEmpty }
    if first == "%" {
      return matches(value, pattern.dropFirst())
        || (!value.isEmpty && matches(value.dropFirst(), pattern))
    }
    return value.first == first && matches(value.dropFirst(), pattern.dropFirst())
  }
}
