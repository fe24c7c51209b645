import Fields
import Foundation
import Postgres
import Query
import TestSupport
import Testing

@Suite("The search for contacts (contacts.md 11)")
struct ContactSearchTests {
  private func check(_ examples: [(String, [Int64])]) async throws {
    try await SearchBed.with { (bed) async throws in
      for (search, expected) in examples {
        #expect(try await bed.find(search) == expected, "\(search)")
      }
    }
  }

  @Test("CON-110: a text without a command is contained in one of the main columns")
  func freeText() async throws {
    try await check([
      ("", [1, 2, 3, 4, 5, 6, 7]),
      ("ann", [1, 2, 6, 7]),
      ("ANN", [1, 2, 6, 7]),
      ("acme", [1, 2]),
      ("10115", [1]),
      ("switz", [2]),
      // Social fields are searched, others (a position) are not.
      ("@jose", [3]),
      ("fan", []),
      ("\"van der\"", [2]),
      ("van der", [2]),
      ("ann berlin", [1]),
      ("berlin or bern", [1, 2]),
      ("acme !berlin", [2]),
      // The whole value, in any case (edge case 12).
      ("+ann", [1, 6]),
      ("+\"new york\"", [5]),
      ("+acm", []),
      // A text with a wildcard is the whole pattern.
      ("ann%", [1, 2, 6, 7]),
      ("%bel", [2, 6]),
      ("new*k", [5]),
      ("*example.com", [3]),
      // Characters that only LIKE treats as wildcards are literal.
      ("per_", [5]),
      ("a_n", []),
      ("100\\", []),
      ("o'brien", [5]),
      ("r&r", [5]),
      // Letters beyond ASCII, ignoring case.
      ("MÜLLER", [3]),
      ("josÉ", [3]),
      ("+müller", [3]),
      ("mü%", [3]),
      ("<b>müller</b>", [3]),
    ])
  }

  @Test(
    "CON-111: negation finds contacts that have the text in no column, including missing values")
  func negation() async throws {
    try await check([
      ("!ann", [3, 4, 5]),
      ("!+ann", [2, 3, 4, 5, 7]),
      ("!(ann or jose)", [4, 5]),
      ("!(ann berlin)", [2, 3, 4, 5, 6, 7]),
      ("!city:ber", [3, 4, 5, 6, 7]),
      ("city:!ber", [3, 4, 5, 6, 7]),
      ("!email:%@example.com", [1, 2, 4, 5, 6, 7]),
      ("!plan:pro", [3, 4, 5, 6, 7]),
      ("!seats:15", [1, 3, 4, 5, 6, 7]),
      ("!is:anonymous", [1, 2, 3, 5, 6, 7]),
      ("!!ann", [1, 2, 6, 7]),
    ])
  }

  @Test("CON-112: not having a relation includes having none")
  func negatedRelations() async throws {
    try await check([
      ("!tag:vip", [3, 4, 5, 6, 7]),
      ("!company:acme", [3, 4, 5, 7]),
      ("!ip:203", [1, 2, 3, 5, 6, 7]),
      ("!segment:news", [3, 4, 5, 6, 7]),
      ("!owner:ada", [3, 4, 6, 7]),
      ("!stage:lead", [3, 4, 7]),
      ("!dnc:any", [3, 4, 5, 6, 7]),
      ("!(tag:vip or company:acme)", [3, 4, 5, 7]),
      ("!(tag:vip city:bern)", [1, 3, 4, 5, 6, 7]),
    ])
  }

  @Test("Commands: prefixes, and what is exact (contacts.md 11.3)")
  func commands() async throws {
    try await check([
      ("is:anonymous", [4]),
      ("is:mine", [1, 5]),
      ("is:unowned", [3, 4, 6, 7]),
      ("is:published", [1, 2, 4, 5, 6, 7]),
      ("is:unpublished", [3]),
      ("IS:Mine", [1, 5]),
      ("segment:news", [1, 2]),
      ("segment:newer", [2, 4]),
      ("segment:new", []),
      ("segment:new%", []),
      ("common:news+newer", [2]),
      ("common:news+news", [1, 2]),
      ("common:news+nowhere", []),
      ("!common:news+newer", [1, 3, 4, 5, 6, 7]),
      ("name:ann", [1, 2, 6]),
      ("name:\"van der\"", [2]),
      ("name:berg", []),
      ("email:ann", [1, 7]),
      ("email:%ann", []),
      ("email:%ann%", [1, 2, 7]),
      ("email:+ANN@x.test", [1, 7]),
      ("email:100%", [5]),
      ("company:acme", [1, 2, 6]),
      ("company:café", [2, 3]),
      ("company:cafÉ*", [2, 3]),
      ("company_id:1", [1, 2]),
      ("company_id:1,3", [1, 2, 6]),
      ("company_id:x", []),
      ("owner:ada", [1, 2, 5]),
      ("owner:bob", [2]),
      ("owner:dmin", []),
      ("ip:203.0.113", [4]),
      ("ip:2001:db8", [4, 5]),
      ("ip:+203.0.113", []),
      ("ids:1,3,77", [1, 3]),
      ("ids:1", [1]),
      ("ids:x", []),
      ("tag:vip", [1, 2]),
      ("tag:+vip", [1]),
      ("tag:gold", []),
      ("tag:*gold", [2]),
      ("tag:(gold* or lead)", [1, 3]),
      ("stage:lead", [1, 2, 5, 6]),
      ("stage:+lead", [1, 5]),
      ("dnc:email", [1]),
      ("dnc:any", [1, 2]),
      ("dnc:fax", []),
    ])
  }

  @Test("Every field is a command: texts by their beginning, numbers exactly")
  func fieldCommands() async throws {
    try await check([
      ("city:new", [5, 6]),
      ("city:\"new y\"", [5]),
      ("position:acme", [5]),
      ("plan:pro", [1, 2]),
      ("plan:+pro", [1]),
      ("interests:chess", [2]),
      ("interests:opera|ch", [1]),
      ("interests:%chess", [1, 2]),
      ("birthday:1980", [1, 2]),
      ("birthday:1980-02-03", [1]),
      ("birthday:%-02-03", [1, 6]),
      ("seats:15", [2]),
      ("seats:1", []),
      ("seats:1.50", [1]),
      ("seats:1%", [1, 2]),
      ("seats:many", []),
      ("!seats:many", [1, 2, 3, 4, 5, 6, 7]),
      ("consent:yes", [1]),
      ("consent:0", [2, 6]),
      ("points:-3", [5]),
      ("points:5", [1, 6]),
      ("date_added:2024-01-03", [3]),
      ("last_active:\"2024-05-01 00:00\"", [1]),
      ("owner_id:2", [2]),
    ])
  }

  @Test("Operators, groups and the examples of the page")
  func examples() async throws {
    try await check([
      ("segment:news !tag:lead", [2]),
      ("email:%@example.com or company:acme", [1, 2, 3, 6]),
      ("(city:berlin or city:hamburg) stage:lead", [1]),
      ("!is:anonymous name:\"van der\"", [2]),
      // Edge case 11.
      ("segment:does-not-exist", []),
      ("!segment:does-not-exist", [1, 2, 3, 4, 5, 6, 7]),
      ("(segment:news OR segment:newer) AND (tag:vip)", [1, 2]),
      ("tag:lead or email:other or ids:4", [1, 3, 4, 6]),
      ("(tag:lead city:berlin) or email:other", [1, 6]),
      ("tag:lead or !is:published", [1, 3]),
      ("email: tag:lead", [1, 3]),
    ])
  }

  /// api.md 6: an unknown command is searched for as written.
  @Test func unknownCommandsAreText() async throws {
    try await SearchBed.with { (bed) async throws in
      try await bed.pool.query("UPDATE contacts SET city = 'See http://a.b' WHERE id = 4")
      #expect(try await bed.find("http://a") == [4])
      #expect(try await bed.find("is:http") == [])
      #expect(try await bed.find("http:") == [1, 2, 3, 4, 5, 6, 7])
      #expect(try await bed.find("!see:what") == [1, 2, 3, 4, 5, 6, 7])
      #expect(try await bed.find("+http://a.b") == [])
      // An unpublished field is not a command, and not searched.
      try await bed.pool.query("UPDATE fields SET is_published = false WHERE alias = 'city'")
      let hidden = SearchBed(
        pool: bed.pool, fields: try await FieldStore(pool: bed.pool).current())
      #expect(try await hidden.find("city:berlin") == [])
      #expect(try await hidden.find("berlin") == [])
    }
  }

  /// Commands of missing modules match nothing, and are overridden by a module that provides them.
  @Test func awaitsCommandsOfOtherModules() async throws {
    try await SearchBed.with { (bed) async throws in
      for name in ["campaign", "email_read", "email_pending", "sms_sent", "page_id"] {
        #expect(try await bed.find("\(name):1") == [])
        #expect(try await bed.find("!\(name):1") == [1, 2, 3, 4, 5, 6, 7])
      }
      let commands: [String: SearchCommand] = [
        "campaign": { text, _ in .ids("SELECT id FROM contacts WHERE id = ANY (\(text.numbers))") },
        "mine": { _, context in .when("owner_id = \(context.user)") },
        "color": { _, _ in nil },
      ]
      let expected: [(String, [Int64])] = [
        ("campaign:2,3", [2, 3]), ("!campaign:(2 or 3) tag:lead", [1]), ("mine:x", [1, 5]),
        ("color:red", []),
      ]
      for (search, found) in expected {
        let ids = try await bed.find(search, commands: commands)
        #expect(ids == found, "\(search)")
      }
    }
  }

  /// No text of a search becomes SQL, and any input is answered.
  @Test func answersAnything() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "(", ")", "!", "\"", ":", "+", " ", " or ", "a", "is:", "%", "*", "tag:", "segment:",
      "common:", "ids:", "1", "999999999999999999999", "-", ",", "'", "\\", "$1", "--", ";", "_",
      "ä", "\u{1F600}", "seats:", "birthday:", "consent:", "ip:", "email:", "owner:", "import_id:",
      "import_action:", "dnc:", "interests:", "last_active:", "{", "}", "\u{7f}", "\u{202e}",
    ]
    try await SearchBed.with { (bed) async throws in
      for _ in 0..<600 {
        let search = (0..<Int.random(in: 1..<12, using: &random))
          .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        do {
          _ = try await bed.find(search)
        } catch let error as QueryError where error.message.contains("no value") {
          // Nothing but commands without a value.
        } catch {
          Issue.record("seed \(seed): \(search): \(error)")
        }
      }
    }
  }
}
