import Contacts
import Foundation
import Postgres
import Primitives
import Query
import TestSchema
import TestSupport
import Testing
import Users

@Suite("Lists of any kind (api.md 6)")
struct ListQueryTests {
  /// Companies, as their own list.
  private static let companies = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "c"), QueryColumn("is_published", .boolean, of: "c"),
      QueryColumn("created_by", .integer, of: "c"), QueryColumn("date_added", .instant, of: "c"),
      QueryColumn("category_id", .integer, of: "c"),
      QueryColumn("name", .text, sql: "c.companyname", otherNames: ["companyname"]),
      QueryColumn("companycity", .text, of: "c"),
      QueryColumn("score", .integer, of: "c"),
    ],
    mainColumns: ["name", "companycity"],
    commands: [
      "city": ListQuery.find(QueryColumn("companycity", .text, of: "c"), at: .whole),
      "never": { _, _ in .nothing },
    ],
    states: ["scored": { _ in "c.score > 0" }], columnCommands: .anywhere)

  private func with(
    _ body: (_ find: (ListRequest) async throws -> [Int64]) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: UsersMigrations.all + ContactsMigrations.all) {
      (database) async throws in
      try await database.pool.withConnection { connection in
        try await connection.execute(
          script: """
            ALTER TABLE companies ADD COLUMN category_id bigint;
            INSERT INTO categories (id, title, alias, bundle, date_added) OVERRIDING SYSTEM VALUE
              VALUES (7, 'Old', 'old-ones', 'company', '2024-01-01Z');
            INSERT INTO companies (id, companyname, companycity, score, is_published, created_by,
                category_id, date_added) OVERRIDING SYSTEM VALUE VALUES
              (1, 'Beta', 'Rome', 5, true, 1, 7, '2024-01-03Z'),
              (2, 'alpha', 'New Rome', 0, true, 2, NULL, '2024-01-02Z'),
              (3, 'Gamma', NULL, 5, false, 1, NULL, '2024-01-01Z'),
              (4, NULL, 'Gammaville', 0, true, NULL, NULL, '2024-01-04Z');
            """)
      }
      try await body { request in
        let condition = try Self.companies.condition(request)
        let order = try Self.companies.order(request)
        return try await database.pool.query(
          "SELECT c.id FROM companies c WHERE \(sql: condition) \(sql: order)"
        ).map { try $0.decode(at: 0) }
      }
    }
  }

  @Test("Commands that every list has, and those of this one")
  func search() async throws {
    let examples: [(String, [Int64])] = [
      ("", [1, 2, 3, 4]), ("ids:2,4,9", [2, 4]), ("is:published", [1, 2, 4]),
      ("is:unpublished", [3]), ("is:mine", [1, 3]), ("!is:mine", [2, 4]),
      ("is:uncategorized", [2, 3, 4]), ("category:OLD-ones", [1]), ("category:old", []),
      ("!category:old-ones", [2, 3, 4]), ("name:al", [2]), ("name:pha", []), ("gamma", [3, 4]),
      ("rome beta", [1]), ("is:scored", [1, 3]), ("city:rome", [1]), ("never:x", []),
      ("!never:x", [1, 2, 3, 4]),
      // CON-117: a field of a company is found anywhere.
      ("companycity:rome", [1, 2]), ("score:5", [1, 3]), ("lang:en", []), ("is:strange", []),
      ("city:rome or name:gam", [1, 3]),
    ]
    try await with { (find) async throws in
      for (search, expected) in examples {
        let found = try await find(ListRequest(search: search, user: 1))
        #expect(found == expected, "\(search)")
      }
    }
  }

  @Test(
    "Orders: names in every form, missing values last, ties by id; order takes precedence over orderBy"
  )
  func orders() async throws {
    let byScore: JSONValue = .array([
      .object(["col": .string("c.score"), "dir": .string("desc")]),
      .object(["col": .string("name")]),
    ])
    let examples: [(ListRequest, [Int64])] = [
      (ListRequest(user: 1), [1, 2, 3, 4]),
      (ListRequest(orderBy: "name", user: 1), [2, 1, 3, 4]),
      (ListRequest(orderBy: "companyname", direction: "DESC", user: 1), [3, 1, 2, 4]),
      (ListRequest(orderBy: "c.dateAdded", direction: "desc", user: 1), [4, 1, 2, 3]),
      (ListRequest(orderBy: "score, date_added", user: 1), [2, 4, 3, 1]),
      (ListRequest(orderBy: " ", user: 1), [1, 2, 3, 4]),
      (ListRequest(order: byScore, orderBy: "id", user: 1), [1, 3, 2, 4]),
      (ListRequest(publishedOnly: true, user: 1), [1, 2, 4]),
      (
        ListRequest(
          search: "rome",
          where: .array([
            .object(["col": .string("score"), "expr": .string("gt"), "val": .string("1")])
          ]),
          publishedOnly: true, user: 1), [1]
      ),
    ]
    try await with { (find) async throws in
      for (request, expected) in examples {
        let found = try await find(request)
        #expect(found == expected, "\(request)")
      }
    }
    for name in ["nothing", "id; DROP TABLE companies", "c.\"id\"", "identity_shared"] {
      let error = #expect(throws: QueryError.self) {
        try Self.companies.order(ListRequest(orderBy: "id,\(name)", user: 1))
      }
      #expect(error?.parameter == "orderBy")
    }
    #expect(throws: QueryError("order", "a part has no col")) {
      try Self.companies.order(
        ListRequest(order: .array([.object(["dir": .string("asc")])]), user: 1))
    }
  }

  @Test(
    "Lists in one text",
    arguments: [
      ("", []), ("a", ["a"]), (" a , b ,", ["a", "b"]), ("\"a,b\",'c'", ["a,b", "c"]),
      ("\"a", ["a"]), ("a\"b,c", ["a\"b", "c"]), ("\"a\"x,b", ["a", "b"]), ("\"\",,", []),
    ])
  func quotedLists(text: String, expected: [String]) {
    #expect(QuotedList.parse(text) == expected)
  }
}
