import Foundation
import Postgres
import Primitives
import Testing

@testable import Segments

/// Filters on the primary company (segments.md 7).
@Suite struct CompanyFilterTests {
  private static func working(at company: [String: ModelValue]?) -> ModelContact {
    var contact = ModelContact.with(["firstname": .text("x")])
    contact.company = company
    return contact
  }

  private static let people: KeyValuePairs<String, ModelContact> = [
    "none": working(at: nil),
    "oslo 5": working(at: ["companycity": .text("Oslo"), "k_number": .number(5)]),
    "rome 9": working(at: ["companycity": .text("Rome"), "k_number": .number(9)]),
    "blank": working(at: [:]),
  ]

  private func company(
    _ field: String, _ word: String, _ value: JSONValue = .null, glue: String = "and"
  ) -> JSONValue {
    having(field, word, value, object: "company", glue: glue)
  }

  @Test("SEG-46, SEG-13: all company filters of a group test one company")
  func looksAtOneCompany() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(
        try await play.who(company("companycity", "=", "oslo"), company("k_number", "gt", 1))
          == ["oslo 5"])
      #expect(
        try await play.who(company("companycity", "=", "oslo"), company("k_number", "=", 9)) == [])
      #expect(
        try await play.who(
          company("companycity", "=", "oslo"), company("k_number", "=", 9, glue: "or"))
          == ["oslo 5", "rome 9"])
    }
  }

  @Test("SEG-47: without a company every field of it is missing")
  func takesFieldsAsMissingWithoutCompany() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      #expect(try await play.who(company("companycity", "empty")) == ["none", "blank"])
      #expect(try await play.who(company("companycity", "!empty")) == ["oslo 5", "rome 9"])
      #expect(
        try await play.who(company("companycity", "!=", "oslo")) == ["none", "rome 9", "blank"])
      #expect(
        try await play.who(
          company("companycity", "!=", "oslo"), company("k_number", "!between", [1, 2]))
          == ["none", "rome 9", "blank"])
      #expect(
        try await play.who(company("companycity", "!=", "oslo"), company("k_number", "gte", 1))
          == ["rome 9"])
    }
  }

  @Test("SEG-45: further companies do not count")
  func looksAtThePrimaryCompany() async throws {
    try await Playground.with(Self.people) { (play) async throws in
      try await play.pool.query(
        """
        INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
        SELECT 1, id, false, date_added FROM companies WHERE companycity = 'Oslo'
        """)
      #expect(try await play.who(company("companycity", "=", "oslo")) == ["oslo 5"])
    }
  }

  @Test("SEG-48: the contact's own text field `company` is a field like any other")
  func knowsTheTextFieldCompany() async throws {
    try await Playground.with([
      "acme": .with(["company": .text("Acme")]), "none": .with(),
    ]) { (play) async throws in
      #expect(try await play.who(having("company", "=", "acme")) == ["acme"])
      #expect(try play.problems(having("companycity", "empty")).count == 1)
      #expect(try play.problems(having("city", "empty", object: "company")).count == 1)
    }
  }
}
