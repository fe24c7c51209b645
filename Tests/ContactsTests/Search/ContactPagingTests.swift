import Fields
import Foundation
import Postgres
import Query
import TestSupport
import Testing

@testable import Contacts

@Suite("Pages are the same whether there are few or many matches (CON-115, CON-116)")
struct ContactPagingTests {
  private static let conditions: [SQL?] = [
    nil, "true", "false", "contacts.id % 3 = 0", "last_active IS NULL", "last_active IS NOT NULL",
    "points > 3",
  ]

  @Test func picksTheSamePageFromFewAndFromMany() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await database.pool.query(
        """
        INSERT INTO contacts (id, email, identity_shared, points, firstname, last_active, date_added)
        SELECT n, CASE WHEN n % 5 > 0 THEN 'n' || n % 40 END, n > 35, n * 7 % 5, CASE WHEN n % 4 > 0 THEN chr(65 + (n * 11 % 7)) END,
          CASE WHEN n % 3 < 2 THEN \(testNow)::timestamptz + n % 10 * interval '1 day' END,
          \(testNow)
        FROM generate_series(1, 60) AS n
        """)
      let list = ListQuery.contacts(try await FieldStore(pool: database.pool).current())
      for orderBy in ["", "id", "email", "lastActive", "points,firstname"] {
        let request = ListRequest(orderBy: orderBy, direction: "desc", user: 1)
        let order = try list.orders(request)
        for condition in Self.conditions {
          let all: [Int64] = try await database.pool.query(
            """
            SELECT contacts.id FROM contacts WHERE \(sql: condition ?? "true")
            \(sql: try list.order(request))
            """
          ).map { try $0.decode(at: 0) }
          for (start, limit, few) in [
            (0, 7, 100), (0, 7, 0), (3, 20, 100), (3, 20, 5), (39, 10, 0), (45, 30, 0), (20, 0, 0),
            (100, 5, 0), (100, 5, 100), (0, .max, 0),
          ] {
            let paging = ContactPaging(
              start: start, limit: limit, order: order, condition: condition, few: few)
            let page = try await database.pool.withConnection { try await paging.find(on: $0) }
            if page.isEstimated {
              #expect(page.total > start + page.ids.count && start + limit < all.count)
            } else {
              #expect(page.total == all.count)
            }
            #expect(page.ids == Array(all.dropFirst(start).prefix(limit)), "\(paging)")
          }
        }
      }
    }
  }
}
