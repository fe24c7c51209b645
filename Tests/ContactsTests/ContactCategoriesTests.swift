import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct ContactCategoriesTests {
  @Test("Contacts are subscribed to categories and unsubscribed manually; each change marks them")
  func subscribes() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      var input = CategoryInput()
      input.title = "News"
      input.bundle = "global"
      let news = try await CategoryStore(transactions: TransactionRunner(pool)).create(
        input, by: .system, now: testNow
      ).id
      func change(
        _ body: @escaping @Sendable (Transaction) async throws -> [Int64]
      ) async throws -> [Int64] {
        try await TransactionRunner(pool).transaction(at: testNow) { try await body($0) }
      }
      let add: @Sendable (Transaction) async throws -> [Int64] = {
        try await ContactCategories.subscribe([2, 1, 2], to: [news], in: $0)
      }
      #expect(try await change(add) == [1, 2])
      #expect(try await change(add) == [])
      let removed = try await change {
        try await ContactCategories.unsubscribe([2, 3], from: [news], in: $0)
      }
      #expect(removed == [2])
      let now = try await pool.withConnection {
        try await ContactCategories.subscribed([1, 2, 3], on: $0)
      }
      #expect(now == [1: [news]])
      #expect(try await change(add) == [2])
      await #expect(throws: UnknownCategory(77)) {
        _ = try await change {
          try await ContactCategories.subscribe([5], to: [news, 77], in: $0)
        }
      }
      let marked: [[Int64]] = try await pool.query(
        "SELECT contact_ids FROM contact_changes WHERE topics = '{categories}' ORDER BY id"
      ).map { try $0.decode(at: 0) }
      #expect(marked == [[1, 2], [2], [2]])
    }
  }
}
