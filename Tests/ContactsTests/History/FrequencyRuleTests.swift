import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@Suite struct FrequencyRuleTests {
  @Test("CON-57: a rule is written member by member; one channel is preferred")
  func changesOnlyWhatIsGiven() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 2)")
      func set(
        _ change: FrequencyRuleChange, _ channel: String = "email"
      ) async throws -> Set<Int64> {
        try await TransactionRunner(pool).transaction(at: testNow) { transaction in
          try await FrequencyRules.set(change, channel: channel, for: [1, 2], in: transaction)
        }
      }
      func rules() async throws -> [FrequencyRule] {
        let store = ContactStore(pool: pool, fields: FieldStore(pool: pool))
        return try await store.contact(1)?.frequencyRules ?? []
      }
      #expect(try await set(.init(number: 3, time: "WEEK", isPreferred: true)) == [1, 2])
      #expect(try await set(.init(number: 3)) == [])
      #expect(try await set(.init(pauseFrom: testNow)) == [1, 2])
      let rule = try #require(try await rules().first)
      #expect(rule.frequencyNumber == 3 && rule.frequencyTime == "WEEK" && rule.isPreferred)
      #expect(rule.pauseFrom == testNow && rule.pauseTo == nil)
      #expect(try await set(.init(isPreferred: true), "sms") == [1, 2])
      #expect(try await set(.init(number: .some(nil), time: .some(nil))) == [1, 2])
      let now = try await rules()
      #expect(now.map(\.isPreferred) == [false, true] && now[0].frequencyNumber == nil)
    }
  }

  @Test(arguments: [
    (FrequencyRuleChange(number: -1), "frequencyNumber"),
    (FrequencyRuleChange(time: "YEAR"), "frequencyTime"),
    (
      FrequencyRuleChange(pauseFrom: testNow, pauseTo: testNow.addingTimeInterval(-1)),
      "pauseToDate"
    ),
  ])
  func refusesBadRules(change: FrequencyRuleChange, member: String) {
    #expect {
      try change.check(channel: "email")
    } throws: {
      ($0 as? InvalidInput)?.problems.first?.member == "frequencyRules.email.\(member)"
    }
  }
}
