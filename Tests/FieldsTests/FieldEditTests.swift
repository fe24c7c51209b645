import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import Segments
import TestSupport
import Testing
import Users

@Suite struct FieldEditTests {
  private static func with(
    _ body: @escaping @Sendable (PostgresPool, FieldStore) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await body(database.pool, FieldStore(pool: database.pool))
    }
  }

  private static func edit(_ change: (inout FieldEdit) -> Void) -> FieldEdit {
    var edit = FieldEdit()
    change(&edit)
    return edit
  }

  @Test("An edit changes the given members, records the author, and audits old and new values")
  func edits() async throws {
    try await Self.with { (pool, store) async throws in
      let ada = Author(id: 5, name: "Ada")
      let field = try await store.create(NewField(label: "Plan"), by: .system, now: testNow)
      let later = testNow.addingTimeInterval(60)
      let edited = try await store.update(
        field.id,
        Self.edit {
          $0.label = " Level "
          $0.defaultValue = "basic"
          $0.isShortVisible = true
          $0.characterLimit = 100
        }, by: ada, now: later)
      #expect(edited.label == "Level" && edited.alias == "plan")
      #expect(edited.defaultValue == "basic" && edited.isShortVisible)
      #expect(edited.characterLimit == 100 && edited.dateModified == later)
      #expect(edited.modifiedByUser == "Ada")
      let details: JSON? = try await pool.query(
        "SELECT details FROM audit_log WHERE action = 'update' AND object = 'field'"
      ).first?.decode(at: 0)
      #expect(
        try details?.decode(JSONValue.self)
          == .object([
            "label": .array([.string("Plan"), .string("Level")]),
            "defaultValue": .array([.null, .string("basic")]),
            "isShortVisible": .array([.boolean(false), .boolean(true)]),
            "charLengthLimit": .array([.integer(64), .integer(100)]),
          ]))
      // Without a difference nothing is written.
      let again = try await store.update(
        field.id, Self.edit { $0.label = "Level" }, by: .system, now: testNow)
      #expect(again.modifiedByUser == "Ada")
    }
  }

  @Test("CON-22, CON-25, contacts.md 3.1: forbidden edits, by member; nothing is changed")
  func refuses() async throws {
    try await Self.with { (pool, store) async throws in
      let plan = try await store.create(NewField(label: "Plan"), by: .system, now: testNow)
      var number = NewField(label: "Amount", type: .number)
      number.defaultValue = "1"
      let amount = try await store.create(number, by: .system, now: testNow)
      let before = try await store.current()
      func id(_ alias: String) throws -> Int64 { try #require(before[alias]?.id) }
      let wrong: [(Int64, String, FieldEdit)] = [
        (plan.id, "label", Self.edit { $0.label = " " }),
        (plan.id, "label", Self.edit { $0.label = String(repeating: "x", count: 192) }),
        (plan.id, "alias", Self.edit { $0.alias = "other" }),
        (plan.id, "type", Self.edit { $0.type = .number }),
        (plan.id, "charLengthLimit", Self.edit { $0.characterLimit = 0 }),
        (amount.id, "isUniqueIdentifier", Self.edit { $0.isUniqueIdentifier = true }),
        (amount.id, "defaultValue", Self.edit { $0.defaultValue = "many" }),
        (try id("city"), "defaultValue", Self.edit { $0.defaultValue = "Linz" }),
        (try id("skype"), "defaultValue", Self.edit { $0.defaultValue = "x" }),
        (try id("email"), "isUniqueIdentifier", Self.edit { $0.isUniqueIdentifier = false }),
        (try id("companyname"), "isPublished", Self.edit { $0.isPublished = false }),
        (
          try id("companyindustry"), "properties",
          Self.edit { $0.properties = .object(["list": .array([])]) }
        ),
      ]
      for (id, member, edit) in wrong {
        await #expect("\(member) of \(id)") {
          _ = try await store.update(id, edit, by: .system, now: testNow)
        } throws: { error in
          guard case .invalid(let problems)? = error as? FieldError else { return false }
          return problems[member] != nil
        }
      }
      await #expect(throws: FieldError.notFound) {
        _ = try await store.update(9999, FieldEdit(), by: .system, now: testNow)
      }
      #expect(try await store.current().version == before.version)
    }
  }

  @Test("An unpublished field is hidden but keeps its data")
  func unpublishes() async throws {
    try await Self.with { (pool, store) async throws in
      let plan = try await store.create(NewField(label: "Plan"), by: .system, now: testNow)
      try await pool.query(
        "INSERT INTO contacts (id, date_added, plan) VALUES (1, \(testNow), 'a')")
      _ = try await store.update(
        plan.id, Self.edit { $0.isPublished = false }, by: .system, now: testNow)
      let contacts = ContactStore(pool: pool, fields: store)
      #expect(try await contacts.contact(1)?.fields["plan"] == nil)
      _ = try await store.update(
        plan.id, Self.edit { $0.isPublished = true }, by: .system, now: testNow)
      #expect(try await contacts.contact(1)?.fields["plan"] == .text("a"))
    }
  }

  @Test(
    "CON-25: the unique flag and the index are switched online, without leaving an index behind")
  func switchesIndexes() async throws {
    try await Self.with { (pool, store) async throws in
      let plan = try await store.create(NewField(label: "Plan"), by: .system, now: testNow)
      try await pool.query(
        "INSERT INTO contacts (date_added, plan) VALUES (\(testNow), 'a'), (\(testNow), 'A')")
      func indexes() async throws -> [String] {
        try await pool.query(
          "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%plan' ORDER BY 1"
        ).map { try $0.decode(at: 0) }
      }
      let on = try await store.update(
        plan.id,
        Self.edit {
          $0.isUniqueIdentifier = true
          $0.isIndex = true
        }, by: .system, now: testNow)
      #expect(on.isUniqueIdentifier && on.isIndex)
      #expect(
        try await indexes() == [
          "contacts_identity_plan", "contacts_search_plan", "contacts_shared_plan",
        ])
      let off = try await store.update(
        plan.id,
        Self.edit {
          $0.isUniqueIdentifier = false
          $0.isIndex = false
        }, by: .system, now: testNow)
      #expect(!off.isUniqueIdentifier && !off.isIndex)
      #expect(try await indexes().isEmpty)
    }
  }

  @Test("CON-25: at most 64 fields of an object have an index")
  func limitsIndexes() async throws {
    try await Self.with { (pool, store) async throws in
      let plan = try await store.create(NewField(label: "Plan"), by: .system, now: testNow)
      let indexed = try await store.current().all.filter {
        $0.object == .contact && ($0.isIndex || $0.isUniqueIdentifier)
      }.count
      try await pool.query(
        """
        INSERT INTO fields (object, alias, label, type, column_type, is_index, date_added)
        SELECT 'lead', 'x' || n, 'x', 'text', 'text', true, \(testNow)
        FROM generate_series(1, \(64 - indexed)) AS n
        """)
      await #expect(throws: FieldError.tooManyIndexes) {
        _ = try await store.update(
          plan.id, Self.edit { $0.isIndex = true }, by: .system, now: testNow)
      }
      #expect(try await store.current()["plan"]?.isIndex == false)
    }
  }

  @Test("CON-23, SEG-95: a field used by segments stays, and they are named")
  func keepsFieldsInUse() async throws {
    try await Self.with { (pool, store) async throws in
      let plan = try await store.create(NewField(label: "Plan"), by: .system, now: testNow)
      let filter = JSONValue.array([
        .object(["field": .string("plan"), "object": .string("lead"), "operator": .string("=")])
      ])
      try await pool.query(
        """
        INSERT INTO segments (name, public_name, alias, date_added, filters)
        SELECT name, name, name, \(testNow), \(try JSON(filter))
        FROM unnest(ARRAY['Zoo', 'alpha']) AS name
        """)
      let uses = FieldUse("forms") { field, _ in field.alias == "plan" ? ["Signup"] : [] }
      let guarded = FieldStore(pool: pool, uses: [.segments, uses])
      await #expect(
        throws: FieldError.inUse(["segments": ["alpha", "Zoo"], "forms": ["Signup"]])
      ) {
        _ = try await guarded.delete(plan.id, by: .system, now: testNow)
      }
      #expect(try await store.current()["plan"] != nil)
      try await pool.query("DELETE FROM segments")
      let gone = try await store.delete(plan.id, by: .system, now: testNow)
      #expect(gone.alias == "plan")
      #expect(try await store.current()["plan"] == nil)
    }
  }

  @Test("CON-26: choices no longer offered are dropped with the next save")
  func dropsOldChoices() async throws {
    let select = makeField(.select, properties: options("a", "b"))
    #expect(select.surviving(.text("a")) == .text("a"))
    #expect(select.surviving(.text("z")) == nil)
    let multi = makeField(.multiselect, properties: options("a", "b"))
    #expect(multi.surviving(.options(["z", "b"])) == .options(["b"]))
    #expect(multi.surviving(.options(["z"])) == nil)
    #expect(makeField(.lookup, properties: options("a")).surviving(.text("z")) == .text("z"))
  }
}
