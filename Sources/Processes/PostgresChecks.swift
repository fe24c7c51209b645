import Foundation
import JobQueue
import Postgres

/// PostgreSQL: version, safety settings, room for connections, schema.
struct PostgresChecks {
  private let pool: PostgresPool
  private let jobs: JobClient
  private let server: PostgresServerStore
  private let connectionsPerProcess: Int

  init(_ backends: Backends) {
    pool = backends.postgres
    jobs = backends.jobs
    server = PostgresServerStore(pool)
    connectionsPerProcess = backends.configuration.databasePool
  }

  func run() async -> [Finding] {
    do {
      let settings = try await server.settings()
      let drift = try await ClockDrift.measure { try await server.time() }
      var findings = [Self.version(settings, place: pool.configuration.place)]
      if try await !pool.keepsSessions() {
        findings.append(
          .failure(
            "PostgreSQL sessions", "a pooler shares server processes among sessions",
            mend: "set its pool_mode to session, or name the server in MARTLET_DATABASE_URL"))
      }
      findings += Self.safety(settings)
      findings.append(
        Self.connections(
          settings, inUse: try await server.connectionsInUse(), perProcess: connectionsPerProcess))
      findings.append(drift.finding("PostgreSQL's clock"))
      findings.append(await writing())
      findings += Self.schema(try await Schema.migrator.status(on: pool))
      return findings
    } catch {
      return [
        .failure(
          "PostgreSQL", Problem.text(of: error),
          mend: "start the server, or correct MARTLET_DATABASE_URL")
      ]
    }
  }

  /// Whether the server takes writes: its disk may be full, or its role may have changed.
  private func writing() async -> Finding {
    do {
      try await jobs.probeDatabaseWrites()
      return .ok("PostgreSQL writes", "taken")
    } catch {
      return .failure(
        "PostgreSQL writes", "refused: \(Problem.text(of: error))",
        mend: "jobs wait until it takes them: look at its disk, its role, its timeouts and its log")
    }
  }

  /// The server's version; 14 is the oldest that works.
  /// - Parameters:
  ///   - settings: The server's settings by name.
  ///   - place: The server's host, port and database.
  static func version(_ settings: [String: String], place: String) -> Finding {
    let number = settings["server_version_num"].flatMap(Int.init) ?? 0
    let text = "version \(settings["server_version"] ?? "unknown") at \(place)"
    guard number >= 140_000 else {
      return .failure("PostgreSQL", text, mend: "upgrade the server to version 14 or newer")
    }
    return .ok("PostgreSQL", text)
  }

  /// Settings that decide whether committed work survives, and whether tables stay small.
  static func safety(_ settings: [String: String]) -> [Finding] {
    var findings: [Finding] = []
    if settings["in_recovery"] == "on" {
      findings.append(
        .failure(
          "PostgreSQL role", "a standby, which takes no writes",
          mend: "point MARTLET_DATABASE_URL at the primary server"))
    }
    for name in ["fsync", "full_page_writes"] where settings[name] == "off" {
      findings.append(
        .failure(
          "PostgreSQL \(name)", "off: a crash of its machine can lose or damage data",
          mend: "ALTER SYSTEM SET \(name) = on; SELECT pg_reload_conf()"))
    }
    if settings["synchronous_commit"] == "off" {
      findings.append(
        .warning(
          "PostgreSQL synchronous_commit", "off: a crash can lose the last commits",
          mend: "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf()"))
    }
    if settings["autovacuum"] == "off" {
      findings.append(
        .failure(
          "PostgreSQL autovacuum", "off: tables of jobs will grow for ever",
          mend: "ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf()"))
    }
    if settings["server_encoding"] != "UTF8" {
      findings.append(
        .failure(
          "PostgreSQL encoding", settings["server_encoding"] ?? "unknown",
          mend: "create the database anew with ENCODING 'UTF8' TEMPLATE template0"))
    }
    // The unit is a megabyte; the server's default is 1024.
    if let size = settings["max_wal_size"].flatMap(Int.init), size < 2048 {
      findings.append(
        .warning(
          "PostgreSQL max_wal_size", "\(size) MB: large imports will force many checkpoints",
          mend: "ALTER SYSTEM SET max_wal_size = '4GB'; SELECT pg_reload_conf()"))
    }
    if findings.isEmpty { findings.append(.ok("PostgreSQL settings", "safe")) }
    return findings
  }

  /// Whether another process can still connect.
  static func connections(
    _ settings: [String: String], inUse: Int, perProcess: Int
  ) -> Finding {
    let maximum = settings["max_connections"].flatMap(Int.init) ?? 0
    let text = "\(inUse) of \(maximum) in use, \(perProcess) for each process"
    guard maximum - inUse >= perProcess else {
      return .warning(
        "PostgreSQL connections", text,
        mend:
          "raise max_connections, lower MARTLET_DATABASE_POOL, or put a pooler in session mode in between"
      )
    }
    return .ok("PostgreSQL connections", text)
  }

  /// Migrations that are missing, or that a newer version has applied.
  static func schema(_ status: [Migrator.Status]) -> [Finding] {
    let pending = status.filter { $0.isKnown && $0.appliedAt == nil }.map(\.name)
    let newer = status.filter { !$0.isKnown }.map(\.name)
    var findings: [Finding] = []
    if !pending.isEmpty {
      findings.append(
        .failure(
          "schema", "\(pending.count) migrations are pending, \(pending[0]) first",
          mend: "run `martlet migrate`"))
    }
    if !newer.isEmpty {
      findings.append(
        .warning(
          "schema", "\(newer.count) migrations of a newer version have run, such as \(newer[0])",
          mend: "upgrade this machine to the version that ran them"))
    }
    if findings.isEmpty {
      findings.append(.ok("schema", "up to date, \(status.count) migrations"))
    }
    return findings
  }
}
