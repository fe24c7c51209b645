import Testing

@testable import Forms

@Suite("Whom a submission belongs to (tracking.md 12, CON-64, CON-65)") struct IdentityTests {
  @Test("An anonymous visitor becomes who it says it is")
  func identifies() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city")
      let visitor = try await bed.contact(["city": "Rome"])
      bed.visitors.track(visitor)
      let receipt = try await bed.submit(form, ["email": "ann@example.com"])
      #expect(receipt.contact == visitor)
      #expect(try await bed.value("email", of: visitor) == "ann@example.com")
      #expect(try await bed.value("city", of: visitor) == "Rome")
      #expect(try await bed.count("contacts") == 1)
    }
  }

  @Test("An anonymous visitor is joined to the contact that has the address (FRM-06)")
  func merges() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email")
      let known = try await bed.contact(["email": "ann@example.com"])
      let visitor = try await bed.contact(["city": "Rome"])
      bed.visitors.track(visitor)
      let receipt = try await bed.submit(form, ["email": "ANN@example.com"])
      #expect(receipt.contact == known)
      #expect(try await bed.count("contacts") == 1)
      #expect(try await bed.value("city", of: known) == "Rome")
    }
  }

  @Test("Two persons at one browser stay two")
  func staysTwo() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email")
      let ann = try await bed.contact(["email": "ann@example.com"])
      bed.visitors.track(ann)
      let bob = try await bed.submit(form, ["email": "bob@example.com"])
      #expect(bob.contact != ann)
      let again = try await bed.submit(form, ["email": "bob@example.com"])
      #expect(again.contact == bob.contact)
      #expect(try await bed.value("email", of: ann) == "ann@example.com")
      #expect(try await bed.count("contacts") == 2)
    }
  }

  @Test("At a device of everybody's nobody is tracked")
  func kiosk() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("city") { $0.isKiosk = true }
      let visitor = try await bed.contact(["city": "Rome"])
      bed.visitors.track(visitor)
      #expect(try await bed.submit(form, ["city": "Oslo"]).contact != visitor)
    }
  }

  @Test("Many submissions with one new address at once make one contact")
  func racing() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email")
      let contacts = try await withThrowingTaskGroup(of: Int64.self) { group in
        for _ in 0..<8 {
          group.addTask { try await bed.submit(form, ["email": "ann@example.com"]).contact }
        }
        return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
      }
      #expect(contacts.count == 1)
      #expect(try await bed.count("form_submissions") == 8)
    }
  }

  @Test("Empty values erase nothing; 0 is a value (FRM-07)")
  func keepsValues() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city", "points")
      _ = try await bed.contact(["email": "ann@example.com", "city": "Rome", "points": "4"])
      let receipt = try await bed.submit(
        form, ["email": "ann@example.com", "city": " ", "points": "0"])
      #expect(try await bed.value("city", of: receipt.contact) == "Rome")
      #expect(try await bed.value("points", of: receipt.contact) == "0")
    }
  }

  @Test("Values of the company are written to the one that is named")
  func companies() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "companyname", "companycity")
      let receipt = try await bed.submit(
        form, ["email": "ann@example.com", "companyname": "Acme", "companycity": "Rome"])
      #expect(try await bed.value("company", of: receipt.contact) == "Acme")
      let rows = try await bed.pool.query("SELECT companyname, companycity FROM companies")
      let (name, city) = try #require(rows.first).decode(String.self, String.self)
      #expect(name == "Acme" && city == "Rome")
    }
  }
}
