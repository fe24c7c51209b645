package import Foundation

/// Reads what PostgreSQL knows of itself.
package struct PostgresServerStore: Sendable {
  let pool: PostgresPool

  /// Creates a reader of the server behind a pool.
  package init(_ pool: PostgresPool) { self.pool = pool }

  /// The server's settings by name, and `in_recovery`: `on` for a standby.
  package func settings() async throws -> [String: String] {
    var values: [String: String] = [:]
    for row in try await pool.query("SELECT name, setting FROM pg_settings") {
      values[try row.decode("name")] = try row.decode("setting", as: String.self)
    }
    values["in_recovery"] = try await isStandby() ? "on" : "off"
    return values
  }

  /// Connections of clients to any database.
  package func connectionsInUse() async throws -> Int {
    try await pool.query("SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL")[0]
      .decode(at: 0, as: Int.self)
  }

  /// The server's time.
  package func time() async throws -> Date {
    try await pool.query("SELECT clock_timestamp()")[0].decode(at: 0, as: Date.self)
  }

  private func isStandby() async throws -> Bool {
    try await pool.query("SELECT pg_is_in_recovery()")[0].decode(at: 0, as: Bool.self)
  }

  /// The figures of the server and of this database.
  package func figures() async throws -> PostgresFigures {
    let row = try await pool.query(
      """
      SELECT current_setting('server_version') AS version, pg_postmaster_start_time() AS started,
        pg_is_in_recovery() AS standby, pg_database_size(current_database()) AS size,
        current_setting('max_connections')::bigint AS most,
        d.xact_commit AS commits, d.xact_rollback AS rollbacks, d.deadlocks, d.temp_bytes,
        d.blks_hit::float8 / nullif(d.blks_hit + d.blks_read, 0) AS hits,
        (SELECT age(datfrozenxid)::bigint FROM pg_database WHERE datname = current_database()) AS age
      FROM pg_stat_database d WHERE d.datname = current_database()
      """)[0]
    var connections: [String: Int] = [:]
    for row in try await pool.query(
      """
      SELECT coalesce(state, 'unknown') AS state, count(*) AS n FROM pg_stat_activity
      WHERE datname IS NOT NULL GROUP BY 1
      """)
    { connections[try row.decode("state")] = try row.decode("n", as: Int.self) }
    let isStandby: Bool = try row.decode("standby")
    return PostgresFigures(
      version: try row.decode("version"), started: try row.decode("started"), isStandby: isStandby,
      databaseBytes: try row.decode("size"), connections: connections,
      maximumConnections: try row.decode("most"), commits: try row.decode("commits"),
      rollbacks: try row.decode("rollbacks"), deadlocks: try row.decode("deadlocks"),
      temporaryBytes: try row.decode("temp_bytes"), cacheHits: try row.decode("hits"),
      transactionAge: try row.decode("age"),
      replicas: isStandby ? [] : try await replicas())
  }

  /// The standbys that follow this server.
  private func replicas() async throws -> [PostgresFigures.Replica] {
    try await pool.query(
      """
      SELECT coalesce(application_name, '') AS name, coalesce(state, 'unknown') AS state,
        coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint AS behind,
        extract(epoch FROM replay_lag)::float8 AS lag
      FROM pg_stat_replication ORDER BY 1 LIMIT 50
      """
    ).map {
      PostgresFigures.Replica(
        name: try $0.decode("name"), state: try $0.decode("state"),
        bytesBehind: try $0.decode("behind"), secondsBehind: try $0.decode("lag"))
    }
  }

  /// The largest tables of this database, with what vacuum has left to do in each.
  package func tables(limit: Int) async throws -> [PostgresTable] {
    try await pool.query(
      """
      SELECT relname::text AS name, pg_total_relation_size(relid) AS bytes,
        pg_indexes_size(relid) AS indexes, n_live_tup AS live, n_dead_tup AS dead,
        greatest(last_vacuum, last_autovacuum) AS vacuumed,
        greatest(last_analyze, last_autoanalyze) AS analyzed
      FROM pg_stat_user_tables ORDER BY bytes DESC, relname LIMIT \(limit)
      """
    ).map {
      PostgresTable(
        name: try $0.decode("name"), bytes: try $0.decode("bytes"),
        indexBytes: try $0.decode("indexes"), liveRows: try $0.decode("live"),
        deadRows: try $0.decode("dead"), vacuumed: try $0.decode("vacuumed"),
        analyzed: try $0.decode("analyzed"))
    }
  }

  /// The statements that run for longer than a time, or in a transaction that is open for longer; the oldest first.
  package func slowStatements(over seconds: Double, limit: Int) async throws -> [PostgresStatement]
  {
    try await pool.query(
      """
      SELECT pid::bigint AS pid, coalesce(application_name, '') AS process,
        coalesce(state, 'unknown') AS state, coalesce(wait_event_type, '') AS waits,
        left(query, 400) AS text, cardinality(pg_blocking_pids(pid)) > 0 AS blocked,
        extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start))::float8 AS age
      FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND state <> 'idle' AND backend_type = 'client backend'
        AND coalesce(xact_start, query_start) < clock_timestamp() - make_interval(secs => \(seconds))
      ORDER BY age DESC LIMIT \(limit)
      """
    ).map {
      PostgresStatement(
        process: try $0.decode("process"), serverProcess: try $0.decode("pid"),
        state: try $0.decode("state"), waitsFor: try $0.decode("waits"),
        isBlocked: try $0.decode("blocked"), text: try $0.decode("text"),
        seconds: try $0.decode("age"))
    }
  }

  /// The statements that took most time in all, by the extension `pg_stat_statements`; nil without it.
  package func costliestStatements(limit: Int) async throws -> [PostgresStatementTotal]? {
    let isThere = try await pool.query(
      """
      SELECT EXISTS (SELECT 1 FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE extname = 'pg_stat_statements' AND n.nspname = ANY(current_schemas(true)))
        AND position('pg_stat_statements' IN current_setting('shared_preload_libraries')) > 0
      """)[0].decode(at: 0, as: Bool.self)
    guard isThere else { return nil }
    return try await pool.query(
      """
      SELECT left(query, 400) AS text, calls, total_exec_time / 1000 AS total,
        mean_exec_time AS mean
      FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY total_exec_time DESC LIMIT \(limit)
      """
    ).map {
      PostgresStatementTotal(
        text: try $0.decode("text"), calls: try $0.decode("calls"),
        totalSeconds: try $0.decode("total"), meanMilliseconds: try $0.decode("mean"))
    }
  }
}
