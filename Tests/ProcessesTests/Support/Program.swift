import Foundation
import TestSupport

/// The built programs, run as an operator runs them.
enum Program {
  /// The outcome of a program.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The output read as JSON.
    func json<T: Decodable>(_ type: T.Type) throws -> T {
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      return try decoder.decode(type, from: Data(output.utf8))
    }
  }

  /// The folder of the programs: beside the tests unless configured otherwise.
  static var folder: String {
    ProcessInfo.processInfo.environment["MARTLET_TEST_BIN"]
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
  }

  /// Runs a program to its end.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String], input: String = ""
  ) async throws -> Outcome {
    let scratch = FileManager.default.temporaryDirectory.appending(
      path: "martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    func file(_ name: String) -> URL { scratch.appending(path: name) }
    for name in ["out", "err"] { try Data().write(to: file(name)) }
    try Data(input.utf8).write(to: file("in"))
    let status = try await ChildProcess.run(
      "\(folder)/\(name)", arguments, environment: clean(environment),
      files: (file("in"), file("out"), file("err")))
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
    }
    let outcome = Outcome(
      status: Int32(status), output: try text("out"), errors: try text("err"))
    try FileManager.default.removeItem(at: scratch)
    return outcome
  }

  /// The test's own environment without variables that would configure a program, plus
  /// `environment`.
  static func clean(_ environment: [String: String]) -> [String: String] {
    ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MARTLET_") }
      .merging(environment) { $1 }
  }
}

/// A database and a key prefix in Redis for one test, and the command line on them.
struct Workbench: Sendable {
  let database: TestDatabase
  let redis: TestRedis

  var environment: [String: String] {
    [
      "MARTLET_DATABASE_URL": database.url, "MARTLET_REDIS_URL": redis.url,
      "MARTLET_REDIS_PREFIX": redis.prefix, "MARTLET_ADMIN_PORT": "0", "MARTLET_HTTP_PORT": "0",
    ]
  }

  /// Creates them, runs the body, and removes them.
  static func with(migrated: Bool = true, _ body: (Workbench) async throws -> Void) async throws {
    let redis = try TestRedis()
    try await TestDatabase.with { database in
      let bench = Workbench(database: database, redis: redis)
      if migrated { _ = try await bench.martlet("migrate") }
      try await body(bench)
    }
    try await redis.cleanup()
  }

  /// Runs `martlet` to its end.
  func martlet(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) async throws -> Program.Outcome {
    try await Program.run(
      "martlet", arguments, environment: self.environment.merging(environment) { $1 },
      input: input)
  }
}
