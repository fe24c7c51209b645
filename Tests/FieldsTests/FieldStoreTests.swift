import Fields
import Foundation
import Postgres
import TestSupport
import Testing
import Users

@Suite struct FieldStoreTests {
  /// contacts.md 3.3.
  @Test func knowsTheStandardFields() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let fields = try await FieldStore(pool: database.pool).current()
      #expect(
        fields.contact.map(\.alias) == [
          "title", "firstname", "lastname", "company", "position", "email", "mobile", "phone",
          "points", "fax", "address1", "address2", "city", "state", "zipcode", "country",
          "preferred_locale", "timezone", "last_active", "attribution_date", "attribution",
          "website", "facebook", "foursquare", "instagram", "linkedin", "skype", "twitter",
        ])
      #expect(
        fields.company.map(\.alias) == [
          "companyname", "companyaddress1", "companyaddress2", "companyemail", "companyphone",
          "companycity", "companystate", "companyzipcode", "companycountry", "companywebsite",
          "companynumber_of_employees", "companyfax", "companyannual_revenue", "companyindustry",
          "companydescription",
        ])
      #expect(fields.uniqueIdentifiers(.contact).map(\.alias) == ["email"])
      #expect(fields.uniqueIdentifiers(.company).map(\.alias) == ["companyname"])
      #expect(fields["companyname"]?.isRequired == true)
      #expect(
        fields.contact.filter(\.isShortVisible).map(\.alias) == ["firstname", "lastname", "email"])
      #expect(
        fields.contact.filter { !$0.isFixed }.map(\.alias) == [
          "fax", "website", "facebook", "foursquare", "instagram", "linkedin", "skype", "twitter",
        ])
      #expect(fields["title"]?.options.map(\.value) == ["Mr", "Mrs", "Miss"])
      #expect(fields["companyindustry"]?.options.isEmpty == false)
      #expect(fields["attribution"]?.scale == 2)
      #expect(fields["email"]?.identityExpression == "lower(\"email\" COLLATE \"C\")")
      #expect(fields.defaults(.contact).map(\.field.alias) == ["points"])
      let columns = try await columnTypes(database.pool)
      for field in fields.all {
        #expect(columns["\(field.object.table).\(field.column)"] == field.columnType)
      }
    }
  }

  /// Returns the type of every column by `table.column`, as in definitions.
  func columnTypes(_ pool: PostgresPool) async throws -> [String: String] {
    let rows = try await pool.query(
      """
      SELECT c.relname || '.' || a.attname, format_type(a.atttypid, NULL)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relname IN ('contacts', 'companies') AND a.attnum > 0 AND NOT a.attisdropped
      """)
    let short = [
      "timestamp with time zone": "timestamptz", "time without time zone": "time",
    ]
    return try rows.reduce(into: [:]) { result, row in
      let type: String = try row.decode(at: 1)
      result[try row.decode(at: 0)] = short[type] ?? type
    }
  }

  @Test func createsAFieldOfEveryType() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      for object in FieldObject.allCases {
        for type in FieldType.allCases {
          var new = NewField(object: object, label: "My \(type) of \(object.table)", type: type)
          switch type {
          case .boolean:
            new.properties = .object(["no": .string("No"), "yes": .string("Yes")])
          case .select, .multiselect: new.properties = options("a", "b")
          default: break
          }
          let field = try await store.create(
            new, by: Author(id: 7, name: "Ada"), now: testNow)
          #expect(field.type == type && field.object == object)
          #expect(field.createdByUser == "Ada" && field.dateAdded == testNow)
          #expect(!field.isFixed && !field.isShortVisible && field.isVisible)
          #expect(field.isListable == (type != .time))
          #expect(
            field.characterLimit
              == (type.hasOwnLengthLimit ? 64 : type.hasLengthLimit ? 255 : nil))
          #expect(field.properties == new.properties)
        }
      }
      let fields = try await store.current()
      #expect(fields.all.count == 43 + 2 * FieldType.allCases.count)
      #expect(Set(fields.all.map(\.alias)).count == fields.all.count)
      #expect(fields.contact.last?.label == "My locale of contacts")
      let columns = try await columnTypes(database.pool)
      for field in fields.all {
        #expect(columns["\(field.object.table).\(field.column)"] == field.columnType)
      }
    }
  }

  @Test func refusesBadDefinitions() async throws {
    var noOptions = NewField(label: "x", type: .select)
    noOptions.properties = .object(["list": .array([])])
    var badDefault = NewField(label: "x", type: .number)
    badDefault.defaultValue = "many"
    var reserved = NewField(label: "x")
    reserved.alias = "tags"
    var longLimit = NewField(label: "x")
    longLimit.characterLimit = 256
    var uniqueNumber = NewField(label: "x", type: .number)
    uniqueNumber.isUniqueIdentifier = true
    var uniqueDefault = NewField(label: "x")
    uniqueDefault.isUniqueIdentifier = true
    uniqueDefault.defaultValue = "same"
    let wrong: [(NewField, String)] = [
      (NewField(label: "  "), "label"), (NewField(label: "x", type: .boolean), "properties"),
      (noOptions, "properties"), (badDefault, "defaultValue"), (reserved, "alias"),
      (longLimit, "charLengthLimit"), (uniqueNumber, "isUniqueIdentifier"),
      (uniqueDefault, "defaultValue"),
    ]
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      for (new, member) in wrong {
        await #expect {
          _ = try await store.create(new, by: .system, now: testNow)
        } throws: { error in
          guard case .invalid(let problems)? = error as? FieldError else { return false }
          return Array(problems.keys) == [member]
        }
      }
      #expect(try await store.current().all.count == 43)
    }
  }

  @Test func findsAFreeAlias() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      func alias(_ label: String) async throws -> String {
        try await store.create(NewField(label: label), by: .system, now: testNow).alias
      }
      #expect(try await alias("Email") == "email1")
      #expect(try await alias("Email") == "email2")
      #expect(try await alias("Tags") == "tags1")
      #expect(try await alias("Owner ID") == "owner_id1")
    }
  }

  /// Many concurrent creators: every field has its own alias and column, and none is refused.
  @Test func createsConcurrently() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      let aliases = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await store.create(NewField(label: "Size"), by: .system, now: testNow).alias
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(aliases.count == 8)
    }
  }

  /// contacts.md 2 (c): a transaction that locks the table for long does not make others wait
  /// behind the new column.
  @Test func doesNotBlockOthersWhileItWaits() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let store = FieldStore(pool: pool)
      let (signal, release) = AsyncStream<Void>.makeStream()
      let holding = Task {
        try await pool.transaction { connection in
          try await connection.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
          for await _ in signal { break }
        }
      }
      _ = try await eventually {
        try await pool.query(
          "SELECT FROM pg_locks WHERE relation = 'contacts'::regclass AND mode = 'RowExclusiveLock'"
        ).isEmpty == false
      }
      let creating = Task {
        // On a busy machine the table may be held for longer than it takes to give up.
        while true {
          do {
            return try await store.create(NewField(label: "Late"), by: .system, now: testNow)
          } catch FieldError.busy {
            continue
          }
        }
      }
      // Writers proceed while the table is locked: one that waited behind the new column would wait
      // forever.
      for _ in 0..<30 {
        try await pool.transaction { connection in
          try await connection.execute(script: "SET LOCAL lock_timeout = '60s'")
          try await connection.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
        }
      }
      release.finish()
      try await holding.value
      #expect(try await creating.value.alias == "late")
    }
  }

  @Test("CON-22, CON-24: a custom field is deleted with its values, a standard one stays")
  func deletesCustomFieldsOnly() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      var new = NewField(label: "Plan")
      new.isIndex = true
      let field = try await store.create(new, by: .system, now: testNow)
      #expect(field.isIndex)
      try await store.delete(field.id, by: .system, now: testNow)
      #expect(try await store.current()["plan"] == nil)
      #expect(try await columnTypes(database.pool)["contacts.plan"] == nil)
      await #expect(throws: FieldError.notFound) {
        try await store.delete(field.id, by: .system, now: testNow)
      }
      let email = try #require(try await store.current()["email"])
      await #expect(throws: FieldError.isFixed) {
        try await store.delete(email.id, by: .system, now: testNow)
      }
      // The alias is free again.
      #expect(
        try await store.create(NewField(label: "Plan"), by: .system, now: testNow).alias == "plan")
    }
  }

  @Test func makesAFieldUniqueDespiteDuplicates() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let store = FieldStore(pool: pool)
      let field = try await store.create(
        NewField(label: "Customer No"), by: .system, now: testNow)
      try await pool.query(
        """
        INSERT INTO contacts (date_added, customer_no)
        VALUES (\(testNow), 'A1'), (\(testNow), 'a1'), (\(testNow), 'B2'), (\(testNow), NULL)
        """)
      try await store.makeUnique(field.id, by: .system, now: testNow)
      #expect(
        try await store.current().uniqueIdentifiers(.contact).map(\.alias)
          == ["email", "customer_no"])
      let shared: [Int64] = try await pool.query(
        "SELECT id FROM contacts WHERE identity_shared"
      ).map { try $0.decode(at: 0) }
      #expect(shared == [1])
      await #expect {
        try await pool.query(
          "INSERT INTO contacts (date_added, customer_no) VALUES (\(testNow), 'b2')")
      } throws: { ($0 as? PostgresError)?.sqlState == .uniqueViolation }
      // A second call changes nothing.
      try await store.makeUnique(field.id, by: .system, now: testNow)
      let invalid: Int? = try await pool.query(
        "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
      ).first?.decode(at: 0)
      #expect(invalid == 0)
    }
  }

  @Test(
    "CON-25: an index cannot hold a text of unlimited length",
    arguments: [FieldType.textarea, .html])
  func doesNotIdentifyByTextOfAnyLength(_ type: FieldType) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      var new = NewField(label: "Story", type: type)
      new.isUniqueIdentifier = true
      let refused = FieldError.invalid([
        "isUniqueIdentifier": ["needs a type that is stored as text of limited length"]
      ])
      await #expect(throws: refused) {
        try await store.create(new, by: .system, now: testNow)
      }
      new.isUniqueIdentifier = false
      let field = try await store.create(new, by: .system, now: testNow)
      var edit = FieldEdit()
      edit.isUniqueIdentifier = true
      await #expect(throws: refused) {
        try await store.update(field.id, edit, by: .system, now: testNow)
      }
      await #expect(throws: FieldError.notText) {
        try await store.makeUnique(field.id, by: .system, now: testNow)
      }
      #expect(
        try await store.current().uniqueIdentifiers(.contact).map(\.alias) == ["email"])
    }
  }

  @Test func keepsItsCacheUntilAChange() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      let first = try await store.current()
      let before = database.pool.statementsSent
      for _ in 0..<5 { #expect(try await store.current().version == first.version) }
      #expect(database.pool.statementsSent - before == 5)
      try await database.pool.query(
        "UPDATE fields SET label = 'Given name' WHERE alias = 'firstname'")
      #expect(try await store.current()["firstname"]?.label == "Given name")
    }
  }
}
