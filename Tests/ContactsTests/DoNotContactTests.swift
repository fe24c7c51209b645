import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct DoNotContactTests {
  /// Sets up a database with contacts 1 to 3.
  func withContacts(_ body: (PostgresPool) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await database.pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 3)")
      try await body(database.pool)
    }
  }

  func add(
    _ ids: [Int64], _ reason: DoNotContactReason, channel: String = "email",
    comments: String? = nil, force: Bool = false, _ pool: PostgresPool
  ) async throws -> [Int64: DoNotContactStore.Outcome] {
    try await TransactionRunner(pool).transaction(at: testNow) { transaction in
      try await DoNotContactStore.add(
        ids, channel: channel, reason: reason, comments: comments, force: force, in: transaction)
    }
  }

  func reasons(_ pool: PostgresPool) async throws -> [String] {
    try await pool.query(
      """
      SELECT contact_id || channel || reason FROM do_not_contact ORDER BY contact_id, channel
      """
    ).map { try $0.decode(at: 0) }
  }

  @Test("CON-50: channels do not affect each other")
  func keepsOneEntryPerContactAndChannel() async throws {
    try await withContacts { (pool) async throws in
      #expect(try await add([1, 2], .manual, pool) == [1: .changed, 2: .changed])
      #expect(try await add([1], .bounced, channel: "sms", pool) == [1: .changed])
      #expect(try await reasons(pool) == ["1email3", "1sms2", "2email3"])
    }
  }

  @Test(
    "CON-51: the same reason again changes nothing; another replaces; unsubscribed stays unless forced"
  )
  func replacesReasonsButNotAnUnsubscription() async throws {
    try await withContacts { (pool) async throws in
      #expect(try await add([1], .bounced, comments: "first", pool) == [1: .changed])
      #expect(try await add([1], .bounced, comments: "second", pool) == [1: .unchanged])
      #expect(try await add([1], .unsubscribed, pool) == [1: .changed])
      #expect(try await add([1], .bounced, pool) == [1: .unchanged])
      #expect(try await add([1], .manual, pool) == [1: .unchanged])
      #expect(try await reasons(pool) == ["1email1"])
      #expect(try await add([1], .manual, force: true, pool) == [1: .changed])
      #expect(try await reasons(pool) == ["1email3"])
    }
  }

  @Test("CON-53: contacts that do not exist get no entry")
  func skipsContactsThatDoNotExist() async throws {
    try await withContacts { (pool) async throws in
      #expect(try await add([77, 3], .manual, pool) == [3: .changed])
      #expect(try await add([], .manual, pool).isEmpty)
    }
  }

  @Test("CON-52: an entry is removed only if it has the requested reason")
  func removesOnlyTheRequestedReason() async throws {
    try await withContacts { (pool) async throws in
      _ = try await add([1], .unsubscribed, pool)
      _ = try await add([2], .bounced, pool)
      func remove(_ reason: DoNotContactReason?) async throws -> Set<Int64> {
        try await TransactionRunner(pool).transaction(at: testNow) { transaction in
          try await DoNotContactStore.remove(
            [1, 2, 3], channel: "email", onlyFor: reason, in: transaction)
        }
      }
      #expect(try await remove(.bounced) == [2])
      #expect(try await reasons(pool) == ["1email1"])
      #expect(try await remove(nil) == [1])
      #expect(try await remove(nil).isEmpty)
    }
  }
}
