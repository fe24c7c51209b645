import Fields
import Foundation
import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing
import Users

@testable import Contacts

/// The places of addresses, and the locations of contacts that they fill (tracking.md 16).
@Suite struct PlaceTests {
  /// Contacts 1, 2 and so on, each at an address of its own, 198.51.100.1 and so on.
  private func withContacts(
    _ count: Int, _ body: (PostgresPool) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, \(count))")
      let sightings = (1...count).map { (contact: Int64($0), address: "198.51.100.\($0)") }
      try await TransactionRunner(pool).transaction(at: testNow) { transaction in
        try await IPAddresses.add(sightings, in: transaction)
      }
      try await body(pool)
    }
  }

  private func locator(
    _ pool: PostgresPool, _ places: @escaping PlaceQuery
  ) -> ContactLocator {
    ContactLocator(fields: FieldStore(pool: pool), places: places)
  }

  /// Works until nothing is left.
  private func locate(_ pool: PostgresPool, _ places: @escaping PlaceQuery) async throws {
    let locator = locator(pool, places)
    while try await locator.step(TransactionRunner(pool), now: testNow) {}
  }

  private func places(_ pool: PostgresPool) async throws -> [String] {
    try await pool.query(
      "SELECT concat_ws('|', city, state, country, zipcode) FROM contacts ORDER BY id"
    ).map { try $0.decode(at: 0) }
  }

  private static let graz = [
    "city": "Graz", "region": "Styria", "country": "Austria", "zipcode": "8010",
    "isp": "A provider",
  ]

  @Test("A place fills a location of which all four parts are empty, and no other")
  func fillsEmptyLocations() async throws {
    try await withContacts(3) { pool in
      try await pool.query("UPDATE contacts SET country = 'Japan' WHERE id = 2")
      try await locate(pool) { addresses in
        addresses.map { $0 == "198.51.100.3" ? [:] : Self.graz }
      }
      #expect(try await places(pool) == ["Graz|Styria|Austria|8010", "Japan", ""])
      let details = try await pool.query("SELECT details->>'isp' FROM ip_addresses ORDER BY id")
        .map { try $0.decode(at: 0, as: String?.self) }
      #expect(details == ["A provider", "A provider", nil])
      // It is a save like others: logged, and told to segments.
      let saves = try await pool.query(
        "SELECT count(*)::integer FROM audit_log WHERE object_id = 1 AND action = 'update'")
      #expect(try saves[0].decode(at: 0, as: Int.self) == 1)
    }
  }

  @Test("An address is looked up once; another contact there gets what is known")
  func looksUpOnce() async throws {
    try await withContacts(2) { pool in
      let asked = Mutex<[String]>([])
      let query: PlaceQuery = { addresses in
        asked.withLock { $0 += addresses }
        return addresses.map { _ in Self.graz }
      }
      try await locate(pool, query)
      try await locate(pool, query)
      try await pool.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
      try await TransactionRunner(pool).transaction(at: testNow) { transaction in
        try await IPAddresses.add([(contact: 3, address: "198.51.100.1")], in: transaction)
      }
      // What a person has taken away stays away: the sighting was dealt with.
      try await pool.query(
        "UPDATE contacts SET city = NULL, state = NULL, country = NULL, zipcode = NULL WHERE id = 2"
      )
      try await locate(pool, query)
      #expect(asked.withLock { $0 } == ["198.51.100.1", "198.51.100.2"])
      #expect(
        try await places(pool) == ["Graz|Styria|Austria|8010", "", "Graz|Styria|Austria|8010"])
    }
  }

  @Test("Without a database everything waits, and a failure changes nothing")
  func waits() async throws {
    struct Broken: Error {}
    try await withContacts(2) { pool in
      try await locate(pool) { _ in nil }
      await #expect(throws: Broken.self) { try await locate(pool) { _ in throw Broken() } }
      #expect(try await places(pool) == ["", ""])
      try await locate(pool) { addresses in addresses.map { _ in Self.graz } }
      #expect(try await places(pool).allSatisfy { $0.hasPrefix("Graz") })
    }
  }

  @Test("A name that the field does not take leaves it empty; other names of countries are known")
  func checksValues() async throws {
    try await withContacts(2) { pool in
      try await locate(pool) { addresses in
        addresses.map { address in
          address == "198.51.100.1"
            ? ["city": "Brno", "country": "Czechia"] : ["city": "Nowhere", "country": "Atlantis"]
        }
      }
      #expect(try await places(pool) == ["Brno|Czech Republic", "Nowhere"])
    }
  }

  @Test("Many contacts are few statements; a contact deleted meanwhile is passed over")
  func worksInSets() async throws {
    try await withContacts(200) { pool in
      try await pool.query("DELETE FROM contacts WHERE id = 7")
      let locator = locator(pool) { addresses in addresses.map { _ in Self.graz } }
      let before = pool.statementsSent
      let mayBeMore = try await locator.step(TransactionRunner(pool), now: testNow)
      #expect(!mayBeMore && pool.statementsSent - before <= 16)
      #expect(try await places(pool).count { $0.hasPrefix("Graz") } == 199)
      let waiting = try await PlaceStore.waiting(10, in: pool)
      #expect(waiting.isEmpty)
    }
  }
}
