import Foundation
import TestSupport
import Testing

@Suite struct CommandLineTests {
  @Test func usageErrorsEndWithTwo() async throws {
    for arguments in [
      ["nonsense"], ["wait"], ["wait", "--idle", "--timeout", "soon"], ["jobs", "show", "x"],
      ["jobs", "list", "--limit", "0"], ["clock", "advance", "-5"], ["user", "add"],
      ["jobs", "purge", "--queue", "q", "--state", "running"],
    ] {
      let outcome = try await Program.run("martlet", arguments, environment: [:])
      #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains("Usage:"), "\(arguments)")
    }
  }

  @Test func helpAndVersionEndWithZero() async throws {
    let help = try await Program.run("martlet", ["--help"], environment: [:])
    #expect(help.status == 0 && help.output.contains("SUBCOMMANDS"))
    let version = try await Program.run("martlet", ["--version"], environment: [:])
    #expect(version.status == 0 && version.output.hasPrefix("0."))
  }

  @Test func aWrongConfigurationIsWrongUsage() async throws {
    let outcome = try await Program.run(
      "martlet", ["queues"], environment: ["MARTLET_HTTP_PORT": "x", "MARTLET_LOG_LEVEL": "y"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.split(separator: "\n").count == 2)
  }

  @Test func aServerOutOfReachIsAFailureInWords() async throws {
    try await Workbench.with(migrated: false) { bench in
      let outcome = try await bench.martlet(
        "clock", "show", environment: ["MARTLET_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("MARTLET_REDIS_URL"))
      #expect(!outcome.errors.contains("hunter2"))
    }
  }

  @Test func migratingTwiceAppliesOnce() async throws {
    try await Workbench.with(migrated: false) { bench in
      let pending = try await bench.martlet("migrate", "--status", "--json")
      #expect(pending.status == 1)
      let first = try await bench.martlet("migrate", "--json")
      #expect(first.status == 0)
      #expect(try first.json([String: [String]].self)["applied"]?.isEmpty == false)
      let second = try await bench.martlet("migrate", "--json")
      #expect(try second.json([String: [String]].self) == ["applied": []])
      #expect(try await bench.martlet("migrate", "--status").status == 0)
    }
  }

  @Test func manyMachinesMayMigrateAtOnce() async throws {
    try await Workbench.with(migrated: false) { bench in
      let applied = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<4 {
          group.addTask {
            let outcome = try await bench.martlet("migrate", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try outcome.json([String: [String]].self)["applied"] ?? []
          }
        }
        return try await group.reduce(into: [String]()) { $0 += $1 }
      }
      #expect(!applied.isEmpty && Set(applied).count == applied.count)
    }
  }

  @Test func usersComeAndGo() async throws {
    try await Workbench.with { bench in
      let added = try await bench.martlet(
        "user", "add", "ada", "--role", "admin", "--password-stdin", input: "correct horse\n")
      #expect(added.status == 0 && !added.output.contains("correct horse"))
      let made = try await bench.martlet("user", "add", "bob", "--json")
      let password = try made.json(User.self).password
      #expect(try #require(password).count == 24)
      let again = try await bench.martlet("user", "add", "ADA")
      #expect(again.status == 1 && again.errors.contains("taken"))
      let list = try await bench.martlet("user", "list", "--json").json([User].self)
      #expect(list.map(\.username) == ["ada", "bob"])
      #expect(list.map(\.role) == ["Administrator", "User"])
      #expect(try await bench.martlet("user", "remove", "bob").status == 0)
      #expect(try await bench.martlet("user", "remove", "bob").status == 1)
      #expect(try await bench.martlet("user", "list").output.contains("ada"))
      let blank = try await bench.martlet("user", "add", "eve", "--password-stdin")
      #expect(blank.status == 2)
    }
  }

  @Test func rolesAreMadeGivenAndTakenBack() async throws {
    try await Workbench.with { bench in
      let made = try await bench.martlet(
        "role", "create", "Editor", "--grant", "lead:leads:viewown", "--json"
      ).json(Role.self)
      #expect(made.permissions == ["lead:leads": ["viewown"]])
      let wrong = try await bench.martlet("role", "grant", "Editor", "lead:leads:view")
      #expect(wrong.status == 1 && wrong.errors.contains("viewown"))
      let granted = try await bench.martlet(
        "role", "grant", "editor", "lead:leads:editown", "point:points:full", "--json"
      ).json(Role.self)
      #expect(
        granted.permissions == ["lead:leads": ["viewown", "editown"], "point:points": ["full"]])
      #expect(
        try await bench.martlet("role", "revoke", "Editor", "point:points:full").status == 0)
      #expect(try await bench.martlet("user", "add", "bob", "--role", "Editor").status == 0)
      let used = try await bench.martlet("role", "delete", "Editor")
      #expect(used.status == 1 && used.errors.contains("Editor"))
      #expect(try await bench.martlet("user", "role", "bob", "--role", "user").status == 0)
      #expect(try await bench.martlet("role", "delete", "Editor").status == 0)
      let list = try await bench.martlet("role", "list", "--json").json([Role].self)
      #expect(list.map(\.name) == ["Administrator", "User"] && list.map(\.users) == [0, 1])
      let unknown = try await bench.martlet("role", "show", "Editor")
      #expect(unknown.status == 1 && unknown.errors.contains("Administrator"))
    }
  }

  struct Role: Decodable {
    let name: String
    let permissions: [String: [String]]
    let users: Int
  }

  @Test func passwordsAreChangedAndUsersDisabled() async throws {
    try await Workbench.with { bench in
      _ = try await bench.martlet(
        "user", "add", "ada", "--role", "admin", "--password-stdin", input: "old\n")
      // Somebody must stay who may do everything.
      #expect(try await bench.martlet("user", "disable", "ada").status == 1)
      _ = try await bench.martlet("user", "add", "root", "--role", "admin")
      let process = try RunningProcess("martlet-api", bench.environment)
      let port = try await process.port("the API is open")
      func logsIn(_ password: String) async throws -> Bool {
        try await get(port, "/api/users/self", login: "ada:\(password)").status == 200
      }
      #expect(await eventually(within: .seconds(30)) { (try? await logsIn("old")) == true })
      #expect(
        try await bench.martlet("user", "password", "ada", "--password-stdin", input: "new\n")
          .status == 0)
      #expect(await eventually(within: .seconds(10)) { (try? await logsIn("old")) == false })
      #expect(try await logsIn("new"))
      #expect(try await bench.martlet("user", "disable", "ada").status == 0)
      #expect(try await bench.martlet("user", "list").output.contains("no"))
      #expect(await eventually(within: .seconds(10)) { (try? await logsIn("new")) == false })
      #expect(try await bench.martlet("user", "enable", "ada").status == 0)
      #expect(await eventually(within: .seconds(10)) { (try? await logsIn("new")) == true })
      let made = try await bench.martlet("user", "password", "ada")
      #expect(made.status == 0 && made.output.contains("password "))
      for verb in ["password", "disable", "enable"] {
        #expect(try await bench.martlet("user", verb, "eve").status == 1)
      }
    }
  }

  struct User: Decodable {
    let username: String
    let role: String
    let password: String?
  }

  @Test func settingsAreShownAndSet() async throws {
    try await Workbench.with { bench in
      #expect(try await bench.martlet("settings", "get", "parallel_import_limit").output == "4\n")
      #expect(try await bench.martlet("settings", "set", "parallel_import_limit", "6").status == 0)
      #expect(try await bench.martlet("settings", "get", "parallel_import_limit").output == "6\n")
      #expect(
        try await bench.martlet("settings", "reset", "parallel_import_limit").output
          == "parallel_import_limit = 4\n")
      let refused = try await bench.martlet("settings", "set", "parallel_import_limit", "none")
      #expect(refused.status == 1 && refused.errors.contains("whole number"))
      #expect(try await bench.martlet("settings", "get", "nonsense").status == 1)
      #expect(try await bench.martlet("settings").output.contains("EFFECT"))
    }
  }

  struct Clock: Decodable {
    let now: String
    let offsetSeconds: Double
  }

  @Test func theClockMovesOutsideProductionOnly() async throws {
    try await Workbench.with(migrated: false) { bench in
      let set = try await bench.martlet("clock", "set", "2030-01-01T00:00:00Z", "--json")
      #expect(try set.json(Clock.self).now.hasPrefix("2030-01-01T00:00:0"))
      let advanced = try await bench.martlet("clock", "advance", "1d12h", "--json")
      #expect(try advanced.json(Clock.self).now.hasPrefix("2030-01-02T12:00:0"))
      let reset = try await bench.martlet("clock", "reset", "--json")
      #expect(try reset.json(Clock.self).offsetSeconds == 0)
      let production = try await bench.martlet(
        "clock", "advance", "1h",
        environment: [
          "MARTLET_ENVIRONMENT": "production", "MARTLET_SECRET": String(repeating: "s", count: 32),
        ])
      #expect(production.status == 1)
    }
  }

  struct Finding: Decodable {
    let check: String
    let level: String
    let mend: String?
  }

  @Test func theDoctorSaysWhatToMend() async throws {
    try await Workbench.with(migrated: false) { bench in
      let sick = try await bench.martlet("doctor", "--json")
      #expect(sick.status == 1)
      let schema = try sick.json([Finding].self).first { $0.check == "schema" }
      #expect(schema?.level == "failure" && schema?.mend == "run `martlet migrate`")
      _ = try await bench.martlet("migrate")
      let well = try await bench.martlet("doctor", "--json")
      let checks = try well.json([Finding].self)
      // A test server may be set up to forget at a power cut, which the doctor reports.
      let failures = checks.filter { $0.level == "failure" }.map(\.check)
      let forgetful: Set = ["PostgreSQL fsync", "PostgreSQL full_page_writes"]
      #expect(forgetful.isSuperset(of: failures), "\(well.output)")
      #expect(well.status == (failures.isEmpty ? 0 : 1))
      #expect(checks.contains { $0.check == "schema" && $0.level == "ok" })
      #expect(checks.contains { $0.check == "PostgreSQL" && $0.level == "ok" })
      #expect(checks.contains { $0.check == "Redis's clock" && $0.level == "ok" })
    }
  }

  @Test func theDoctorNamesServersOutOfReach() async throws {
    try await Workbench.with(migrated: false) { bench in
      let outcome = try await bench.martlet(
        "doctor", "--json",
        environment: [
          "MARTLET_REDIS_URL": "redis://127.0.0.1:1/0",
          "MARTLET_DATABASE_URL": "postgres://127.0.0.1:1/none",
        ])
      #expect(outcome.status == 1)
      let failures = try outcome.json([Finding].self).filter { $0.level == "failure" }
      #expect(failures.map(\.check) == ["PostgreSQL", "Redis"])
    }
  }
}
