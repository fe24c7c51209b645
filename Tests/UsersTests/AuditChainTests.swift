import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct AuditChainTests {
  private static let now = Date(timeIntervalSince1970: 1_700_000_000)
  private static let ada = Author(id: 7, name: "Ada", address: "192.0.2.1")
  private struct Refused: Error {}

  /// The audit log of a database, sealed in blocks of ten entries.
  private struct Bed {
    let pool: PostgresPool
    let runner: TransactionRunner
    let sealer = AuditSealer(
      signer: AuditSigner(secret: "first secret of this installation"), size: 10)

    func write(_ count: Int, at instant: Date = AuditChainTests.now) async throws {
      try await runner.transaction(at: instant) { transaction in
        try await AuditChainTests.write(count, in: transaction)
      }
    }

    func seal(at instant: Date = AuditChainTests.now) async throws {
      while try await runner.transaction(at: instant, { try await sealer.seal(in: $0) }) {}
    }

    func verify(
      expecting hash: String? = nil, secrets: [String] = ["first secret of this installation"]
    ) async throws -> AuditReport {
      try await AuditVerifier(signers: AuditSigners(secrets: secrets)).verify(
        expecting: hash, on: pool)
    }

    /// Runs a statement as one who goes past the triggers.
    func tamper(_ sql: SQL) async throws {
      try await pool.transaction { connection in
        try await connection.query("SET LOCAL session_replication_role = replica")
        try await connection.query(sql)
      }
    }
  }

  private static func write(_ count: Int, in transaction: Transaction) async throws {
    let entries = (0..<count).map { AuditLog.Entry("create", "thing", Int64($0)) }
    try await AuditLog.write(entries, by: ada, in: transaction)
  }

  private func with(_ body: (Bed) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: usersSchema, maximumConnections: 12) { database in
      try await body(Bed(pool: database.pool, runner: TransactionRunner(database.pool)))
    }
  }

  @Test func entriesAreSealedInOrder() async throws {
    try await with { (bed) async throws in
      let empty = try await bed.verify()
      #expect(empty.isRight && empty.head == nil && empty.blocks == 0)
      try await bed.write(25)
      let open = try await bed.verify()
      #expect(open.unsealed == 25 && open.oldestUnsealed == Self.now && open.isRight)
      for _ in 0..<3 { try await bed.write(4) }
      try await bed.seal()
      let report = try await bed.verify()
      #expect(report.isRight && report.entries == 37 && report.unsealed == 0)
      #expect(report.blocks == 2 && report.head?.block == 2)
      // Who knows an earlier end of the chain finds it again.
      let first = try #require(report.head?.hash)
      try await bed.write(1)
      try await bed.seal()
      #expect(try await bed.verify(expecting: first.uppercased()).hasExpected == true)
      let other = try await bed.verify(expecting: String(repeating: "0", count: 64))
      #expect(other.hasExpected == false && !other.isRight && other.fault == nil)
    }
  }

  @Test func aLateCommitIsSealedAfterLaterOnes() async throws {
    try await with { (bed) async throws in
      try await bed.runner.transaction(at: Self.now) { transaction in
        try await Self.write(3, in: transaction)
        try await bed.write(2)
        try await bed.seal()
        #expect(try await bed.verify().entries == 2)
      }
      try await bed.seal()
      let report = try await bed.verify()
      #expect(report.isRight && report.entries == 5 && report.blocks == 2 && report.unsealed == 0)
      let ids = try await bed.pool.query("SELECT entries FROM audit_seals ORDER BY block").map {
        try $0.decode(at: 0, as: [Int64].self)
      }
      #expect(ids == [[4, 5], [1, 2, 3]])
    }
  }

  @Test func manyWritersAndSealersLoseNothing() async throws {
    try await with { (bed) async throws in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for writer in 0..<6 {
          group.addTask {
            var written = 0
            for turn in 0..<25 {
              let count = (writer + turn) % 5 + 1
              do {
                try await bed.runner.transaction(at: Self.now) { transaction in
                  try await Self.write(count, in: transaction)
                  if turn % 6 == writer { throw Refused() }
                }
                written += count
              } catch is Refused {}
            }
            return written
          }
        }
        for _ in 0..<2 {
          group.addTask {
            for _ in 0..<30 { try await bed.seal() }
            return 0
          }
        }
        let written = try await group.reduce(0, +)
        try await bed.seal()
        let report = try await bed.verify()
        #expect(report.isRight && report.entries == Int64(written) && report.unsealed == 0)
        let rows = try await bed.pool.query(
          "SELECT count(*), count(DISTINCT id) FROM audit_seals, unnest(entries) AS id")
        #expect(try rows[0].decode(Int.self, Int.self) == (written, written))
      }
    }
  }

  @Test func aSealerThatDiesLeavesEverything() async throws {
    try await with { (bed) async throws in
      try await bed.write(12)
      await #expect(throws: Refused.self) {
        try await bed.runner.transaction(at: Self.now) { transaction in
          _ = try await bed.sealer.seal(in: transaction)
          throw Refused()
        }
      }
      #expect(try await bed.verify().unsealed == 12)
      try await bed.seal()
      let report = try await bed.verify()
      #expect(report.isRight && report.entries == 12)
    }
  }

  @Test(
    arguments: [
      ("UPDATE audit_log SET user_name = 'Eve' WHERE id = 14", 2, 14, "changed"),
      (#"UPDATE audit_log SET details = '{"a": 1}' WHERE id = 3"#, 1, 3, "changed"),
      (
        "UPDATE audit_log SET date_added = date_added - interval '1 day' WHERE id = 25", 3, 25,
        "changed"
      ),
      ("DELETE FROM audit_log WHERE id = 11", 2, 11, "deleted"),
      (
        """
        INSERT INTO audit_log (id, bundle, object, object_id, action, date_added)
        VALUES (1000, 'thing', 'thing', 1, 'create', '2020-01-01')
        """, nil, 1000, "past its triggers"
      ),
      ("UPDATE audit_seals SET entries[1] = 1000 WHERE block = 2", 2, 1000, "deleted"),
      (
        "UPDATE audit_seals SET sealed_at = sealed_at - interval '1 day' WHERE block = 2", 2, nil,
        "seal was changed"
      ),
      ("UPDATE audit_seals SET previous = hash WHERE block = 2", 2, nil, "does not follow"),
      ("UPDATE audit_seals SET signature = '00' WHERE block = 1", 1, nil, "not signed"),
      ("DELETE FROM audit_seals WHERE block = 2", 2, nil, "missing"),
      (
        """
        WITH gone AS (DELETE FROM audit_seals WHERE block = 1 RETURNING block, hash)
        INSERT INTO audit_anchor (block, hash, signature, dropped_at) SELECT block, hash, '00', now() FROM gone
        """, 1, nil, "not signed"
      ),
    ] as [(String, Int64?, Int64?, String)])
  func everyChangeIsFound(
    _ statement: String, _ block: Int64?, _ entry: Int64?, _ text: String
  ) async throws {
    try await with { (bed) async throws in
      for _ in 0..<3 {
        try await bed.write(10)
        try await bed.seal()
      }
      #expect(try await bed.verify().isRight)
      // The table itself refuses what goes by its triggers.
      if !statement.hasPrefix("INSERT") {
        await #expect(throws: PostgresError.self) {
          try await bed.pool.query(SQL(unsafeText: statement))
        }
      }
      try await bed.tamper(SQL(unsafeText: statement))
      let fault = try #require(try await bed.verify().fault)
      #expect(fault.block == block && fault.entry == entry && fault.text.contains(text))
    }
  }

  @Test func aChainThatWasCutOffLacksItsEnd() async throws {
    try await with { (bed) async throws in
      try await bed.write(10)
      try await bed.seal()
      try await bed.write(10)
      try await bed.seal()
      let end = try await bed.verify().head?.hash
      try await bed.tamper("DELETE FROM audit_seals WHERE block = 2")
      try await bed.tamper("DELETE FROM audit_log WHERE id > 10")
      #expect(try await bed.verify().isRight)
      #expect(try await bed.verify(expecting: end).hasExpected == false)
    }
  }

  @Test func anotherSecretSignsNothing() async throws {
    try await with { (bed) async throws in
      try await bed.write(1)
      try await bed.seal()
      let secrets = ["second secret of this installation"]
      #expect(try await bed.verify(secrets: secrets).fault?.block == 1)
      let both = secrets + ["first secret of this installation"]
      #expect(try await bed.verify(secrets: both).isRight)
    }
  }

  @Test func retentionDropsWholeBlocksFromTheFront() async throws {
    try await with { (bed) async throws in
      let old = Self.now.addingTimeInterval(-40 * 86_400)
      for instant in [old, old, Self.now, old] {
        try await bed.write(10, at: instant)
        try await bed.seal(at: instant)
      }
      let end = try #require(try await bed.verify().head)
      func prune(at instant: Date) async throws {
        while try await bed.runner.transaction(
          at: instant, { try await bed.sealer.drop(olderThan: 30, in: $0) })
        {}
      }
      try await prune(at: Self.now.addingTimeInterval(-20 * 86_400))
      #expect(try await bed.verify().blocks == 4)
      try await prune(at: Self.now)
      // The last block is old as well, but stands behind one that is not.
      let report = try await bed.verify(expecting: end.hash)
      #expect(report.isRight && report.dropped == 2 && report.blocks == 2 && report.head == end)
      let left = try await bed.pool.query("SELECT min(id)::integer, count(*) FROM audit_log")
      #expect(try left[0].decode(Int.self, Int.self) == (21, 20))
      try await prune(at: Self.now.addingTimeInterval(31 * 86_400))
      let empty = try await bed.verify(expecting: end.hash)
      #expect(empty.isRight && empty.dropped == 4 && empty.blocks == 0)
      try await bed.write(3)
      try await bed.seal()
      #expect(try await bed.verify().head?.block == 5)
    }
  }

  @Test func whatWasThereBeforeIsSealedToo() async throws {
    let older = usersSchema.filter { $0.module != "audit" }
    try await TestDatabase.with(migrations: older) { database in
      let bed = Bed(pool: database.pool, runner: TransactionRunner(database.pool))
      try await bed.write(2_500)
      try await bed.pool.query("DELETE FROM audit_log WHERE id % 3 = 0")
      try await Migrator(usersSchema).run(on: bed.pool)
      try await bed.write(1)
      let open = try await bed.verify()
      try await bed.seal()
      let report = try await bed.verify()
      #expect(open.unsealed == 1_668 && report.isRight && report.entries == 1_668)
    }
  }

  @Test("Many entries are not counted for a page; the last page tells how many there are")
  func pages() async throws {
    try await with { (bed) async throws in
      try await bed.write(25)
      let log = AuditLogStore(pool: bed.pool, few: 10)
      func page(_ start: Int, _ condition: SQL = "true") async throws -> AuditLogStore.Page {
        try await log.page(start: start, limit: 5, where: condition, order: "ORDER BY a.id DESC")
      }
      let first = try await page(0)
      #expect(first.records.map(\.id) == [25, 24, 23, 22, 21])
      #expect(first.isEstimated && first.total > 5)
      for start in [20, 25, 100] {
        let last = try await page(start)
        #expect(!last.isEstimated && last.total == 25, "\(start)")
      }
      let few = try await page(0, "a.id <= 7")
      #expect(!few.isEstimated && few.total == 7)
    }
  }

  @Test func linesOfJSONAreExported() async throws {
    try await with { (bed) async throws in
      try await bed.write(2)
      try await bed.write(3, at: Self.now.addingTimeInterval(86_400))
      var text = ""
      let count = try await AuditLogStore(pool: bed.pool).export(
        to: Self.now.addingTimeInterval(60)
      ) { text += $0 }
      let lines = text.split(separator: "\n")
      #expect(count == 2 && lines.count == 2)
      #expect(
        lines[0]
          == #"{"id" : 1, "dateAdded" : "2023-11-14T22:13:20+00:00", "bundle" : "thing", "object" : "thing", "objectId" : 0, "action" : "create", "userId" : 7, "userName" : "Ada", "ipAddress" : "192.0.2.1", "details" : {}}"#
      )
    }
  }
}
