import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

/// Changes of contacts below the API, in sets where possible.
@Suite struct ContactEditorTests {
  private static let origin = ContactOrigin(
    Author(id: nil, name: "Tester"), source: "test", now: testNow)

  private func withContacts(
    _ count: Int, _ body: (PostgresPool, ContactEditor) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query(
        """
        INSERT INTO contacts (date_added, firstname, points)
        SELECT \(testNow), 'Name ' || n, n FROM generate_series(1, \(count)) AS n
        """)
      try await body(
        pool,
        ContactEditor(
          transactions: TransactionRunner(pool), fields: FieldStore(pool: pool),
          tables: MergeWorld.tables))
    }
  }

  private func texts(_ sql: SQL, _ pool: PostgresPool) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }

  /// The cost of a change does not depend on the number of contacts.
  @Test func changesWithFewStatements() async throws {
    var costs: Set<Int> = []
    for count in [1, 500] {
      try await withContacts(count) { pool, editor in
        var input = ContactInput()
        for city in ["Rome", "Oslo", "Bern"] {
          input.values = ["city": .text(city)]
          let before = pool.statementsSent
          _ = try await editor.edit(1, input, mode: .patch, from: Self.origin)
          costs.insert(pool.statementsSent - before)
        }
        let before = pool.statementsSent
        let same = try await editor.edit(1, input, mode: .patch, from: Self.origin)
        #expect(same?.isChanged == false)
        // Without a change, the record, its audit entry and its mark are not written.
        #expect(pool.statementsSent - before == (costs.min() ?? 0) - 3)
      }
    }
    // The first change reads the field definitions.
    #expect(costs.count <= 2)
    #expect((costs.max() ?? .max) <= 15)
  }

  @Test(
    "CON-41, CON-42, CON-92: tags are added, then removed; removing does not create unknown ones")
  func changesTagsOfManyContacts() async throws {
    try await withContacts(3) { pool, _ in
      let changes = try await TransactionRunner(pool).transaction(at: testNow) { transaction in
        _ = try await ContactTags.change([2], adding: ["old"], removing: [], in: transaction)
        return try await ContactTags.change(
          [1, 2, 3], adding: ["new", "both"], removing: ["OLD", "both", "unknown"], in: transaction)
      }
      #expect(changes[1] == .init(added: ["new"], removed: []))
      #expect(changes[2] == .init(added: ["new"], removed: ["old"]))
      #expect(try await texts("SELECT tag FROM tags ORDER BY id", pool) == ["old", "new"])
      #expect(
        try await texts(
          "SELECT contact_ids::text || topics::text FROM contact_changes ORDER BY id", pool)
          == ["{2}{tags}", "{1,2,3}{tags}"])
    }
  }

  @Test(
    "CON-13, PTS-03: points are changed by an operation, within their limits, each change with a log entry"
  )
  func changesPointsOfManyContacts() async throws {
    try await withContacts(3) { pool, _ in
      let reason = PointsReason(type: "campaign", eventName: "Visit", actionName: "Plus")
      let changes = try await TransactionRunner(pool).transaction(at: testNow) { transaction in
        try await ContactPoints.change(
          [1, 2, 3, 99], .times, by: 1_500_000_000, reason: reason, author: Self.origin.author,
          in: transaction)
      }
      #expect(changes.mapValues(\.after) == [1: 1_500_000_000, 2: 2_000_000_000, 3: 2_000_000_000])
      #expect(
        try await texts("SELECT delta::text FROM points_log ORDER BY contact_id", pool)
          == ["1499999999", "1999999998", "1999999997"])
      #expect(
        try await texts("SELECT contact_ids::text FROM contact_changes", pool) == ["{1,2,3}"])
      await #expect(throws: InvalidInput.self) {
        try await TransactionRunner(pool).transaction(at: testNow) { transaction in
          _ = try await ContactPoints.change(
            [1], .divide, by: 0, reason: reason, author: Self.origin.author, in: transaction)
        }
      }
    }
  }

  @Test(
    "CON-14, STG-11: setting the current stage does nothing, removal affects only contacts in it")
  func changesStagesOfManyContacts() async throws {
    try await withContacts(3) { pool, _ in
      try await pool.query(
        """
        INSERT INTO stages (name, weight, date_added)
        VALUES ('Lead', 1, \(testNow)), ('Client', 2, \(testNow))
        """)
      try await pool.query("UPDATE contacts SET stage_id = 1 WHERE id = 1")
      func change(_ stage: StageReference, removing: Bool) async throws -> [Int64: Bool] {
        try await TransactionRunner(pool).transaction(at: testNow) { transaction in
          let stage = try #require(try await ContactStages.find(stage, on: transaction.connection))
          return try await ContactStages.set(
            [1, 2, 99], stage, removing: removing, author: Self.origin.author, in: transaction)
        }
      }
      #expect(try await change(.name("lead"), removing: false) == [1: false, 2: true])
      #expect(try await change(.id(2), removing: true) == [1: false, 2: false])
      #expect(try await change(.id(1), removing: true) == [1: true, 2: true])
      #expect(
        try await texts(
          "SELECT contact_id || ' ' || action_name FROM stage_log ORDER BY id", pool)
          == ["2 Stage changed", "1 Removed from stage", "2 Removed from stage"])
      let unknown = try await pool.withConnection { try await ContactStages.find(.id(9), on: $0) }
      #expect(unknown == nil)
    }
  }

  @Test("CON-10: no contact is deleted twice by concurrent requests")
  func deletesOnce() async throws {
    try await withContacts(1) { pool, editor in
      let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 1...8 {
          group.addTask { try await editor.delete(1, from: Self.origin) != nil }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0 } == 1)
      #expect(
        try await texts("SELECT details ->> 'name' FROM audit_log WHERE action = 'delete'", pool)
          == ["Name 1"])
    }
  }

  /// Runs concurrent changes of a contact whose row is locked; each then continues from the new
  /// state.
  private func whileHeld(
    _ pool: PostgresPool, by change: SQL, _ edits: [ContactInput], _ editor: ContactEditor
  ) async throws {
    let tasks = try await pool.transaction { connection in
      try await connection.query(change)
      let tasks = edits.map { input in
        Task { _ = try await editor.edit(1, input, mode: .patch, from: Self.origin) }
      }
      #expect(try await someWait(edits.count, pool))
      return tasks
    }
    for task in tasks { try await task.value }
  }

  @Test("STG-13: a writer that waits for another setting the same stage finds it set")
  func logsAStageOnceForTwoWriters() async throws {
    try await withContacts(1) { pool, editor in
      try await pool.query(
        "INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, \(testNow))")
      var input = ContactInput()
      input.stage = .given(.id(1))
      try await whileHeld(
        pool, by: "UPDATE contacts SET city = 'Rome' WHERE id = 1", [input, input], editor)
      #expect(try await texts("SELECT action_name FROM stage_log", pool) == ["Stage changed"])
    }
  }

  @Test func clearsAnOwnerSetWhileWaiting() async throws {
    try await withContacts(1) { pool, editor in
      try await pool.query(
        """
        INSERT INTO users (id, username, password_hash, date_added)
        VALUES (7, 'owner', 'x', \(testNow))
        """)
      var input = ContactInput()
      input.owner = .cleared
      try await whileHeld(
        pool, by: "UPDATE contacts SET owner_id = 7 WHERE id = 1", [input], editor)
      #expect(try await texts("SELECT 'kept' FROM contacts WHERE owner_id IS NOT NULL", pool) == [])
    }
  }

  @Test("CON-60: contacts that are no longer duplicates once locked are not merged")
  func mergesOnlyWhatIsStillADuplicate() async throws {
    try await withContacts(2) { pool, editor in
      try await pool.query("UPDATE contacts SET email = 'a@example.com' WHERE id = 2")
      var input = ContactInput()
      input.values = ["email": .text("a@example.com")]
      try await whileHeld(
        pool, by: "UPDATE contacts SET email = 'b@example.com' WHERE id = 2", [input], editor)
      #expect(
        try await texts("SELECT email FROM contacts ORDER BY id", pool)
          == ["a@example.com", "b@example.com"])
      // No lock: the duplicate is merged.
      input.values = ["email": .text("b@example.com")]
      _ = try await editor.edit(1, input, mode: .patch, from: Self.origin)
      #expect(try await texts("SELECT email FROM contacts", pool) == ["b@example.com"])
    }
  }
}
