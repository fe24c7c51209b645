public import Foundation
import Logging
public import Postgres
import Redis
import Synchronization

/// A whole Martlet of a test's own: its PostgreSQL, its Redis and its processes of the real
/// programs, all to be killed.
public final class Installation: Sendable {
  /// Its PostgreSQL.
  public let postgres: PrivatePostgres
  /// Its Redis.
  public let redis: PrivateRedis
  /// The test's own connections to the database.
  public let pool: PostgresPool

  private let folder: URL
  private let started = Mutex(0)

  /// Starts both servers and brings the schema up to date.
  public static func start(postgresSettings: [String] = []) async throws -> Installation {
    let installation = try await Installation(postgresSettings: postgresSettings)
    try await installation.command(["migrate"])
    return installation
  }

  private init(postgresSettings: [String]) async throws {
    postgres = try await PrivatePostgres.start(
      settings: ["shared_buffers=128MB", "max_wal_size=2GB"] + postgresSettings)
    redis = try await PrivateRedis.start()
    folder = FileManager.default.temporaryDirectory.appending(
      path: "martlet-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    pool = PostgresPool(
      try PostgresConfiguration(url: postgres.url, maximumConnections: 2), logger: logger)
  }

  deinit {
    // A leftover temporary folder is harmless.
    try? FileManager.default.removeItem(at: folder)
  }

  /// Starts one of the programs; it is killed when the value goes.
  public func spawn(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> Child {
    guard let programs = ProcessInfo.processInfo.environment["MARTLET_TEST_BIN"] else {
      throw Failure(description: "MARTLET_TEST_BIN is not set; run the tests by scripts/test")
    }
    let number = started.withLock { number in
      number += 1
      return number
    }
    return try Child(
      "\(programs)/\(program)", arguments,
      environment: [
        "MARTLET_DATABASE_URL": postgres.url, "MARTLET_REDIS_URL": redis.url,
        "MARTLET_ENVIRONMENT": "test", "MARTLET_SECRET": String(repeating: "s", count: 32),
        "MARTLET_ADMIN_PORT": "0", "MARTLET_LOG_FORMAT": "json",
        // The tests kill workers whatever they do: no job may be taken for the cause.
        "MARTLET_POISON_KILLS": "1000",
      ].merging(environment) { _, new in new },
      log: folder.appending(path: "\(number)-\(program).log"))
  }

  /// Runs the command line to its end.
  /// - Returns: its output.
  /// - Throws: ``Failure`` when it does not end with status 0 within a minute.
  @discardableResult
  public func command(
    _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> String {
    let child = try spawn("martlet", arguments, environment: environment)
    let ended = await eventually(within: .seconds(60)) { !child.isRunning }
    guard ended, child.exitStatus == 0 else {
      throw Failure(
        description: "martlet \(arguments.joined(separator: " ")): status "
          + "\(child.exitStatus.map(String.init) ?? "none"): \(child.output)")
    }
    return child.output
  }

  /// Makes a folder in the installation's folder.
  public func folder(_ name: String) throws -> URL {
    let made = folder.appending(path: name)
    try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
    return made
  }

  /// Writes a file into the installation's folder.
  public func file(_ name: String, _ contents: String) throws -> String {
    let file = folder.appending(path: name)
    try Data(contents.utf8).write(to: file)
    return file.path
  }

  /// An empty file in the installation's folder.
  public func emptyFile(_ name: String) throws -> URL {
    URL(fileURLWithPath: try file(name, ""))
  }

  /// The error of an installation that does not work.
  public struct Failure: Error, CustomStringConvertible {
    /// The failure in words.
    public let description: String

    /// Creates an error.
    public init(description: String) { self.description = description }
  }
}
