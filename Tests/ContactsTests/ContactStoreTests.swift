import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Query
import TestSupport
import Testing
import Users

@Suite struct ContactStoreTests {
  /// Sets up a database with five contacts, 2 and 4 of them active.
  func withContacts(_ body: (PostgresPool, ContactStore) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query(
        """
        INSERT INTO contacts (date_added, email, firstname, city, points, last_active)
        SELECT \(testNow), 'c' || n || '@x.test', CASE WHEN n <> 3 THEN 'Name' || n END,
          CASE WHEN n % 2 = 0 THEN 'Berlin' ELSE 'Paris' END, n * 10,
          CASE WHEN n IN (2, 4) THEN \(testNow)::timestamptz + n * interval '1 hour' END
        FROM generate_series(1, 5) AS n
        """)
      try await body(pool, ContactStore(pool: pool, fields: FieldStore(pool: pool)))
    }
  }

  @Test("CON-115: last activity, newest first, then id, newest first")
  func listsByActivity() async throws {
    try await withContacts { (_, store) async throws in
      let page = try await store.page(limit: 30)
      #expect(page.total == 5)
      #expect(page.contacts.map(\.id) == [4, 2, 5, 3, 1])
      let parts = try await [0, 2, 4, 6].asyncMap { start in
        try await store.page(start: start, limit: 2).contacts.map(\.id)
      }
      #expect(parts == [[4, 2], [5, 3], [1], []])
      #expect(try await store.page(limit: 0).contacts.isEmpty)
      #expect(try await store.page(limit: .max).contacts.count == 5)
      #expect(try await store.page(start: .max, limit: .max).contacts.isEmpty)
    }
  }

  @Test func ordersByColumns() async throws {
    try await withContacts { pool, store in
      let fields = try await FieldStore(pool: pool).current()
      func ids(_ orderBy: String, _ direction: String? = nil) async throws -> [Int64] {
        let order = try ListQuery.contacts(fields).orders(
          ListRequest(orderBy: orderBy, direction: direction, user: 1))
        return try await store.page(limit: 10, order: order).contacts.map(\.id)
      }
      #expect(try await ids("id") == [1, 2, 3, 4, 5])
      #expect(try await ids("l.id", "desc") == [5, 4, 3, 2, 1])
      #expect(try await ids("points", "DESC") == [5, 4, 3, 2, 1])
      #expect(try await ids("city,id") == [2, 4, 1, 3, 5])
      #expect(try await ids("city", "DESC") == [1, 3, 5, 2, 4])
      // A missing value comes last either way.
      #expect(try await ids("firstname") == [1, 2, 4, 5, 3])
      #expect(try await ids("firstname", "DESC") == [5, 4, 2, 1, 3])
      #expect(try await ids("lastActive") == [2, 4, 1, 3, 5])
      #expect(try await ids("l.last_active", "DESC") == [4, 2, 1, 3, 5])
      #expect(try await ids("dateAdded,preferredLocale") == [1, 2, 3, 4, 5])
    }
  }

  @Test func refusesUnknownColumns() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let fields = try await FieldStore(pool: database.pool).current()
      for name in ["nope", "companyname", "identity_shared", "id; DROP TABLE contacts", "\"id\""] {
        let error = #expect(throws: QueryError.self) {
          try ListQuery.contacts(fields).orders(ListRequest(orderBy: "id," + name, user: 1))
        }
        #expect(error?.parameter == "orderBy" && error?.message.contains(name) == true)
      }
    }
  }

  @Test func readsRelatedRecords() async throws {
    try await withContacts { pool, store in
      let users = UserStore(pool: pool, hasher: PasswordHasher(cost: .least))
      let ada = try await users.add(
        NewUser(username: "ada", firstName: "Ada", lastName: "Admin"), password: "x", now: testNow)
      let stages = try await StageStore(transactions: TransactionRunner(pool))
        .ensure(["Customer"], by: ada.author, now: testNow)
      let tags = try await TagStore(transactions: TransactionRunner(pool)).ensure(
        ["vip", "new"], now: testNow)
      try await TransactionRunner(pool).transaction(at: testNow) { transaction in
        try await transaction.query(
          """
          UPDATE contacts SET owner_id = \(ada.id), stage_id = \(stages["customer"]),
            attribution = 12.50, attribution_date = \(testNow), created_by = \(ada.id),
            created_by_user = \(ada.fullName) WHERE id = 2
          """)
        try await transaction.query(
          "INSERT INTO contact_tags SELECT 2, unnest(\(Array(tags.values))::bigint[])")
        try await transaction.query(
          """
          INSERT INTO ip_addresses (address, details, date_added)
          VALUES ('203.0.113.9', '{"city": "Paris"}', \(testNow)), ('2001:db8::1', NULL, \(testNow))
          """)
        try await transaction.query(
          "INSERT INTO contact_ips SELECT 2, id, \(testNow) FROM ip_addresses")
        try await transaction.query(
          """
          INSERT INTO utm_tags (contact_id, query, utm_source, date_added)
          VALUES (2, '{"a": [1, "b"]}', 'news', \(testNow))
          """)
        try await transaction.query(
          """
          INSERT INTO frequency_rules (contact_id, channel, frequency_number, frequency_time,
            date_added) VALUES (2, 'email', 3, 'WEEK', \(testNow))
          """)
        _ = try await DoNotContactStore.add(
          [2], channel: "sms", reason: .manual, comments: "asked", in: transaction)
      }

      let contact = try #require(try await store.contact(2))
      #expect(contact.owner?.username == "ada")
      #expect(contact.createdByUser == "Ada Admin")
      #expect(contact.stage?.name == "Customer")
      #expect(contact.tags.map(\.tag) == ["new", "vip"])
      #expect(Set(contact.ipAddresses.map(\.address)) == ["203.0.113.9", "2001:db8::1"])
      #expect(contact.ipAddresses.first?.details == ["city": "Paris"])
      #expect(contact.utmTags.first?.source == "news")
      #expect(
        try contact.utmTags.first?.query?.decode(JSONValue.self)
          == .object(["a": .array([.integer(1), .string("b")])]))
      #expect(contact.frequencyRules.first?.frequencyTime == "WEEK")
      #expect(contact.doNotContact.first?.reason == .manual)
      #expect(contact.fields["attribution"] == .number(12.5))
      #expect(contact.fields["attribution_date"] == .instant(testNow))
      #expect(contact.fields["points"] == .number(20))
      #expect(contact.fields["email"] == .text("c2@x.test"))
      #expect(contact.fields["fax"] == nil)
      #expect(contact.points == 20)

      let other = try #require(try await store.contact(3))
      #expect(other.owner == nil && other.stage == nil && other.tags.isEmpty)
      #expect(try await store.contact(77) == nil)
      #expect(try await store.contacts([5, 77, 1, 5]).map(\.id) == [5, 1])
    }
  }

  /// A contact and a page of the whole list are one statement each, however many contacts are on it.
  @Test func takesOneStatement() async throws {
    try await withContacts { pool, store in
      _ = try await store.page(limit: 1)
      let before = pool.statementsSent
      _ = try await store.page(limit: 1)
      _ = try await store.page(start: 1, limit: 5)
      _ = try await store.contact(2)
      #expect(pool.statementsSent - before == 3)
    }
  }

  @Test func knowsANewFieldAtOnceAndADeletedOneNoMore() async throws {
    try await withContacts { pool, store in
      _ = try await store.contact(2)
      // In another process.
      let others = FieldStore(pool: pool)
      let field = try await others.create(
        NewField(label: "Shoe size", type: .text), by: .system, now: testNow)
      try await pool.query("UPDATE contacts SET shoe_size = '42' WHERE id = 2")
      #expect(try await store.contact(2)?.fields["shoe_size"] == .text("42"))
      #expect(try await store.page(limit: 5).contacts.map(\.id) == [4, 2, 5, 3, 1])
      try await pool.query("DELETE FROM fields WHERE id = \(field.id)")
      try await pool.query("ALTER TABLE contacts DROP COLUMN shoe_size")
      #expect(try await store.contact(2)?.fields["shoe_size"] == nil)
      #expect(try await store.page(limit: 5).total == 5)
    }
  }

  @Test func deletesRelatedRecords() async throws {
    try await withContacts { pool, store in
      let tables: [String] = try await pool.query(
        """
        SELECT table_name::text FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE column_name = 'contact_id' AND table_schema = 'public'
          AND table_type = 'BASE TABLE' ORDER BY 1
        """
      ).map { try $0.decode(at: 0) }
      try await pool.query(
        """
        INSERT INTO contact_tags VALUES (1, 1), (2, 1);
        """)
      try await pool.query(
        "INSERT INTO import_rows VALUES (1, 1, 1, 1), (2, 1, 2, 1)")
      try await pool.query(
        "INSERT INTO segment_members VALUES (1, 1, true, false, \(testNow))")
      #expect(try await store.delete([1, 77]) == 1)
      #expect(try await store.contact(1) == nil)
      #expect(try await store.contact(2) != nil)
      for table in tables {
        let left: Int? = try await pool.query(
          "SELECT count(*) FROM \(identifier: table) WHERE contact_id = 1"
        ).first?.decode(at: 0)
        #expect(left == 0, "\(table)")
      }
    }
  }

  @Test(
    "CON-10: another module adds its tables; one of statistics keeps its rows without the contact")
  func deletesRelatedRecordsOfOtherModules() async throws {
    try await withContacts { pool, store in
      try await pool.withConnection { connection in
        try await connection.execute(
          script: """
            CREATE TABLE scores (contact_id bigint, score integer);
            CREATE TABLE sendings (id bigint, sent_to bigint);
            INSERT INTO scores VALUES (1, 5), (2, 6);
            INSERT INTO sendings VALUES (1, 1), (2, 2);
            INSERT INTO contact_children (table_name) VALUES ('scores');
            INSERT INTO contact_children VALUES ('sendings', 'sent_to', true);
            """)
      }
      #expect(try await store.delete([1]) == 1)
      let left: String? = try await pool.query(
        """
        SELECT (SELECT string_agg(contact_id::text, ' ') FROM scores) || ' '
          || (SELECT string_agg(id || ':' || coalesce(sent_to::text, '-'), ' ' ORDER BY id)
            FROM sendings)
        """
      ).first?.decode(at: 0)
      #expect(left == "2 1:- 2:2")
    }
  }

  /// A new version of the fields is visible to the very next read, in another process too.
  @Test func showsANewFieldAtOnce() async throws {
    try await withContacts { pool, store in
      _ = try await store.page(limit: 1)
      let elsewhere = FieldStore(pool: pool)
      let field = try await elsewhere.create(
        NewField(label: "Plan", type: .text), by: .system, now: testNow)
      try await pool.query("UPDATE contacts SET plan = 'pro' WHERE id = 1")
      #expect(try await store.contact(1)?.fields["plan"] == .text("pro"))
      try await elsewhere.delete(field.id, by: .system, now: testNow)
      let contact = try #require(try await store.contact(1))
      #expect(!contact.fields.fields.contains { $0.alias == "plan" })
    }
  }
}

extension Array {
  /// Returns the results of an asynchronous function, one after the other.
  func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
    var results: [T] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
