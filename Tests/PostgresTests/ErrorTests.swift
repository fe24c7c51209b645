import Postgres
import TestSupport
import Testing

@Suite struct ErrorTests {
  private func failure(
    _ body: () async throws(PostgresError) -> some Any
  ) async -> PostgresError? {
    do throws(PostgresError) {
      _ = try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test func constraintsAreNamedAndRowsAreNot() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query(
        "CREATE TABLE people (email text CONSTRAINT one_email UNIQUE, age integer CHECK (age > 0))")
      try await pool.query("INSERT INTO people VALUES ('ann@secret.example', 3)")
      let error = await failure { () async throws(PostgresError) in
        try await pool.query("INSERT INTO people VALUES (\("ann@secret.example"), 3)")
      }
      #expect(error?.code == .server)
      #expect(error?.sqlState == .uniqueViolation)
      #expect(error?.constraint == "one_email")
      #expect(error?.table == "people")
      #expect(error?.detail?.contains("secret.example") == true)
      #expect(error?.description.contains("secret") == false)
      #expect(error?.debugDescription.contains("secret") == true)
      #expect(error?.mayHaveBeenApplied == false)
      #expect(error?.isRetryable == false)
    }
  }

  @Test(arguments: [
    "SELECT 'secret'::integer", "SELECT 'secret'::date", "SELECT 'secret'::uuid",
    "SELECT '99999999999999999999secret'::bigint", "SELECT 'secret'::varchar(3)::integer",
    "SELECT ('{\"a\": secret}')::jsonb", "DO $$ BEGIN RAISE EXCEPTION 'no \"secret\" here'; END $$",
  ])
  func valuesStayOutOfDescriptions(text: String) async throws {
    try await TestDatabase.with { database in
      let error = await failure { () async throws(PostgresError) in
        try await database.pool.query(SQL(unsafeText: text))
      }
      #expect(error?.code == .server)
      #expect(error?.description.contains("sec") == false)
    }
  }

  @Test func deferredConstraintsFailTheStatementThatCommits() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE a (id bigint PRIMARY KEY)")
      try await pool.query(
        "CREATE TABLE b (a bigint REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
      // The statement succeeds, its commit does not.
      for _ in 0..<3 {
        let error = await failure { () async throws(PostgresError) in
          try await pool.query("INSERT INTO b VALUES (\(7))")
        }
        #expect(error?.sqlState?.rawValue == "23503")
        let inPipeline = await failure { () async throws(PostgresError) in
          try await pool.pipeline(["INSERT INTO b VALUES (8)", "SELECT 1"])
        }
        #expect(inPipeline?.sqlState?.rawValue == "23503")
      }
      await #expect(throws: PostgresError.self) {
        try await pool.transaction { try await $0.query("INSERT INTO b VALUES (9)") }
      }
      #expect(try await pool.query("SELECT count(*) FROM b")[0].decode(at: 0, as: Int.self) == 0)
      #expect(pool.statistics.open == 1, "the connection survived all of it")
    }
  }

  @Test func statementTimeoutEndsTheStatement() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url)
      configuration.statementTimeout = .milliseconds(500)
      let pool = PostgresPool(configuration, logger: .silent)
      let error = await failure { () async throws(PostgresError) in
        try await pool.query("SELECT pg_sleep(30)")
      }
      #expect(error?.code == .timeout)
      #expect(error?.sqlState == .queryCanceled)
      #expect(try await pool.query("SELECT 1").count == 1)
      await pool.close()
    }
  }

  @Test func lockTimeoutEndsTheWait() async throws {
    try await TestDatabase.with { database in
      try await database.pool.query("CREATE TABLE t (id bigint)")
      var configuration = try PostgresConfiguration(url: database.url)
      configuration.lockTimeout = .milliseconds(50)
      let pool = PostgresPool(configuration, logger: .silent)
      try await database.pool.transaction { holder in
        try await holder.query("LOCK TABLE t")
        let error = await failure { () async throws(PostgresError) in
          try await pool.query("SELECT * FROM t")
        }
        #expect(error?.sqlState == .lockNotAvailable)
      }
      await pool.close()
    }
  }

  @Test func idleTransactionsLoseTheirSession() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url)
      configuration.idleInTransactionTimeout = .milliseconds(30)
      let pool = PostgresPool(configuration, logger: .silent)
      await #expect(throws: PostgresError.self) {
        try await pool.transaction(retries: 0) { connection in
          let process = await connection.processID
          try await connection.query("SELECT 1")
          #expect(
            try await eventually {
              try await database.pool.query(
                "SELECT FROM pg_stat_activity WHERE pid = \(process)"
              ).isEmpty
            })
          try await connection.query("SELECT 1")
        }
      }
      #expect(try await pool.query("SELECT 1").count == 1)
      await pool.close()
    }
  }

  @Test func tooManyParametersAndCopyInAQueryAreRefused() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (id bigint)")
      let list = (0..<65_536).map { number -> SQL in "\(number)" }.joined(separator: ",")
      let many = await failure { () async throws(PostgresError) in
        try await pool.query("SELECT \(sql: list)")
      }
      #expect(many?.code == .usage)
      for statement in ["COPY t FROM STDIN", "COPY t TO STDOUT"] {
        let error = await failure { () async throws(PostgresError) in
          try await pool.query(SQL(unsafeText: statement))
        }
        #expect(error != nil)
      }
      #expect(try await pool.query("SELECT 1").count == 1)
    }
  }

  @Test func scriptsStopAtTheFirstErrorAndLeaveNothing() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      await #expect(throws: PostgresError.self) {
        try await pool.withConnection {
          try await $0.execute(script: "CREATE TABLE a (); CREATE TABLE b (); SELECT nonsense;")
        }
      }
      let rows = try await pool.query("SELECT to_regclass('a') IS NULL")
      #expect(try rows[0].decode(at: 0, as: Bool.self))
    }
  }
}
