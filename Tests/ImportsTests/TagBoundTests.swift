import Foundation
import TestSupport
import Testing

@testable import Imports

/// The bounds on tags, in files (CON-40, CON-46).
@Suite struct TagBoundTests {
  private static func tags(_ range: ClosedRange<Int>) -> String {
    range.map { "t\($0)" }.joined(separator: "|")
  }

  private func counts(_ bed: ImportBed) async throws -> [String?] {
    try await bed.texts(
      """
      SELECT concat(c.email, ' ', (SELECT count(*) FROM contact_tags t WHERE t.contact_id = c.id))
      FROM contacts c ORDER BY c.email
      """)
  }

  @Test("CON-46: a row that would give a contact more than 500 tags fails alone, with the reason")
  func rows() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        """
        email,tags
        a@x.test,\(Self.tags(1...500))
        b@x.test,\(Self.tags(1...501))
        c@x.test,\(Self.tags(1...300))
        c@x.test,\(Self.tags(301...501))
        c@x.test,\(Self.tags(301...400))
        d@x.test,t1

        """)
      #expect(item.counts == "3 1 2", "\(item)")
      #expect(try await counts(bed) == ["a@x.test 500", "c@x.test 400", "d@x.test 1"])
      let failures = try await bed.service.failures(item.id).rows
      #expect(failures.map(\.row) == [2, 4])
      #expect(
        failures.allSatisfy {
          $0.error == "tags: the contact would have 501: at most 500 are allowed"
        }, "\(failures)")
      let again = try await bed.importing(
        "email,tags\na@x.test,t1\na@x.test,t501\na@x.test,-t1|t501\nd@x.test,t2\n")
      #expect(again.counts == "0 3 1", "\(again)")
      #expect(try await counts(bed) == ["a@x.test 500", "c@x.test 400", "d@x.test 2"])
    }
  }

  @Test("CON-46: it holds for tags of the import itself, and more than 500 of them are refused")
  func defaults() async throws {
    try await ImportBed.with { bed in
      let many = (1...500).map { "t\($0)" }
      let item = try await bed.importing(
        "email,tags\na@x.test,other\nb@x.test,t1\n",
        ImportOptions(defaults: ImportDefaults(tags: many)))
      #expect(item.counts == "1 0 1", "\(item)")
      #expect(try await counts(bed) == ["b@x.test 500"])
      let error = await #expect(throws: ImportError.self) {
        try await bed.upload(
          "email\na@x.test\n", ImportOptions(defaults: ImportDefaults(tags: many + ["x"])))
      }
      #expect(error?.problems.map(\.field) == ["defaults.tags"])
    }
  }

  @Test("CON-40: a tag of more than 191 characters is left out of its row, with a warning")
  func long() async throws {
    try await ImportBed.with { bed in
      let long = String(repeating: "x", count: 192)
      let item = try await bed.importing("email,tags\na@x.test,vip|\(long)\nb@x.test,vip\n")
      #expect(item.counts == "2 0 0" && item.leftOutCount == 1)
      #expect(try await bed.service.warnings(item.id).rows.map(\.row) == [1])
      #expect(try await counts(bed) == ["a@x.test 1", "b@x.test 1"])
    }
  }
}
