import Foundation
import JobQueue
import Postgres
import Redis

/// `/api/servers` (API page, 11.5): the health of PostgreSQL and Redis, and the clocks of all machines.
struct ServerRoutes: Sendable {
  let services: OperatorServices
  let jobs: JobClient

  /// How many tables and statements are listed.
  private static let most = 25
  /// From when on a statement is slow, in seconds.
  private static let slow = 1.0

  var routes: [Route] {
    [
      Route(.get, "/api/servers", needs: .administrator) { _ in
        async let postgres = postgres()
        async let redis = redis()
        async let clocks = clocks()
        return APIResponse(json: [
          "postgres": try await postgres, "redis": try await redis, "clocks": try await clocks,
        ])
      }.described(
        "Look at the servers", answer: "postgres:object redis:object clocks:list")
    ]
  }

  private func postgres() async throws -> JSONValue {
    let server = PostgresServerStore(jobs.postgres)
    let figures = try await server.figures()
    let tables = try await server.tables(limit: Self.most)
    let running = try await server.slowStatements(over: Self.slow, limit: Self.most)
    let costly = try await server.costliestStatements(limit: 10)
    guard case .object(var object) = JSONValue(figures) else { return .null }
    object.append("tables", .array(tables.map { JSONValue($0) }))
    object.append("slowStatements", .array(running.map { JSONValue($0) }))
    object.append(
      "costliestStatements", costly.map { .array($0.map { JSONValue($0) }) } ?? .null)
    return .object(object)
  }

  private func redis() async throws -> JSONValue {
    let info = try await jobs.redis.serverInfo()
    let slow = try await jobs.redis.slowCommands(limit: 10)
    func number(_ name: String) -> JSONValue {
      info[name].flatMap { Int($0) }.map { .int($0) } ?? .null
    }
    return [
      "version": JSONValue(info["redis_version"]), "role": JSONValue(info["role"]),
      "uptimeSeconds": number("uptime_in_seconds"), "memoryBytes": number("used_memory"),
      "peakMemoryBytes": number("used_memory_peak"), "maximumMemoryBytes": number("maxmemory"),
      "memoryPolicy": JSONValue(info["maxmemory_policy"]),
      "fragmentation": info["mem_fragmentation_ratio"].flatMap(Double.init).map { .double($0) }
        ?? .null,
      "connections": number("connected_clients"), "blockedConnections": number("blocked_clients"),
      "maximumConnections": number("maxclients"),
      "rejectedConnections": number("rejected_connections"),
      "commandsPerSecond": number("instantaneous_ops_per_sec"),
      "evictedKeys": number("evicted_keys"),
      "appendOnly": .bool(info["aof_enabled"] == "1"),
      "lastSaveOk": .bool(
        info["aof_enabled"] == "1"
          ? info["aof_last_write_status"] != "err" : info["rdb_last_bgsave_status"] != "err"),
      "replicas": .array(Self.replicas(info)),
      "slowCommands": .array(
        slow.map {
          [
            "dateRun": JSONValue(Date(timeIntervalSince1970: Double($0.secondsSince1970))),
            "milliseconds": .double(Double($0.microseconds) / 1000), "command": .string($0.name),
            "key": .string($0.key),
          ]
        }),
    ]
  }

  /// The lines `slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=1`.
  static func replicas(_ info: [String: String]) -> [JSONValue] {
    info.filter { $0.key.hasPrefix("slave") && $0.value.contains("state=") }
      .sorted { $0.key < $1.key }
      .map { _, text in
        var parts: [String: String] = [:]
        for part in text.split(separator: ",") {
          let pair = part.split(separator: "=", maxSplits: 1)
          if pair.count == 2 { parts[String(pair[0])] = String(pair[1]) }
        }
        return [
          "name": .string("\(parts["ip"] ?? "?"):\(parts["port"] ?? "?")"),
          "state": JSONValue(parts["state"]),
          "secondsBehind": parts["lag"].flatMap { Int($0) }.map { .int($0) } ?? .null,
        ]
      }
  }

  /// The servers' clocks beside this machine's, and the workers' beside Redis's.
  private func clocks() async throws -> JSONValue {
    var clocks = try await services.clocks().map { clock -> JSONValue in
      [
        "name": .string(clock.server), "kind": "server", "aheadSeconds": .double(clock.seconds),
        "uncertaintySeconds": .double(clock.uncertainty),
      ]
    }
    for worker in try await jobs.workers() {
      clocks.append([
        "name": .string(worker.id), "kind": "worker",
        "aheadSeconds": worker.clockAhead.map { .double($0) } ?? .null,
        "uncertaintySeconds": .null,
      ])
    }
    return .array(clocks)
  }
}

extension JSONValue {
  fileprivate init(_ figures: PostgresFigures) {
    self = [
      "version": .string(figures.version), "dateStarted": JSONValue(figures.started),
      "standby": .bool(figures.isStandby), "databaseBytes": .int(Int(figures.databaseBytes)),
      "connections": .object(
        JSONObject(
          figures.connections.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.int($0.value)) })),
      "maximumConnections": .int(figures.maximumConnections),
      "commits": .int(Int(figures.commits)), "rollbacks": .int(Int(figures.rollbacks)),
      "deadlocks": .int(Int(figures.deadlocks)),
      "temporaryBytes": .int(Int(figures.temporaryBytes)),
      "cacheHitShare": figures.cacheHits.map { .double($0) } ?? .null,
      "transactionAge": .int(Int(figures.transactionAge)),
      "replicas": .array(
        figures.replicas.map {
          [
            "name": .string($0.name), "state": .string($0.state),
            "bytesBehind": .int(Int($0.bytesBehind)),
            "secondsBehind": $0.secondsBehind.map { .double($0) } ?? .null,
          ]
        }),
    ]
  }

  fileprivate init(_ table: PostgresTable) {
    self = [
      "name": .string(table.name), "bytes": .int(Int(table.bytes)),
      "indexBytes": .int(Int(table.indexBytes)), "rows": .int(Int(table.liveRows)),
      "deadRows": .int(Int(table.deadRows)), "dateVacuumed": JSONValue(table.vacuumed),
      "dateAnalyzed": JSONValue(table.analyzed),
    ]
  }

  fileprivate init(_ statement: PostgresStatement) {
    self = [
      "process": .string(statement.process), "serverProcess": .int(Int(statement.serverProcess)),
      "state": .string(statement.state), "waitsFor": .string(statement.waitsFor),
      "blocked": .bool(statement.isBlocked), "statement": .string(statement.text),
      "seconds": .double(statement.seconds),
    ]
  }

  fileprivate init(_ statement: PostgresStatementTotal) {
    self = [
      "statement": .string(statement.text), "calls": .int(Int(statement.calls)),
      "totalSeconds": .double(statement.totalSeconds),
      "meanMilliseconds": .double(statement.meanMilliseconds),
    ]
  }
}
