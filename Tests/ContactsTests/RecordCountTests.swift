import Fields
import Foundation
import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing
import Users

@testable import Contacts

@Suite("The kept numbers of contacts and companies are exact in every snapshot (CON-118)")
struct RecordCountTests {
  private struct TakenBack: Error {}

  /// The kept and the counted number of each table, from one snapshot.
  private static func numbers(_ pool: PostgresPool) async throws -> [(kept: Int, counted: Int)] {
    try await pool.transaction(isolation: .repeatableRead) { connection in
      var numbers: [(Int, Int)] = []
      for table: StaticString in ["contacts", "companies"] {
        let counted: Int = try await connection.query(
          "SELECT count(*) FROM \(literal: table)")[0].decode(at: 0)
        numbers.append((try await RecordCount.read(of: table, on: connection), counted))
      }
      return numbers
    }
  }

  private static func expectExact(
    _ pool: PostgresPool, _ counts: [Int]? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let numbers = try await numbers(pool)
    for (kept, counted) in numbers { #expect(kept == counted, sourceLocation: sourceLocation) }
    if let counts { #expect(numbers.map(\.counted) == counts, sourceLocation: sourceLocation) }
  }

  @Test func countsWhatManyWritersDoAtOnce() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    try await TestDatabase.with(migrations: contactMigrations, maximumConnections: 10) {
      (database) async throws in
      let pool = database.pool
      let isOver = Atomic(false)
      let watching = Task {
        var looks = 0
        while !isOver.load(ordering: .relaxed) || looks == 0 {
          try await Self.expectExact(pool)
          looks += 1
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<8 {
          group.addTask {
            var random = SeededGenerator(seed: seed &+ UInt64(writer))
            for _ in 0..<120 { try await Self.write(pool, &random) }
          }
        }
        try await group.waitForAll()
      }
      isOver.store(true, ordering: .relaxed)
      try await watching.value
      try await Self.expectExact(pool)
      // Once nobody holds any, the next ones add all of them up.
      for _ in 0..<256 {
        try await pool.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
      }
      let rows: Int = try await pool.query(
        "SELECT count(*) FROM record_counts WHERE table_name = 'contacts'")[0].decode(at: 0)
      #expect(rows <= 256, "\(rows) rows were not added up, seed \(seed)")
    }
  }

  /// One transaction of a few statements, some of them or all of them taken back.
  private static func write(
    _ pool: PostgresPool, _ random: inout SeededGenerator
  ) async throws {
    var steps: [SQL] = []
    for _ in 0...(random.next() % 3) {
      let count = Int(random.next() % 20)
      steps.append(
        random.once(in: 3)
          ? """
          SELECT delete_contacts(ARRAY(SELECT id FROM contacts ORDER BY id OFFSET \(count)
            LIMIT \(Int(random.next() % 8)) FOR UPDATE SKIP LOCKED))
          """
          : random.once(in: 4)
            ? """
            INSERT INTO companies (companyname, date_added, identity_shared)
            SELECT 'Company ' || n, \(testNow), true FROM generate_series(1, \(count)) AS n
            """
            : """
            INSERT INTO contacts (date_added, firstname)
            SELECT \(testNow), 'Name ' || n FROM generate_series(1, \(count)) AS n
            """)
    }
    let (takesBack, takesBackPart, isStrict) =
      (random.once(in: 4), random.once(in: 3), random.once(in: 5))
    let statements = steps
    do {
      try await pool.transaction(
        isolation: isStrict ? .repeatableRead : .readCommitted, retries: 50
      ) { connection in
        for statement in statements { try await connection.query(statement) }
        do {
          try await connection.savepoint { connection in
            for statement in statements { try await connection.query(statement) }
            if takesBackPart { throw TakenBack() }
          }
        } catch is TakenBack {}
        if takesBack { throw TakenBack() }
      }
    } catch is TakenBack {}
  }

  @Test func forgetsWhatADeadSessionDid() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 300)")
      await #expect(throws: PostgresError.self) {
        try await pool.transaction(retries: 0) { connection in
          let process: Int32 = try await connection.query("SELECT pg_backend_pid()")[0].decode(
            at: 0)
          for _ in 0..<200 {
            try await connection.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
          }
          try await connection.query("SELECT delete_contacts(ARRAY[1, 2, 3]::bigint[])")
          _ = try await pool.query("SELECT pg_terminate_backend(\(process))")
          try await connection.query("SELECT 1")
        }
      }
      try await Self.expectExact(pool, [300, 0])
    }
  }

  @Test func countsWhateverTheStatement() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      _ = try await pool.withConnection { connection in
        try await connection.copyIn("COPY contacts (id, date_added, email) FROM STDIN") { writer in
          for n in 1...1_000 {
            try await writer.write(Array("\(n)\t2024-01-01Z\tn\(n)@x.test\n".utf8))
          }
        }
      }
      try await Self.expectExact(pool, [1_000, 0])
      // Nothing new, a change, and both in one statement.
      try await pool.query(
        """
        INSERT INTO contacts (id, date_added) SELECT n, \(testNow) FROM generate_series(999, 1002) AS n
        ON CONFLICT (id) DO NOTHING
        """)
      try await pool.query("UPDATE contacts SET date_identified = \(testNow) WHERE id > 500")
      try await pool.query(
        """
        WITH gone AS (DELETE FROM contacts WHERE id <= 10 RETURNING id)
        INSERT INTO companies (companyname, date_added) SELECT 'C' || id, \(testNow) FROM gone
        """)
      try await Self.expectExact(pool, [992, 10])
      try await pool.query("TRUNCATE contacts")
      try await Self.expectExact(pool, [0, 10])
      try await pool.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
      try await Self.expectExact(pool, [1, 10])
    }
  }

  @Test func countsWhatTheEditorDoes() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let fields = FieldStore(pool: pool)
      let editor = ContactEditor(
        transactions: TransactionRunner(pool), fields: fields, tables: MergeWorld.tables)
      let origin = ContactOrigin(Author(id: nil, name: "Tester"), source: "test", now: testNow)
      func input(_ values: [String: String]) -> ContactInput {
        var input = ContactInput()
        input.values = values.mapValues { .text($0) }
        return input
      }
      // A visitor that becomes known, one that is found again, and one that is merged away.
      let visitor = try await editor.upsert(input(["firstname": "Ann"]), from: origin).contact.id
      _ = try await editor.edit(visitor, input(["email": "ann@x.test"]), mode: .patch, from: origin)
      _ = try await editor.upsert(
        input(["email": "ann@x.test", "company": "Acme"]), from: origin)
      let other = try await editor.upsert(input(["email": "bob@x.test"]), from: origin).contact.id
      try await Self.expectExact(pool, [2, 1])
      _ = try await editor.edit(visitor, input(["email": "bob@x.test"]), mode: .patch, from: origin)
      #expect(try await editor.delete(other, from: origin) == nil)
      try await Self.expectExact(pool, [1, 1])
      _ = try await editor.delete(visitor, from: origin)
      try await Self.expectExact(pool, [0, 1])
      let store = ContactStore(pool: pool, fields: fields)
      #expect(try await store.page(limit: 30).total == 0)
    }
  }
}
