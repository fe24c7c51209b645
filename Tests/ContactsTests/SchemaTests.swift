import Contacts
import Fields
import Foundation
import Postgres
import Segments
import TestSchema
import TestSupport
import Testing
import Users

/// The migrations that contacts need.
let contactMigrations =
  UsersMigrations.all + ContactsMigrations.all + [SegmentsMigrations.called]

/// A fixed instant for tests.
let testNow = Date(timeIntervalSince1970: 1_700_000_000)

@Suite struct SchemaTests {
  @Test func reservesContiguousBlocksOfIDsWhileOthersInsert() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      var taken: [ClosedRange<Int64>] = []
      try await withThrowingTaskGroup(of: ClosedRange<Int64>.self) { group in
        for number in 0..<60 {
          group.addTask {
            let count: Int64 = number % 2 == 0 ? 1 : 100
            let first: Int64? =
              number % 2 == 0
              ? try await pool.query(
                "INSERT INTO contacts (date_added) VALUES (\(testNow)) RETURNING id"
              ).first?.decode(at: 0)
              : try await pool.query("SELECT reserve_contact_ids(\(count))").first?.decode(at: 0)
            return (first ?? 0)...((first ?? 0) + count - 1)
          }
        }
        for try await range in group { taken.append(range) }
      }
      taken.sort { $0.lowerBound < $1.lowerBound }
      #expect(taken.first?.lowerBound == 1)
      for (range, next) in zip(taken, taken.dropFirst()) {
        #expect(next.lowerBound == range.upperBound + 1)
      }
    }
  }

  @Test func keepsOneContactPerAddressUnlessItIsShared() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query(
        "INSERT INTO contacts (email, date_added) VALUES ('ann@x.test', \(testNow))")
      await #expect {
        try await pool.query(
          "INSERT INTO contacts (email, date_added) VALUES ('ANN@X.TEST', \(testNow))")
      } throws: { ($0 as? PostgresError)?.sqlState == .uniqueViolation }
      try await pool.query(
        """
        INSERT INTO contacts (email, identity_shared, date_added)
        VALUES ('Ann@x.test', true, \(testNow))
        """)
    }
  }

  /// The database and the code compare identifiers by the same key, whatever the letters.
  @Test func computesTheSameIdentityKeyAsTheDatabase() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let values = ["ANN@X.test", "ÄÖÜ@x.test", "İstanbul", "ẞ", "Straße", "ΣΊΣΥΦΟΣ", "a\u{301}"]
      let rows = try await database.pool.query(
        """
        SELECT lower(value COLLATE "C") AS key FROM unnest(\(values)::text[]) WITH ORDINALITY
          AS given (value, place) ORDER BY place
        """)
      let keys: [String] = try rows.map { try $0.decode("key") }
      #expect(keys.map { Array($0.utf8) } == values.map { Array(IdentityKey.of($0).utf8) })
    }
  }

  @Test func leavesContactsWithoutOwnerWhenTheUserIsRemoved() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let users = UserStore(pool: database.pool, hasher: PasswordHasher(cost: .least))
      let ada = try await users.add(NewUser(username: "ada"), password: "x", now: testNow)
      try await database.pool.query(
        """
        INSERT INTO contacts (owner_id, date_added) VALUES (\(ada.id), \(testNow)), (77, \(testNow))
        """)
      try await users.remove("ada", now: testNow)
      let owners: [Int64?] = try await database.pool.query(
        "SELECT owner_id FROM contacts ORDER BY id"
      ).map { try $0.decode(at: 0) }
      #expect(owners == [nil, 77])
    }
  }
}
