import Foundation
import JobQueue
import ObjectStore
import Postgres
import Testing

@testable import Processes

/// A finding's level and check, as tests compare them.
private func levels(_ findings: [Finding]) -> [String] {
  findings.map { "\($0.level.rawValue) \($0.check)" }
}

@Suite("martlet doctor: PostgreSQL")
struct PostgresChecksTests {
  /// The settings of a well configured server.
  private static let safe = [
    "server_version": "15.6", "server_version_num": "150006", "in_recovery": "off", "fsync": "on",
    "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on",
    "server_encoding": "UTF8", "max_wal_size": "4096", "max_connections": "100",
  ]

  private func settings(_ changes: [String: String]) -> [String: String] {
    Self.safe.merging(changes) { $1 }
  }

  @Test("Version 14 is the oldest that works")
  func version() {
    let good = PostgresChecks.version(Self.safe, place: "db:5432/martlet")
    #expect(good.level == .ok && good.found == "version 15.6 at db:5432/martlet")
    let old = settings(["server_version": "13.9", "server_version_num": "130009"])
    #expect(PostgresChecks.version(old, place: "db").level == .failure)
  }

  @Test("Safe settings are one finding")
  func safety() {
    #expect(levels(PostgresChecks.safety(Self.safe)) == ["ok PostgreSQL settings"])
  }

  @Test(
    "Each setting that endangers data is reported with its remedy",
    arguments: [
      ("in_recovery", "on", "failure PostgreSQL role"),
      ("fsync", "off", "failure PostgreSQL fsync"),
      ("full_page_writes", "off", "failure PostgreSQL full_page_writes"),
      ("synchronous_commit", "off", "warning PostgreSQL synchronous_commit"),
      ("autovacuum", "off", "failure PostgreSQL autovacuum"),
      ("server_encoding", "LATIN1", "failure PostgreSQL encoding"),
      ("max_wal_size", "1024", "warning PostgreSQL max_wal_size"),
    ])
  func danger(name: String, value: String, finding: String) {
    let findings = PostgresChecks.safety(settings([name: value]))
    #expect(levels(findings) == [finding])
    #expect(findings.allSatisfy { $0.mend != nil })
  }

  @Test("There must be connections left for one more process")
  func connections() {
    #expect(PostgresChecks.connections(Self.safe, inUse: 92, perProcess: 8).level == .ok)
    #expect(PostgresChecks.connections(Self.safe, inUse: 93, perProcess: 8).level == .warning)
  }
}

@Suite("martlet doctor: Redis")
struct RedisChecksTests {
  private func findings(_ changes: [String: String]) -> [String] {
    let good = [
      "redis_version": "7.0.15", "maxmemory_policy": "noeviction", "aof_enabled": "1",
      "aof_last_write_status": "ok", "role": "master", "maxmemory": "0",
    ]
    return levels(RedisChecks.findings(good.merging(changes) { $1 }))
  }

  @Test("A well configured server")
  func good() {
    #expect(
      findings([:]) == ["ok Redis", "ok Redis maxmemory-policy", "ok Redis persistence"])
  }

  @Test("Settings that lose queued work are a failure; those that may lose it are a warning")
  func bad() {
    #expect(findings(["redis_version": "6.0.16"]).contains("failure Redis"))
    #expect(
      findings(["maxmemory_policy": "allkeys-lru"]).contains("failure Redis maxmemory-policy"))
    #expect(findings(["aof_enabled": "0"]).contains("warning Redis persistence"))
    #expect(findings(["aof_last_write_status": "err"]).contains("failure Redis persistence"))
    #expect(findings(["role": "slave"]).contains("failure Redis role"))
    #expect(
      findings(["maxmemory": "1000", "used_memory": "900"]).contains("warning Redis memory"))
  }
}

@Suite("martlet doctor: queues and clocks")
struct WorkChecksTests {
  private func queue(
    depth: Int = 0, dead: Int = 0, unknown: Int = 0, workers: Int = 1, isPaused: Bool = false
  ) throws -> QueueStatus {
    let json = """
      {"name": "mail", "depth": \(depth), "running": 0, "scheduled": 0, "dead": \(dead),
       "unknown": \(unknown), "throughputPerMinute": 0, "workers": \(workers),
       "paused": \(isPaused), "limits": {}}
      """
    return try JSONDecoder().decode(QueueStatus.self, from: Data(json.utf8))
  }

  @Test("A queue that is served has no finding")
  func served() throws {
    #expect(WorkChecks.findings(try queue(depth: 100)).isEmpty)
  }

  @Test("Jobs that no worker takes are a failure, unless the queue is paused on purpose")
  func unserved() throws {
    #expect(levels(WorkChecks.findings(try queue(depth: 1, workers: 0))) == ["failure queue mail"])
    #expect(
      levels(WorkChecks.findings(try queue(depth: 1, workers: 0, isPaused: true)))
        == ["warning queue mail"])
    #expect(
      levels(WorkChecks.findings(try queue(dead: 2, unknown: 3)))
        == ["warning queue mail", "warning queue mail"])
  }

  @Test("A clock is checked by the certain part of its offset")
  func drift() async throws {
    func level(_ seconds: Double, _ uncertainty: Double) -> Finding.Level {
      ClockDrift(seconds: seconds, uncertainty: uncertainty).finding("clock").level
    }
    #expect(level(0.05, 0) == .ok)
    #expect(level(-0.5, 0.1) == .warning)
    #expect(level(3, 0.1) == .failure)
    // A slow answer is inexact.
    #expect(level(3, 3) == .ok)
  }
}

@Suite("martlet doctor: the bucket")
struct BucketChecksTests {
  @Test("What is to be mended depends on whether the store refuses or is away; keys are not shown")
  func findings() {
    let bucket = Bucket(name: "files", region: "eu-1", accessKey: "AK", secretKey: "hidden")
    let refused = BucketChecks.finding(ObjectError(.refused, "no"), of: bucket)
    let away = BucketChecks.finding(ObjectError(.unavailable, "away"), of: bucket)
    #expect(levels([refused, away]) == ["failure bucket", "failure bucket"])
    #expect(refused.mend?.contains("MARTLET_S3_") == true)
    #expect(away.mend?.contains("start the store") == true)
    #expect(!refused.found.contains("hidden"))
  }
}
