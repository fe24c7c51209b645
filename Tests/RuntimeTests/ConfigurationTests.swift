import Foundation
import Testing

@testable import Runtime

@Suite struct ConfigurationTests {
  func load(
    _ environment: [String: String], _ role: ProcessConfiguration.Role = .worker
  ) throws -> ProcessConfiguration {
    try ProcessConfiguration.load(role, environment: environment)
  }

  func problems(_ environment: [String: String]) -> [String] {
    do {
      _ = try load(environment)
      return []
    } catch let error as ConfigurationError {
      return error.problems.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func nothingSetGivesTheDocumentedDefaults() throws {
    let configuration = try load([:])
    #expect(configuration.databaseURL == "postgres://localhost/martlet")
    #expect(configuration.databasePool == 8)
    #expect(configuration.redisURL == "redis://localhost:6379/0")
    #expect(configuration.redisPrefix == "martlet")
    #expect(configuration.httpHost == "127.0.0.1")
    #expect(configuration.httpPort == 8080)
    #expect(configuration.siteURL == "http://localhost:8080")
    #expect(configuration.mailTransport == "maildir:.martlet/mail")
    #expect(configuration.workerQueues == nil)
    #expect(configuration.workerConcurrency == 2 * ProcessInfo.processInfo.activeProcessorCount)
    #expect(configuration.drainTimeout == .seconds(25))
    #expect(configuration.logLevel == .info)
    #expect(configuration.secret == nil)
    #expect(!configuration.testClock)
    #expect(configuration.warnings.isEmpty)
  }

  @Test(arguments: [
    (ProcessConfiguration.Role.api, 9080), (.worker, 9081), (.scheduler, 9082),
  ])
  func eachProcessHasAnOperatorsPort(_ role: ProcessConfiguration.Role, _ port: Int) throws {
    #expect(try load([:], role).adminPort == port)
    #expect(try load(["MARTLET_ADMIN_PORT": "0"], role).adminPort == 0)
  }

  @Test func theOperatorsPortIsNotOpenedWithTheAPI() throws {
    #expect(try load(["MARTLET_HTTP_HOST": "0.0.0.0"]).adminHost == "127.0.0.1")
    #expect(try load(["MARTLET_ADMIN_HOST": "::1"]).adminHost == "::1")
  }

  @Test(arguments: ["0s", "500ms", "25h", "9223372036854775807", "soon"])
  func theTimeOfARequestIsBounded(_ text: String) throws {
    #expect(try load([:]).requestTimeout == .seconds(30))
    #expect(problems(["MARTLET_REQUEST_TIMEOUT": text]).count == 1)
  }

  @Test func everyProblemIsNamedAtOnce() {
    let found = problems([
      "MARTLET_DATABASE_POOL": "none", "MARTLET_HTTP_PORT": "70000",
      "MARTLET_ENVIRONMENT": "production", "MARTLET_TEST_CLOCK": "1",
      "MARTLET_SECRET": "short", "MARTLET_DRAIN_TIMEOUT": "soon",
      "MARTLET_LOG_LEVEL": "loud", "MARTLET_DATABSE_URL": "postgres://x",
    ])
    let variables = Set(found.map { String($0.prefix { $0 != ":" }) })
    #expect(
      variables == [
        "MARTLET_DATABASE_POOL", "MARTLET_HTTP_PORT", "MARTLET_TEST_CLOCK", "MARTLET_SECRET",
        "MARTLET_DRAIN_TIMEOUT", "MARTLET_LOG_LEVEL", "MARTLET_DATABSE_URL",
      ])
    #expect(found.allSatisfy { !$0.contains("\n") })
  }

  @Test func aBadURLIsRefusedWithoutShowingItsPassword() {
    let found = problems([
      "MARTLET_REDIS_URL": "http://u:hunter2@host", "MARTLET_DATABASE_URL": "mysql://u:hunter2@h",
    ])
    #expect(found.count == 2)
    #expect(!found.joined().contains("hunter2"))
  }

  @Test(arguments: ["test", "production"])
  func outsideDevelopmentASecretIsRequired(_ environment: String) throws {
    let without = problems(["MARTLET_ENVIRONMENT": environment])
    #expect(without.count == 1 && without[0].hasPrefix("MARTLET_SECRET: is required"))
    let secret = String(repeating: "s", count: 32)
    let configuration = try load(["MARTLET_ENVIRONMENT": environment, "MARTLET_SECRET": secret])
    #expect(configuration.secret == secret)
  }

  @Test func anAPIElsewhereComesWithItsLogin() throws {
    #expect(try load(["MARTLET_API_USER": "ada"]).api.url == nil)
    let api = try load(["MARTLET_API_URL": "https://m.example/", "MARTLET_API_USER": "ada"]).api
    #expect(api.url == "https://m.example" && api.user == "ada" && api.password == nil)
    #expect(problems(["MARTLET_API_URL": "m.example"]).count == 1)
  }

  @Test func queuesKeepTheirOrderAndWeights() throws {
    let configuration = try load(["MARTLET_WORKER_QUEUES": "mail, imports=2,default"])
    #expect(
      configuration.workerQueues == [
        .init(name: "mail", weight: nil), .init(name: "imports", weight: 2),
        .init(name: "default", weight: nil),
      ])
    #expect(try load(["MARTLET_WORKER_QUEUES": "all"]).workerQueues == nil)
  }

  @Test(arguments: ["mail,,x", "mail=0", "mail=x", "a,a", "{x}", "a=1=2"])
  func badQueuesAreRefused(_ text: String) {
    #expect(problems(["MARTLET_WORKER_QUEUES": text]).count == 1)
  }

  @Test func anUnknownNameWarnsAndSuggests() throws {
    let configuration = try load(["MARTLET_REDIS_ULR": "redis://x"])
    #expect(
      configuration.warnings.map(\.description) == [
        "MARTLET_REDIS_ULR: is not a variable of Martlet; did you mean MARTLET_REDIS_URL?"
      ])
  }

  @Test func aPlatformsOwnVariablesArePassedOver() throws {
    let configuration = try load([
      "MARTLET_API_SERVICE_HOST": "10.0.0.1", "MARTLET_API_PORT": "tcp://10.0.0.1:80",
      "MARTLET_API_PORT_80_TCP_ADDR": "10.0.0.1", "MARTLET_TEST_REDIS_URL": "redis://x",
    ])
    #expect(configuration.warnings.isEmpty)
  }

  @Test func theEnvironmentWinsOverTheFile() throws {
    let path = try write(
      """
      # a comment
      MARTLET_HTTP_PORT=8181
      export MARTLET_REDIS_PREFIX="from-file"

      """)
    defer { remove(path) }
    let configuration = try load(["MARTLET_CONFIG": path, "MARTLET_HTTP_PORT": "8282"])
    #expect(configuration.httpPort == 8282)
    #expect(configuration.redisPrefix == "from-file")
  }

  @Test func aFilesMistakesAreNamedWithTheirLines() throws {
    let path = try write(
      "MARTLET_HTTP_PRT=1\nnonsense\nMARTLET_HTTP_PORT=1\nMARTLET_HTTP_PORT=2\n")
    defer { remove(path) }
    let found = problems(["MARTLET_CONFIG": path])
    #expect(found.count == 3)
    #expect(found[0].hasPrefix("MARTLET_HTTP_PRT:") && found[0].contains("line 1"))
    #expect(found[1].contains("line 2"))
    #expect(found[2].hasPrefix("MARTLET_HTTP_PORT:") && found[2].contains("line 4"))
  }

  @Test func aMissingFileIsAProblem() {
    #expect(
      problems(["MARTLET_CONFIG": "/nonexistent/martlet.env"]) == [
        "MARTLET_CONFIG: cannot read /nonexistent/martlet.env: no such file"
      ])
  }

  private func write(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "martlet-\(UUID().uuidString).env"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func remove(_ path: String) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Issue.record(error)
    }
  }
}

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("25", 25.0), ("25s", 25), ("500ms", 0.5), ("2m", 120), ("1h30m", 5400), ("1h 30m", 5400),
    ("2d", 172_800), ("1w", 604_800), ("0", 0), ("1.5h", 5400), ("PT1H30M", 5400), ("P1D", 86_400),
    ("P1DT12H", 129_600), ("pt0.5s", 0.5),
  ])
  func readsWhatPeopleWrite(_ text: String, _ seconds: Double) {
    #expect(DurationText.parse(text)?.seconds == seconds)
  }

  @Test(arguments: ["", "soon", "-5", "5x", "P", "PT", "P1H", "1h30", "inf", "nan", "1e300", "h"])
  func refusesTheRest(_ text: String) {
    #expect(DurationText.parse(text) == nil)
  }
}
