import Contacts
import Fields
import Foundation
import Postgres
import Testing
import Users

@Suite struct CompanyLinksTests {
  @Test("CON-31, CON-35: the first of the new companies becomes the primary one")
  func assigns() async throws {
    try await CompanyBed.with { (bed) async throws in
      try await bed.links { try await $0.assign([1, 2], to: [2, 1]) }
      #expect(try await bed.state(1) == "1 2* = Globex")
      try await bed.links(seconds: 1) { try await $0.assign([1], to: [1, 3]) }
      #expect(try await bed.state(1) == "1 2 3* = Initech")
      // Nothing new: nothing changes, and the primary one stays.
      _ = try await bed.marks()
      let again = try await bed.links(seconds: 2) { try await $0.assign([1], to: [2, 1]) }
      #expect(again.isEmpty)
      #expect(try await bed.state(1) == "1 2 3* = Initech")
      #expect(try await bed.marks().isEmpty)
    }
  }

  @Test("CON-30: where one company is allowed, a new one replaces the old")
  func allowsOne() async throws {
    try await CompanyBed.with { (bed) async throws in
      var rules = CompanyRules()
      rules.allowsSeveral = false
      let single = rules
      try await bed.links(rules: single) { try await $0.assign([1], to: [2, 1]) }
      #expect(try await bed.state(1) == "2* = Globex")
      try await bed.links(rules: single) { try await $0.assign([1], to: [2, 1]) }
      #expect(try await bed.state(1) == "1* = Acme")
      try await bed.links(rules: single) { try await $0.setPrimary([1], to: 3) }
      #expect(try await bed.state(1) == "3* = Initech")
    }
  }

  @Test(
    "CON-33: the remaining company that was added last becomes primary; without any the field is cleared"
  )
  func removes() async throws {
    try await CompanyBed.with { (bed) async throws in
      for company in [2, 3, 1] as [Int64] {
        try await bed.links(seconds: Double(company)) { try await $0.assign([1], to: [company]) }
      }
      #expect(try await bed.state(1) == "1* 2 3 = Acme")
      try await bed.links { try await $0.remove([1], from: [1]) }
      #expect(try await bed.state(1) == "2 3* = Initech")
      try await bed.links { try await $0.remove([1, 4], from: [2]) }
      #expect(try await bed.state(1) == "3* = Initech")
      let changes = try await bed.links { try await $0.remove([1], from: [3]) }
      #expect(try await bed.state(1) == "- = -")
      #expect(changes.map(\.before) == ["Initech"] && changes.map(\.after) == [nil])
    }
  }

  @Test(
    "CON-02, CON-03: a company's name makes an anonymous contact known, and losing it does not undo that"
  )
  func identifies() async throws {
    try await CompanyBed.with { (bed) async throws in
      let first = try await bed.links { try await $0.assign([1], to: [1]) }
      #expect(first.map(\.identified) == [true])
      #expect(try await bed.marks() == ["1 company field:company field:date_identified"])
      _ = try await bed.links { try await $0.remove([1], from: [1]) }
      let second = try await bed.links { try await $0.assign([1], to: [1]) }
      #expect(second.map(\.identified) == [false])
      let known: Date? = try await bed.pool.query(
        "SELECT date_identified FROM contacts WHERE id = 1"
      ).first?.decode(at: 0)
      #expect(known == testNow)
    }
  }

  @Test("The full set of companies replaces the existing ones")
  func replaces() async throws {
    try await CompanyBed.with { (bed) async throws in
      try await bed.links { try await $0.replace(1, by: [1, 2]) }
      #expect(try await bed.state(1) == "1* 2 = Acme")
      let change = try await bed.links(seconds: 1) { try await $0.replace(1, by: [2, 3]) }
      #expect(try await bed.state(1) == "2 3* = Initech")
      #expect(change.map(\.before) == ["Acme"] && change.map(\.after) == ["Initech"])
      try await bed.links { try await $0.replace(1, by: [2]) }
      #expect(try await bed.state(1) == "2* = Globex")
      let again = try await bed.links { try await $0.replace(1, by: [2]) }
      #expect(again.isEmpty)
      try await bed.links { try await $0.replace(1, by: []) }
      #expect(try await bed.state(1) == "- = -")
    }
  }

  @Test("An unknown company is refused and nothing is written")
  func refusesUnknown() async throws {
    try await CompanyBed.with { (bed) async throws in
      await #expect(throws: CompanyError.unknown([8, 9])) {
        _ = try await bed.links { try await $0.assign([1], to: [9, 1, 8]) }
      }
      await #expect(throws: CompanyError.unknown([7])) {
        _ = try await bed.links { try await $0.setPrimary([1], to: 7) }
      }
      #expect(try await bed.state(1) == "- = -")
      #expect(try await bed.marks().isEmpty)
    }
  }

  @Test(
    "CON-34, CON-62: the field finds a company by name or creates one, and clearing it removes the primary"
  )
  func namesCompanies() async throws {
    try await CompanyBed.with { (bed) async throws in
      let fields = try await FieldStore(pool: bed.pool).current()
      let ada = Author(id: 5, name: "Ada")
      @Sendable func set(_ name: CompanyName?, _ seconds: Double) async throws {
        try await bed.links(seconds: seconds) {
          try await $0.setPrimary(1, named: name, by: ada, fields: fields)
        }
      }
      try await set(CompanyName(" ACME "), 1)
      #expect(try await bed.state(1) == "1* = Acme")
      try await set(CompanyName("Hooli", city: "Linz", country: "Nowhere"), 2)
      #expect(try await bed.state(1) == "1 4* = Hooli")
      let row = try #require(
        try await bed.pool.query(
          "SELECT companycity, companycountry, created_by_user FROM companies WHERE id = 4"
        ).first)
      #expect(try row.decode("companycity", as: String?.self) == "Linz")
      #expect(try row.decode("companycountry", as: String?.self) == nil)
      #expect(try row.decode("created_by_user", as: String?.self) == "Ada")
      // The field makes a company primary that the contact already has.
      try await set(CompanyName("acme"), 3)
      #expect(try await bed.state(1) == "1* 4 = Acme")
      try await set(nil, 4)
      #expect(try await bed.state(1) == "4* = Hooli")
      await #expect(throws: CompanyError.self) {
        try await set(CompanyName(String(repeating: "x", count: 192)), 5)
      }
    }
  }

  @Test("CON-36: with several unique identifiers AND requires all given ones, OR one")
  func findsBySeveralIdentifiers() async throws {
    try await CompanyBed.with { (bed) async throws in
      let store = FieldStore(pool: bed.pool)
      let city = try #require(try await store.current()["companycity"])
      try await store.makeUnique(city.id, by: .system, now: testNow)
      try await bed.pool.query(
        "UPDATE companies SET companycity = 'Linz', date_added = \(testNow) WHERE id = 1")
      let fields = try await store.current()
      @Sendable func resolve(_ name: CompanyName, _ matchesAny: Bool) async throws -> Int64 {
        var rules = CompanyRules()
        rules.matchesAnyIdentifier = matchesAny
        let chosen = rules
        return try await bed.links(rules: chosen) {
          try await $0.resolve(name, by: .system, fields: fields).id
        }
      }
      #expect(try await resolve(CompanyName("Acme"), false) == 1)
      #expect(try await resolve(CompanyName("Acme", city: "linz"), false) == 1)
      #expect(try await resolve(CompanyName("Other", city: "linz"), true) == 1)
      // Another company of the same name, since the city differs.
      #expect(try await resolve(CompanyName("Acme", city: "Graz"), false) == 4)
      #expect(try await resolve(CompanyName("Acme", city: "Graz"), false) == 4)
    }
  }

  @Test("Two contacts that name the same new company at once share it")
  func agreesOnANewCompany() async throws {
    try await CompanyBed.with { (bed) async throws in
      let fields = try await FieldStore(pool: bed.pool).current()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for contact in 1...6 as ClosedRange<Int64> {
          group.addTask {
            _ = try await bed.links([contact]) {
              try await $0.setPrimary(
                contact, named: CompanyName("Hooli"), by: .system, fields: fields)
            }
          }
        }
        try await group.waitForAll()
      }
      let count: Int? = try await bed.pool.query("SELECT count(*) FROM companies").first?.decode(
        at: 0)
      #expect(count == 4)
    }
  }
}
