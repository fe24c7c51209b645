import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing
import Users

/// What comes at the same time shares statements, with the outcome of one after the other.
@Suite struct SharedWorkTests {
  private static let origin = ContactOrigin(
    Author(id: nil, name: "Tester"), source: "test", now: testNow)

  /// The number of bodies that have begun.
  private final class Begun: Sendable {
    let count = Mutex(0)
  }

  private struct World {
    let pool: PostgresPool
    let editor: ContactEditor
    let store: ContactStore

    init(_ pool: PostgresPool) {
      self.pool = pool
      let fields = FieldStore(pool: pool)
      editor = ContactEditor(
        transactions: TransactionRunner(pool), fields: fields, tables: MergeWorld.tables)
      store = ContactStore(pool: pool, fields: fields)
    }

    /// Runs bodies at the same time while no statement can touch a table, so that those that came last share what
    /// they do once it is free.
    ///
    /// - Returns: The results, and the number of statements that were sent.
    func together<R: Sendable>(
      locking table: String, _ bodies: [@Sendable () async throws -> R]
    ) async throws -> (results: [Result<R, any Error>], statements: Int) {
      let before = pool.statementsSent
      let begun = Begun()
      let tasks = try await pool.transaction { connection in
        try await connection.query("LOCK TABLE \(identifier: table) IN ACCESS EXCLUSIVE MODE")
        var tasks: [Task<R, any Error>] = []
        for body in bodies {
          tasks.append(
            Task {
              begun.count.withLock { $0 += 1 }
              return try await body()
            })
          // The first two find nobody before them.
          if tasks.count <= 2 {
            let count = tasks.count
            let waits = try await someWait(count, pool)
            #expect(waits)
          }
        }
        // The others come to wait in this process, which nothing shows; once begun they need their turn.
        let haveBegun = await eventually { begun.count.withLock { $0 } == bodies.count }
        #expect(haveBegun)
        for _ in 0..<1000 { await Task.yield() }
        return tasks
      }
      var results: [Result<R, any Error>] = []
      for task in tasks { results.append(await task.result) }
      return (results, pool.statementsSent - before)
    }
  }

  private func withWorld(_ body: (World) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await body(World(database.pool))
    }
  }

  private func input(_ values: [String: String]) -> ContactInput {
    var input = ContactInput()
    input.values = values.mapValues { .text($0) }
    return input
  }

  @Test func readersShareStatements() async throws {
    try await withWorld { world in
      try await world.pool.query(
        """
        INSERT INTO contacts (date_added, email, firstname)
        SELECT \(testNow), 'c' || n || '@x.test', 'Name ' || n FROM generate_series(1, 40) AS n
        """)
      try await world.pool.query(
        "INSERT INTO tags (tag, date_added) VALUES ('odd', \(testNow)), ('even', \(testNow))")
      try await world.pool.query(
        "INSERT INTO contact_tags (contact_id, tag_id) SELECT id, 1 + id % 2 FROM contacts")
      let store = world.store
      _ = try await store.contact(1)
      let (results, statements) = try await world.together(
        locking: "contact_tags", (1...41).map { id in { try await store.contact(Int64(id)) } })
      for (index, result) in results.enumerated() {
        let contact = try result.get()
        #expect(contact?.id == (index < 40 ? Int64(index + 1) : nil))
        #expect(contact?.fields["firstname"]?.text == (index < 40 ? "Name \(index + 1)" : nil))
        #expect(contact?.tags.map(\.tag) == (index < 40 ? [index % 2 == 0 ? "even" : "odd"] : nil))
      }
      #expect(statements < 30, "\(statements) statements for 41 readers")
    }
  }

  @Test func pagesAreShared() async throws {
    try await withWorld { world in
      try await world.pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 50)")
      let store = world.store
      _ = try await store.page(limit: 10)
      let (results, statements) = try await world.together(
        locking: "contact_tags",
        (0..<30).map { number in
          { try await store.page(start: number % 2 * 10, limit: 10).contacts.map(\.id) }
        })
      for (number, result) in results.enumerated() {
        let ids = try result.get()
        #expect(
          ids == Array((Int64(41 - number % 2 * 10)...(50 - Int64(number % 2 * 10))).reversed()))
      }
      #expect(statements < 30, "\(statements) statements for 30 readers")
    }
  }

  @Test("A reader sees what was committed before it came, though others read at the time")
  func readsItsOwnWrites() async throws {
    try await withWorld { world in
      try await world.pool.query("INSERT INTO contacts (date_added, points) VALUES (\(testNow), 0)")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            for _ in 0..<25 {
              let written: Int = try await world.pool.query(
                "UPDATE contacts SET points = points + 1 WHERE id = 1 RETURNING points")[0]
                .decode(at: 0)
              let read = try await world.store.contact(1)?.points ?? -1
              #expect(read >= written)
              let listed = try await world.store.page(limit: 1).contacts.first?.points ?? -1
              #expect(listed >= read)
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("CON-61: contacts created at the same time are as if created one after the other")
  func createsLikeOneByOne() async throws {
    let inputs = (0..<40).map { number -> ContactInput in
      switch number % 5 {
      case 0: input(["email": "p\(number)@x.test", "firstname": "Ann"])
      case 1: input(["email": "q\(number)@x.test", "city": "Rome", "points": "\(number)"])
      case 2: input(["firstname": "Anonymous"])
      // One person, several times.
      case 3: input(["email": "Same@x.test", "lastname": "L\(number)"])
      default: input(["email": "r\(number)@x.test", "company": "Acme"])
      }
    }
    var stories: [[String]] = []
    for isTogether in [false, true] {
      try await withWorld { world in
        let editor = world.editor
        let bodies = inputs.map { input in
          { @Sendable in try await editor.upsert(input, from: Self.origin) }
        }
        if isTogether {
          let (results, statements) = try await world.together(locking: "contacts", bodies)
          for result in results { _ = try result.get() }
          #expect(statements < 350, "\(statements) statements")
        } else {
          for body in bodies { _ = try await body() }
        }
        stories.append(try await story(world.pool))
      }
    }
    #expect(stories[0] == stories[1])
    #expect(stories[0].count == 33)
  }

  /// What is stored, without ids and what depends on the order of equals.
  private func story(_ pool: PostgresPool) async throws -> [String] {
    try await pool.query(
      """
      SELECT concat_ws(' ', c.email, c.firstname, c.city, c.points, c.company,
        c.date_identified IS NOT NULL, c.created_by_user, c.identity_shared,
        (SELECT string_agg(a.action || CASE WHEN c.email ILIKE 'same%' THEN ''
            ELSE coalesce(a.details::text, '') END, ';' ORDER BY a.action, a.details::text)
          FROM audit_log a WHERE a.object = 'lead' AND a.object_id = c.id
            AND (a.action <> 'update')),
        (SELECT string_agg(p.type || p.event_name || p.delta, ';') FROM points_log p
          WHERE p.contact_id = c.id),
        (SELECT count(*) FROM contact_changes m
          WHERE c.id = ANY (m.contact_ids) AND 'created' = ANY (m.topics))) AS line
      FROM contacts c ORDER BY line
      """
    ).map { try $0.decode(at: 0) }
  }

  @Test("An input that is refused fails alone")
  func refusesOne() async throws {
    try await withWorld { world in
      let editor = world.editor
      let inputs = (0..<20).map { number in
        input(["email": "p\(number)@x.test", "country": number == 11 ? "Atlantis" : "Italy"])
      }
      let (results, _) = try await world.together(
        locking: "contacts",
        inputs.map { input in { try await editor.upsert(input, from: Self.origin).isNew } })
      for (number, result) in results.enumerated() {
        if number == 11 {
          #expect(throws: InvalidInput.self) { try result.get() }
        } else {
          let isNew = try result.get()
          #expect(isNew)
        }
      }
      let count: Int = try await world.pool.query("SELECT count(*) FROM contacts")[0].decode(at: 0)
      #expect(count == 19)
    }
  }

  @Test("An identifier that another process takes at this moment results in one contact")
  func meetsOthers() async throws {
    try await withWorld { world in
      let other = World(world.pool)
      let inputs = (0..<30).map { input(["email": "p\($0)@x.test"]) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for input in inputs {
          for editor in [world.editor, other.editor] {
            group.addTask { _ = try await editor.upsert(input, from: Self.origin) }
          }
        }
        try await group.waitForAll()
      }
      let count: Int = try await world.pool.query("SELECT count(*) FROM contacts")[0].decode(at: 0)
      #expect(count == 30)
    }
  }
}
