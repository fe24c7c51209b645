public import FoundationEssentials

/// Brings a database's schema up to date. Any number of processes may run it at the same time: one
/// does the work, the others wait and find it done.
public struct Migrator: Sendable {
  /// The state of a migration.
  public struct Status: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// The time it was applied; `nil` if it was not.
    public let appliedAt: Date?
    /// False for one that the database knows and this program does not: a newer program applied it.
    public let isKnown: Bool
  }

  private let migrations: [Migration]

  /// Prepares the migrations, in the order they are to be applied.
  public init(_ migrations: [Migration]) { self.migrations = migrations }

  /// Applies what is missing.
  /// - Returns: the names of the migrations that were applied now.
  /// - Throws: `.migration` if an applied one was changed since, if one is missing in front of an
  ///   applied one of its module, or if names repeat; the server's error if a statement fails.
  @discardableResult
  public func run(on pool: PostgresPool) async throws -> [String] {
    try checkNames()
    // A connection of its own, for a migration may take any time.
    var configuration = pool.configuration
    configuration.maximumConnections = 1
    configuration.statementTimeout = nil
    configuration.idleInTransactionTimeout = nil
    let own = PostgresPool(configuration, logger: pool.logger)
    let result: Result<[String], any Error>
    do {
      result = .success(try await run(own))
    } catch {
      result = .failure(error)
    }
    await own.close()
    return try result.get()
  }

  private func run(_ pool: PostgresPool) async throws -> [String] {
    try await pool.withConnection { connection in
      try await withLock(connection) {
        try await createTable(connection)
        let pending = try await plan(connection)
        for migration in pending {
          do {
            try await apply(migration, connection)
          } catch var error as PostgresError {
            error.message = "migration \(migration.name): \(error.message)"
            throw error
          }
        }
        return pending.map(\.name)
      }
    }
  }

  /// The state of every migration, without changing anything.
  public func status(on pool: PostgresPool) async throws -> [Status] {
    try await pool.withConnection { connection in
      let exists: Bool = try await connection.query(
        "SELECT to_regclass('schema_migrations') IS NOT NULL")[0].decode(at: 0)
      var applied: [(String, Date)] = []
      if exists {
        for row in try await connection.query(
          "SELECT name, applied_at FROM schema_migrations ORDER BY applied_at, name")
        {
          applied.append(try row.decode(String.self, Date.self))
        }
      }
      let dates = Dictionary(applied, uniquingKeysWith: { first, _ in first })
      let known = Set(migrations.map(\.name))
      return migrations.map {
        Status(name: $0.name, appliedAt: dates[$0.name], isKnown: true)
      }
        + applied.filter { !known.contains($0.0) }.map {
          Status(name: $0.0, appliedAt: $0.1, isKnown: false)
        }
    }
  }

  private func checkNames() throws(PostgresError) {
    var seen: Set<String> = []
    for migration in migrations where !seen.insert(migration.name).inserted {
      throw PostgresError(.migration, "two migrations are named \(migration.name)")
    }
  }

  /// Runs the body while no other process migrates. The lock is polled instead of waited for: a
  /// session that waits inside a statement would hold up `CREATE INDEX CONCURRENTLY`, which waits
  /// for all statements to end.
  private func withLock<R: Sendable>(
    _ connection: PostgresConnection, _ body: () async throws -> R
  ) async throws -> R {
    while try await !connection.tryLockForSession(.migrations) {
      try await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
    }
    // The lock ends with the session.
    return try await body()
  }

  private func createTable(_ connection: PostgresConnection) async throws {
    try await connection.query(
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (
        name text PRIMARY KEY,
        checksum bytea NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )
      """)
  }

  /// The migrations still to be applied, after checking that the database's history is ours.
  private func plan(_ connection: PostgresConnection) async throws -> [Migration] {
    let rows = try await connection.query(
      """
      SELECT known.name, applied.name IS NOT NULL,
        applied.checksum = sha256(convert_to(known.sql, 'UTF8'))
      FROM unnest(\(migrations.map(\.name)), \(migrations.map(\.sql)))
        WITH ORDINALITY AS known (name, sql, place)
      LEFT JOIN schema_migrations applied USING (name)
      ORDER BY known.place
      """)
    var pending: [Migration] = []
    for (migration, row) in zip(migrations, rows) {
      let (_, isApplied, isSame) = try row.decode(String.self, Bool.self, Bool?.self)
      guard isApplied else {
        pending.append(migration)
        continue
      }
      guard isSame ?? false else {
        throw PostgresError(
          .migration, "migration \(migration.name) was changed after it had been applied")
      }
      if let skipped = pending.first(where: { $0.module == migration.module }) {
        throw PostgresError(
          .migration,
          "migration \(skipped.name) stands before \(migration.name), which is applied already")
      }
    }
    return pending
  }

  private func apply(_ migration: Migration, _ connection: PostgresConnection) async throws {
    let note: SQL = """
      INSERT INTO schema_migrations (name, checksum)
      VALUES (\(migration.name), sha256(convert_to(\(migration.sql), 'UTF8')))
      """
    if migration.transactional {
      try await connection.transaction { transaction in
        try await transaction.execute(script: migration.sql)
        try await transaction.query(note)
      }
    } else {
      for statement in SQLScript.statements(in: migration.sql) {
        try await connection.execute(script: statement)
      }
      try await connection.query(note)
    }
  }
}
