import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct GroupStoreTests {
  @Test("CON-40, CON-42, CON-43: lists of tags are cut, trimmed and cleaned; a minus removes")
  func readsLists() {
    let list = TagName.list("a,,-b, a ,R&R,<b>x</b>, - c", separator: ",")
    #expect(list.map(\.name) == ["a", "b", "a", "R&R", "x", "c"])
    #expect(list.map(\.isRemoval) == [false, true, false, false, false, true])
    #expect(TagName.list("a|b,c", separator: "|").map(\.name) == ["a", "b,c"])
    #expect(TagName.clean("<br>") == nil)
    #expect(TagName.clean(String(repeating: "x", count: 192)) == nil)
  }

  @Test("CON-46: no writer gives a contact more than 500 tags; others of the set get theirs")
  func boundsTags() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await database.pool.query(
        "INSERT INTO contacts (email, date_added) VALUES ('a', now()), ('b', now())")
      let ids: [Int64] = try await database.pool.query("SELECT id FROM contacts ORDER BY id")
        .map { try $0.decode(at: 0) }
      let runner = TransactionRunner(database.pool)
      let many = (1...500).map { "t\($0)" }
      func change(_ of: [Int64], _ added: [String], _ removed: [String] = []) async throws
        -> [Int64: ContactTags.Change]
      {
        try await runner.transaction(at: testNow) {
          try await ContactTags.change(of, adding: added, removing: removed, in: $0)
        }
      }
      #expect(try await change([ids[0]], many)[ids[0]]?.added.count == 500)
      let more = try await change(ids, ["one more"])
      #expect(more[ids[0]]?.refusal == "the contact would have 501: at most 500 are allowed")
      #expect(more[ids[0]]?.added == [] && more[ids[1]]?.added == ["one more"])
      #expect(try await change([ids[0]], ["one more"], ["t1"])[ids[0]]?.refusal == nil)
      #expect(try await change([ids[1]], many)[ids[1]]?.refusal != nil)
      #expect(try await change([ids[1]], many + ["x"])[ids[1]]?.refusal != nil)
      let rows = try await database.pool.query(
        "SELECT count(*) FROM contact_tags GROUP BY contact_id ORDER BY contact_id")
      #expect(try rows.map { try $0.decode(at: 0, as: Int.self) } == [500, 1])
    }
  }

  @Test("CON-41, CON-45: a tag is created once, whatever its letter case")
  func createsTagsOnceWhateverTheCase() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = TagStore(transactions: TransactionRunner(database.pool))
      let first = try await store.ensure(["VIP", "new", "vip"], now: testNow)
      #expect(Set(first.keys) == ["vip", "new"])
      #expect(try await store.ensure(["Vip"], now: testNow)["vip"] == first["vip"])
      #expect(try await store.ensure([], now: testNow).isEmpty)
      // If both spellings exist, the exact match is used.
      let exact: Int64? = try await database.pool.query(
        "INSERT INTO tags (tag, date_added) VALUES ('Vip', \(testNow)) RETURNING id"
      ).first?.decode(at: 0)
      #expect(try await store.ensure(["Vip"], now: testNow)["vip"] == exact)
      #expect(try await store.ensure(["viP"], now: testNow)["vip"] == first["vip"])
    }
  }

  @Test func agreesAmongConcurrentCreators() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let results = try await withThrowingTaskGroup(of: [[String: Int64]].self) { group in
        for number in 0..<12 {
          group.addTask {
            let names = (0..<20).map { number % 2 == 0 ? "Name \($0)" : "NAME \(19 - $0)" }
            return [
              try await TagStore(transactions: TransactionRunner(pool)).ensure(names, now: testNow),
              try await StageStore(transactions: TransactionRunner(pool)).ensure(
                names, by: .system, now: testNow),
              try await CompanyNameStore(transactions: TransactionRunner(pool))
                .ensure(names, by: .system, now: testNow, defaults: []).mapValues(\.id),
            ]
          }
        }
        return try await group.reduce(into: [[[String: Int64]]]()) { $0.append($1) }
      }
      #expect(results.allSatisfy { $0 == results[0] })
      #expect(results[0].allSatisfy { $0.count == 20 && Set($0.values).count == 20 })
    }
  }

  @Test func givesCompaniesTheirDefaults() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let fields = FieldStore(pool: pool)
      var new = NewField(object: .company, label: "Rating", type: .number)
      new.defaultValue = "3"
      _ = try await fields.create(new, by: .system, now: testNow)
      let companies = try await CompanyNameStore(transactions: TransactionRunner(pool))
        .ensure(
          ["Acme"], by: Author(id: 5, name: "Ada"), now: testNow,
          defaults: fields.current().defaults(.company))
      let row = try #require(
        try await pool.query(
          "SELECT companyname, rating, created_by_user FROM companies WHERE id = \(companies["acme"]?.id)"
        ).first)
      #expect(try row.decode("companyname", as: String.self) == "Acme")
      #expect(try row.decode("rating", as: Double.self) == 3)
      #expect(try row.decode("created_by_user", as: String.self) == "Ada")
    }
  }

  @Test func numbersStages() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = StageStore(transactions: TransactionRunner(database.pool))
      _ = try await store.ensure(["Lead", "Customer"], by: .system, now: testNow)
      _ = try await store.ensure(["lead", "Fan"], by: .system, now: testNow)
      let weights: [Int] = try await database.pool.query("SELECT weight FROM stages ORDER BY id")
        .map { try $0.decode(at: 0) }
      #expect(weights == [1, 2, 3])
    }
  }
}
