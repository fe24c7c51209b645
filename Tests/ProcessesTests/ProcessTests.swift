import Foundation
import TestSupport
import Testing

@Suite struct ProcessTests {
  @Test(arguments: ["martlet-api", "martlet-worker", "martlet-scheduler"])
  func aBadConfigurationEndsWith78AndEveryProblem(_ program: String) async throws {
    let outcome = try await Program.run(
      program, [],
      environment: [
        "MARTLET_HTTP_PORT": "x", "MARTLET_ENVIRONMENT": "production",
        "MARTLET_DATABASE_URL": "mysql://h/d", "MARTLET_REDIS_UR": "redis://h",
      ])
    #expect(outcome.status == 78)
    let variables = outcome.errors.split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
    #expect(
      Set(variables) == [
        "MARTLET_HTTP_PORT", "MARTLET_SECRET", "MARTLET_DATABASE_URL", "MARTLET_REDIS_UR",
      ])
    #expect(variables.count == 4)
  }

  @Test(arguments: ["martlet-api", "martlet-worker", "martlet-scheduler"])
  func serversOutOfReachEndWith69(_ program: String) async throws {
    let outcome = try await Program.run(
      program, [],
      environment: [
        "MARTLET_DATABASE_URL": "postgres://127.0.0.1:1/none", "MARTLET_ADMIN_PORT": "0",
        "MARTLET_REDIS_URL": "redis://127.0.0.1:1/0", "MARTLET_STARTUP_TIMEOUT": "3s",
      ])
    #expect(outcome.status == 69)
    #expect(outcome.output.contains("waiting for postgres"))
    #expect(outcome.output.contains("waiting for redis"))
  }

  @Test func theAPIWaitsForItsSettings() async throws {
    try await Workbench.with { bench in
      let process = try await bench.database.pool.transaction { transaction in
        _ = try await transaction.query("LOCK TABLE settings IN ACCESS EXCLUSIVE MODE")
        let process = try RunningProcess("martlet-api", bench.environment)
        let waits = await eventually(within: .seconds(60)) {
          process.child.output.contains("waiting for settings")
        }
        #expect(waits, "\(process.child.output)")
        return process
      }
      let port = try await process.port()
      #expect(await eventually(within: .seconds(60)) { await ready(port) == true })
    }
  }

  @Test func withoutASchemaAProcessWaitsAndSaysSo() async throws {
    try await Workbench.with(migrated: false) { bench in
      let outcome = try await Program.run(
        "martlet-worker", [],
        environment: bench.environment.merging(["MARTLET_STARTUP_TIMEOUT": "4s"]) { $1 })
      #expect(outcome.status == 69)
      #expect(outcome.output.contains("martlet migrate"))
    }
  }

  @Test(arguments: ["martlet-api", "martlet-worker", "martlet-scheduler"], [SIGTERM, SIGINT])
  func aSignalDrainsAndEndsWithZero(_ program: String, _ signal: Int32) async throws {
    try await Workbench.with { bench in
      let process = try RunningProcess(program, bench.environment)
      let port = try await process.port()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })
      #expect(try await get(port, "/healthz").body == "ok\n")
      #expect(try await get(port, "/metrics").body.contains("process_resident_memory_bytes"))
      process.child.signal(signal)
      #expect(await eventually(within: .seconds(20)) { !process.child.isRunning })
      #expect(process.child.exitStatus == 0, "\(process.child.output)")
    }
  }

  @Test func theAPIEndsSoonThoughClientsHoldItsConnections() async throws {
    try await Workbench.with { bench in
      _ = try await bench.martlet("user", "add", "ada", "--password-stdin", input: "secret\n")
      let process = try RunningProcess("martlet-api", bench.environment)
      let port = try await process.port("the API is open")
      let login = Data("ada:secret".utf8).base64EncodedString()
      let slow = try SlowClient(port)
      // No login is asked for, then a file that never comes, then half a head.
      try slow.send(
        "POST /email/unsubscribe/x HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 500\r\n\r\n--b"
      )
      let upload = try SlowClient(port)
      try upload.send(
        "POST /api/imports/new HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \(login)\r\nContent-Type: text/csv\r\nContent-Length: 500\r\n\r\nemail\n"
      )
      let half = try SlowClient(port)
      try half.send("GET /api/contacts HT")
      #expect(try await get(port, "/api/health/live").status == 200)
      process.child.signal(SIGTERM)
      #expect(await eventually { !process.child.isRunning })
      withExtendedLifetime((slow, upload, half)) {}
    }
  }

  @Test func theOperatorsPortHasAnAddressOfItsOwn() async throws {
    try await Workbench.with { bench in
      let process = try RunningProcess(
        "martlet-api", bench.environment.merging(["MARTLET_HTTP_HOST": "0.0.0.0"]) { $1 })
      _ = try await process.port()
      let line = process.child.output.split(separator: "\n").first {
        $0.contains("operator's port is open")
      }
      #expect(line?.contains("127.0.0.1") == true)
    }
  }

  @Test func aServerThatHangsHangsNobody() async throws {
    let postgres = try await PrivatePostgres.start()
    try await Workbench.with(migrated: false) { bench in
      let environment = bench.environment.merging([
        "MARTLET_DATABASE_URL": postgres.url, "MARTLET_REQUEST_TIMEOUT": "5s",
      ]) { $1 }
      _ = try await Program.run("martlet", ["migrate"], environment: environment)
      _ = try await Program.run(
        "martlet", ["user", "add", "ada", "--password-stdin"], environment: environment,
        input: "secret\n")
      let process = try RunningProcess("martlet-api", environment)
      let port = try await process.port("the API is open")
      #expect(try await get(port, "/api/contacts", login: "ada:secret").status == 200)
      let all = try postgres.processes
      for pid in all { kill(pid, SIGSTOP) }
      let begin = ContinuousClock.now
      async let health = get(port, "/api/health")
      async let contacts = get(port, "/api/contacts", login: "ada:secret")
      #expect(try await health.status == 503)
      #expect(try await contacts.status == 503)
      // Nobody waits for the server: a bound for a machine that is busy with something else.
      #expect(ContinuousClock.now - begin < .seconds(120))
      for pid in all { kill(pid, SIGCONT) }
      #expect(
        await eventually(within: .seconds(30)) {
          (try? await get(port, "/api/contacts", login: "ada:secret").status) == 200
        })
      process.child.signal(SIGTERM)
      #expect(await eventually(within: .seconds(20)) { !process.child.isRunning })
    }
  }

  @Test func aWorkerWaitsForRedisAndGoesOn() async throws {
    let redis = try await PrivateRedis.start()
    try await Workbench.with { bench in
      let process = try RunningProcess(
        "martlet-worker", bench.environment.merging(["MARTLET_REDIS_URL": redis.url]) { $1 })
      let port = try await process.port()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })

      redis.kill()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == false })
      #expect(try await get(port, "/readyz").body.contains("\"name\":\"redis\""))
      #expect(
        await eventually(within: .seconds(30)) { process.child.output.contains("redis is out") })
      #expect(process.child.isRunning)

      try await redis.restart()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })
      #expect(process.child.isRunning)
    }
  }

  @Test func aRedisThatRefusesWritesIsMissing() async throws {
    let redis = try await PrivateRedis.start()
    try await Workbench.with { bench in
      let environment = bench.environment.merging(["MARTLET_REDIS_URL": redis.url]) { $1 }
      let process = try RunningProcess("martlet-api", environment)
      let port = try await process.port()
      let api = try await process.port("the API is open")
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })
      #expect(try await get(api, "/api/health").status == 200)

      let connection = try redis.connect()
      _ = try await connection.send("CONFIG", "SET", "maxmemory", "1")
      #expect(await eventually(within: .seconds(30)) { await ready(port) == false })
      #expect(try await get(port, "/readyz").body.contains("OOM"))
      let health = try await get(api, "/api/health")
      #expect(health.status == 503 && health.body.contains("\"redis\":\"unavailable\""))
      let doctor = try await bench.martlet("doctor", environment: environment)
      #expect(doctor.status == 1 && doctor.output.contains("Redis writes: refused"))

      _ = try await connection.send("CONFIG", "SET", "maxmemory", "0")
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })
      await connection.close()
    }
  }

  @Test(arguments: ["martlet-api", "martlet-worker"])
  func aProcessWaitsForPostgreSQLAndGoesOn(_ program: String) async throws {
    let postgres = try await PrivatePostgres.start()
    try await Workbench.with(migrated: false) { bench in
      let environment = bench.environment.merging(["MARTLET_DATABASE_URL": postgres.url]) { $1 }
      _ = try await Program.run("martlet", ["migrate"], environment: environment)
      let process = try RunningProcess(program, environment)
      let port = try await process.port()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })

      postgres.kill()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == false })
      #expect(try await get(port, "/readyz").body.contains("\"name\":\"postgres\""))
      #expect(process.child.isRunning)

      try await postgres.restart()
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })
      #expect(process.child.isRunning)
    }
  }

  @Test func aSignalEndsTheWaitOfTheStart() async throws {
    let process = try RunningProcess(
      "martlet-worker",
      [
        "MARTLET_DATABASE_URL": "postgres://127.0.0.1:1/none", "MARTLET_ADMIN_PORT": "0",
        "MARTLET_REDIS_URL": "redis://127.0.0.1:1/0",
      ])
    let port = try await process.port()
    #expect(await ready(port) == false)
    process.child.signal(SIGTERM)
    #expect(await eventually(within: .seconds(20)) { !process.child.isRunning })
    #expect(process.child.exitStatus == 0, "\(process.child.output)")
  }

  @Test func workersAreSeenByTheCommandLine() async throws {
    struct Worker: Decodable {
      let processID: Int
      let concurrency: Int
    }
    try await Workbench.with { bench in
      let process = try RunningProcess(
        "martlet-worker", bench.environment.merging(["MARTLET_WORKER_CONCURRENCY": "3"]) { $1 })
      let pid = Int(process.child.pid)
      let seen = await eventually(within: .seconds(30)) {
        let workers = try? await bench.martlet("workers", "--json").json([Worker].self)
        return workers?.contains { $0.processID == pid && $0.concurrency == 3 } ?? false
      }
      #expect(seen, "\(process.child.output)")
    }
  }
}
