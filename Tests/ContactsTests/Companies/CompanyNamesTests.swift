import Contacts
import Foundation
import JobQueue
import Testing
import Users

@Suite struct CompanyNamesTests {
  @Test("CON-34, CON-36, CON-45: names are created once, in the given order, in the first spelling")
  func makesInOrder() async throws {
    try await CompanyBed.with { (bed) async throws in
      let names = CompanyNameStore(transactions: TransactionRunner(bed.pool))
      let found = try await names.ensure(
        ["Zeta", "acme", "Beta", "BETA"], by: .system, now: testNow, defaults: [])
      #expect(found.mapValues(\.name) == ["zeta": "Zeta", "acme": "Acme", "beta": "Beta"])
      #expect(found.mapValues(\.id) == ["zeta": 4, "acme": 1, "beta": 5])
      let tags = try await TagStore(transactions: TransactionRunner(bed.pool)).ensure(
        ["z", "A", "b"], now: testNow)
      #expect(tags == ["z": 1, "a": 2, "b": 3])
      #expect(
        try await TagStore(transactions: TransactionRunner(bed.pool)).ensure(
          ["a", "new"], now: testNow) == [
            "a": 2, "new": 4,
          ])
    }
  }
}
