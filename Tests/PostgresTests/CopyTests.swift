import Postgres
import TestSupport
import Testing

@Suite struct CopyTests {
  private struct Refusal: Error {}

  @Test(arguments: seeds) func everyTextComesBackAsItWas(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<500).map { _ in (0..<3).map { _ in random.optional { $0.text() } } }
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (n bigserial, a text, b text, c text)")
      let copied = try await pool.withConnection { connection in
        try await connection.copyIn("COPY t (a, b, c) FROM STDIN") { writer in
          for row in rows { try await writer.write(row: row) }
        }
      }
      #expect(copied == rows.count)
      let stored = try await pool.query("SELECT a, b, c FROM t ORDER BY n")
      for (row, back) in zip(rows, stored) {
        let (a, b, c) = try back.decode(String?.self, String?.self, String?.self)
        #expect([a, b, c] == row, "seed \(seed)")
      }
      // And out again, through the server's own escapes.
      var bytes: [UInt8] = []
      try await pool.withConnection { connection in
        try await connection.copyOut("COPY (SELECT a, b, c FROM t ORDER BY n) TO STDOUT") {
          bytes += $0
        }
      }
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      #expect(lines.count == rows.count)
      for (row, line) in zip(rows, lines) {
        let fields = CopyText.fields(of: line).map {
          $0.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(fields == row, "seed \(seed)")
      }
    }
  }

  @Test(arguments: seeds) func escapingIsUndoneByUnescaping(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let row = random.array(upTo: 5) { $0.optional { $0.bytes() } } + [random.bytes()]
      var line: [UInt8] = []
      var byByte: [UInt8] = []
      for (index, field) in row.enumerated() {
        if index > 0 {
          CopyText.appendSeparator(to: &line)
          CopyText.appendSeparator(to: &byByte)
        }
        if let field {
          CopyText.append(field: field, to: &line)
          CopyText.append(field: AnySequence(field), to: &byByte)
        } else {
          CopyText.appendNull(to: &line)
          CopyText.append(field: nil, to: &byByte)
        }
      }
      #expect(line == byByte)
      #expect(!line.contains(0x0A))
      #expect(CopyText.fields(of: line) == row, "seed \(seed)")
    }
  }

  @Test func bytesGoInAsHexadecimal() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (b bytea)")
      var line: [UInt8] = []
      CopyText.append(bytea: Array(0...255), to: &line)
      CopyText.appendRowEnd(to: &line)
      try await pool.withConnection { connection in
        try await connection.copyIn("COPY t FROM STDIN") { try await $0.write(line) }
      }
      let back = try await pool.query("SELECT b FROM t")[0].decode(at: 0, as: [UInt8].self)
      #expect(back == Array(0...255))
    }
  }

  @Test func aWriterThatGivesUpLeavesNothing() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a text)")
      await #expect(throws: Refusal.self) {
        try await pool.withConnection { connection in
          try await connection.copyIn("COPY t FROM STDIN") { writer in
            for _ in 0..<20_000 { try await writer.write(row: ["some row"]) }
            throw Refusal()
          }
        }
      }
      #expect(try await pool.query("SELECT FROM t").isEmpty)
      #expect(pool.statistics.open == 1, "the session survives")
    }
  }

  @Test func whatTheServerRefusesIsToldWithItsLine() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a integer)")
      let written = Locked(0)
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withConnection { connection in
          try await connection.copyIn("COPY t FROM STDIN") { writer in
            for number in 0..<3_000_000 {
              try await writer.write(row: [number == 1000 ? "secret" : "\(number)"])
              written.withLock { $0 += 1 }
            }
          }
        }
      }
      #expect(error?.sqlState?.rawValue == "22P02")
      #expect(error?.context?.contains("line 1001") == true)
      #expect(error?.description.contains("secret") == false)
      #expect(written.withLock { $0 } < 3_000_000, "it is noticed on the way")
      #expect(try await pool.query("SELECT FROM t").isEmpty)
    }
  }

  @Test func copiesInsideATransactionAreItsPart() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a text)")
      await #expect(throws: Refusal.self) {
        try await pool.transaction { connection in
          // COPY as the first statement carries BEGIN.
          try await connection.copyIn("COPY t FROM STDIN") { try await $0.write(row: ["x"]) }
          #expect(try await connection.query("SELECT FROM t").count == 1)
          throw Refusal()
        }
      }
      try await pool.transaction { connection in
        await connection.sendWithNext("INSERT INTO t VALUES ('first')")
        try await connection.copyIn("COPY t FROM STDIN") { try await $0.write(row: ["second"]) }
      }
      #expect(try await pool.query("SELECT FROM t").count == 2)
    }
  }

  @Test func aCancelledCopyLeavesNothing() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a text)")
      let started = Locked(false)
      let task = Task {
        try await pool.withConnection { connection in
          try await connection.copyIn("COPY t FROM STDIN") { writer in
            while true {
              try await writer.write(row: ["some row or other"])
              started.withLock { $0 = true }
            }
          }
        }
      }
      #expect(await eventually { started.withLock { $0 } })
      task.cancel()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.code == .cancelled || error?.sqlState == .queryCanceled)
      #expect(try await pool.query("SELECT FROM t").isEmpty)
    }
  }

  @Test func aCopyThatWaitsForALockIsCancelledToo() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a text UNIQUE)")
      try await pool.withConnection { holder in
        try await holder.execute(script: "BEGIN; INSERT INTO t VALUES ('same')")
        let process = Locked<Int32>(0)
        let task = Task {
          try await pool.withConnection { connection in
            let own = await connection.processID
            process.withLock { $0 = own }
            return try await connection.copyIn("COPY t FROM STDIN") {
              try await $0.write(row: ["same"])
            }
          }
        }
        let waits = try await eventually {
          try await pool.query(
            """
            SELECT FROM pg_stat_activity
            WHERE pid = \(process.withLock { $0 }) AND wait_event_type = 'Lock'
            """
          ).count == 1
        }
        #expect(waits)
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
      }
    }
  }

  @Test func readingMayStopBeforeTheEnd() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      var chunks = 0
      await #expect(throws: Refusal.self) {
        try await pool.withConnection { connection in
          try await connection.copyOut("COPY (SELECT generate_series(1, 100000000)) TO STDOUT") {
            #expect($0.count >= 64 * 1024)
            chunks += 1
            if chunks == 3 { throw Refusal() }
          }
        }
      }
      #expect(pool.statistics.open == 1)
      let after = try await pool.query("SELECT 1")
      #expect(after.count == 1)
    }
  }

  @Test func anEmptyCopyAndOneThatIsNone() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a text)")
      try await pool.withConnection { connection in
        #expect(try await connection.copyIn("COPY t FROM STDIN") { _ in } == 0)
        try await connection.copyOut("COPY t TO STDOUT") { _ in Issue.record("no rows, no chunks") }
        for statement: SQL in ["SELECT 1", "COPY nowhere FROM STDIN", "COPY t FROM \("STDIN")"] {
          await #expect(throws: PostgresError.self) {
            try await connection.copyIn(statement) { _ in }
          }
        }
        let usage = await #expect(throws: PostgresError.self) {
          try await connection.copyIn("COPY t FROM STDIN") { _ in
            try await connection.query("SELECT 1")
          }
        }
        #expect(usage?.code == .usage)
        #expect(try await connection.query("SELECT 1").count == 1)
      }
    }
  }
}
