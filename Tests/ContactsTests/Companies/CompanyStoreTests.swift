import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct CompanyStoreTests {
  private static func input(_ values: [String: String]) -> CompanyInput {
    var input = CompanyInput()
    input.values = values.mapValues { .string($0) }
    return input
  }

  private static func store(_ bed: CompanyBed) -> CompanyStore {
    CompanyStore(
      transactions: TransactionRunner(bed.pool), fields: FieldStore(pool: bed.pool),
      rules: { CompanyRules() })
  }

  @Test("CON-32: a new name is mirrored in contacts of which it is the primary company")
  func renames() async throws {
    try await CompanyBed.with { (bed) async throws in
      try await bed.links { try await $0.assign([1, 2], to: [1]) }
      try await bed.links(seconds: 1) { try await $0.assign([2], to: [2]) }
      _ = try await bed.marks()
      let store = Self.store(bed)
      let renamed = try await store.update(
        1, Self.input(["companyname": "Ajax"]), by: .system, now: testNow)
      #expect(renamed?.name == "Ajax")
      #expect(try await bed.state(1) == "1* = Ajax")
      #expect(try await bed.state(2) == "1 2* = Globex")
      #expect(try await bed.marks() == ["1 company field:company"])
      // Any other value concerns company filters of the same contacts.
      _ = try await store.update(1, Self.input(["companycity": "Linz"]), by: .system, now: testNow)
      #expect(try await bed.marks() == ["1 company"])
      _ = try await store.update(1, Self.input(["companycity": "Linz"]), by: .system, now: testNow)
      #expect(try await bed.marks().isEmpty)
    }
  }

  @Test("CON-38: deleting a company removes its associations, not its contacts")
  func deletes() async throws {
    try await CompanyBed.with { (bed) async throws in
      try await bed.links { try await $0.assign([1, 2], to: [1]) }
      try await bed.links(seconds: 1) { try await $0.assign([1], to: [2]) }
      let store = Self.store(bed)
      #expect(try await store.delete(2, by: .system, now: testNow)?.name == "Globex")
      #expect(try await bed.state(1) == "1* = Acme")
      #expect(try await store.delete(1, by: .system, now: testNow)?.name == "Acme")
      #expect(try await bed.state(1) == "- = -")
      #expect(try await bed.state(2) == "- = -")
      #expect(try await store.delete(1, by: .system, now: testNow) == nil)
    }
  }

  @Test("CON-37: the winner keeps its values, gets those it lacks, and replaces the loser")
  func merges() async throws {
    try await CompanyBed.with { (bed) async throws in
      let store = Self.store(bed)
      _ = try await store.update(
        1, Self.input(["companycity": "Linz"]), by: .system, now: testNow)
      _ = try await store.update(
        2, Self.input(["companycity": "Graz", "companyphone": "123"]), by: .system, now: testNow)
      // 1: loser alone. 2: both, the loser primary. 3: both, the winner primary. 4: the loser beside
      // another primary one. 5: winner alone.
      try await bed.links { try await $0.assign([1, 2], to: [2, 1]) }
      try await bed.links { try await $0.remove([1], from: [1]) }
      try await bed.links { try await $0.assign([3], to: [1, 2]) }
      try await bed.links { try await $0.assign([4], to: [3, 2]) }
      try await bed.links { try await $0.assign([5], to: [1]) }
      let winner = try await store.merge(2, into: 1, by: .system, now: testNow)
      #expect(winner?.name == "Acme")
      #expect(winner?.fields["companycity"] == .text("Linz"))
      #expect(winner?.fields["companyphone"] == .text("123"))
      for contact in [1, 2, 3, 5] as [Int64] {
        #expect(try await bed.state(contact) == "1* = Acme", "contact \(contact)")
      }
      #expect(try await bed.state(4) == "1 3* = Initech")
      #expect(try await store.company(2) == nil)
      #expect(try await store.merge(1, into: 1, by: .system, now: testNow)?.name == "Acme")
      #expect(try await store.merge(2, into: 1, by: .system, now: testNow) == nil)
    }
  }

  @Test(
    "CON-39: a change of score applies to every company of a contact, within the limit of points")
  func scores() async throws {
    try await CompanyBed.with { (bed) async throws in
      try await bed.links { try await $0.assign([1], to: [1, 2]) }
      try await bed.links { try await $0.assign([2], to: [2]) }
      try await TransactionRunner(bed.pool).transaction(at: testNow) { transaction in
        let scored = try await CompanyScores.add(
          5, toCompaniesOf: [1, 2, 9], author: .system, in: transaction)
        #expect(scored == [1, 2])
      }
      func scores() async throws -> [Int] {
        try await bed.pool.query("SELECT score FROM companies ORDER BY id")
          .map { try $0.decode(at: 0) }
      }
      #expect(try await scores() == [5, 10, 0])
      // A score at the limit stays.
      for (points, expected) in [
        (1_999_999_990, [1_999_999_995, 2_000_000_000, 0]),
        (-2_100_000_000, [-100_000_005, -2_000_000_000, 0]),
        (Int.min, [-2_000_000_000, -2_000_000_000, 0]),
        (Int.max, [2_000_000_000, 2_000_000_000, 0]),
      ] {
        try await TransactionRunner(bed.pool).transaction(at: testNow) { transaction in
          try await CompanyScores.add(
            points, toCompaniesOf: [1, 2], author: .system, in: transaction)
        }
        #expect(try await scores() == expected)
      }
    }
  }

  @Test(
    "CON-06, CON-26: defaults apply only to creation; old choices are dropped with the next save")
  func writesDefaultsOnce() async throws {
    try await CompanyBed.with { (bed) async throws in
      let fields = FieldStore(pool: bed.pool)
      var rating = NewField(object: .company, label: "Rating", type: .select)
      rating.properties = options("gold", "iron")
      rating.defaultValue = "iron"
      let field = try await fields.create(rating, by: .system, now: testNow)
      let store = Self.store(bed)
      let (company, isNew) = try await store.create(
        Self.input(["companyname": "Hooli"]), by: .system, now: testNow)
      #expect(isNew && company.fields["rating"] == .text("iron"))
      var edit = FieldEdit()
      edit.properties = options("gold")
      edit.defaultValue = "gold"
      _ = try await fields.update(field.id, edit, by: .system, now: testNow)
      #expect(try await store.company(company.id)?.fields["rating"] == .text("iron"))
      let saved = try await store.update(
        company.id, Self.input(["companycity": "Linz"]), by: .system, now: testNow)
      #expect(saved?.fields["rating"] == nil)
    }
  }

  @Test("Companies of one name created concurrently become one")
  func createsOnce() async throws {
    try await CompanyBed.with { (bed) async throws in
      let store = Self.store(bed)
      let ids = try await withThrowingTaskGroup(of: Int64.self) { group in
        for number in 0..<8 {
          group.addTask {
            try await store.create(
              Self.input(["companyname": number % 2 == 0 ? "Hooli" : "HOOLI"]), by: .system,
              now: testNow
            ).company.id
          }
        }
        return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
    }
  }

  @Test(
    "CON-32: a company's former name is mirrored again, although it seemed unchanged")
  func renamesBack() async throws {
    try await CompanyBed.with { (bed) async throws in
      try await bed.links { try await $0.assign([1], to: [1]) }
      _ = try await bed.marks()
      let store = Self.store(bed)
      let task = try await bed.pool.transaction { connection in
        try await connection.query("UPDATE contacts SET company = 'Ajax' WHERE id = 1")
        try await connection.query("UPDATE companies SET companyname = 'Ajax' WHERE id = 1")
        let task = Task {
          try await store.update(
            1, Self.input(["companyname": "Acme"]), by: .system, now: testNow)
        }
        #expect(try await someWait(1, bed.pool))
        return task
      }
      _ = try await task.value
      #expect(try await store.company(1)?.name == "Acme")
      #expect(try await bed.state(1) == "1* = Acme")
      #expect(try await bed.marks() == ["1 company field:company"])
    }
  }

  /// Whatever runs concurrently, in the end every contact shows the name of its primary company.
  @Test("CON-31, CON-32: concurrent renames, deletions, merges and assignments leave nothing stale")
  func keepsTheMirrorUnderLoad() async throws {
    try await CompanyBed.with { (bed) async throws in
      let store = Self.store(bed)
      let seed = UInt64.random(in: 0 ... .max)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<6 as Range<UInt64> {
          group.addTask {
            var random = SeededGenerator(seed: seed &+ worker)
            for step in 0..<25 {
              let company = Int64.random(in: 1...3, using: &random)
              let contact = Int64.random(in: 1...6, using: &random)
              switch worker {
              case 0:
                _ = try await store.update(
                  company, Self.input(["companyname": "Name \(step)"]), by: .system, now: testNow)
              case 1 where step % 8 == 7:
                _ = try await store.delete(company, by: .system, now: testNow)
              case 2 where step % 12 == 11:
                _ = try await store.merge(
                  company, into: 1 + company % 3, by: .system, now: testNow)
              case 3:
                _ = try await bed.links([contact]) {
                  try await $0.remove([contact], from: [company])
                }
              default:
                do {
                  let at = Double(step)
                  _ = try await bed.links(seconds: at) {
                    try await $0.assign([contact, 1 + contact % 6], to: [company])
                  }
                } catch CompanyError.unknown {}
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let wrong = try await bed.pool.query(
        """
        SELECT c.id FROM contacts c
        LEFT JOIN contact_companies l ON l.contact_id = c.id AND l.is_primary
        LEFT JOIN companies p ON p.id = l.company_id
        WHERE c.company IS DISTINCT FROM p.companyname
          OR (SELECT count(*) FROM contact_companies a WHERE a.contact_id = c.id) > 0
            AND (SELECT count(*) FROM contact_companies a WHERE a.contact_id = c.id AND is_primary) <> 1
          OR EXISTS (SELECT FROM contact_companies a WHERE a.contact_id = c.id
            AND NOT EXISTS (SELECT FROM companies WHERE id = a.company_id))
        """)
      #expect(wrong.isEmpty, "seed \(seed)")
    }
  }
}
