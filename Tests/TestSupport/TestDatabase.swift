import Foundation
import Logging
public import Postgres

/// A database of a test's own on the test server, copied from a template that has the migrations.
///
/// The server is the one `MARTLET_TEST_DATABASE_URL` names; its user must be allowed to create
/// databases. What a killed test run left behind is dropped by a later run.
public final class TestDatabase: Sendable {
  /// The database's name.
  public let name: String
  /// Its address, for processes that a test starts.
  public let url: String
  /// A pool of its own.
  public let pool: PostgresPool

  private init(name: String, url: String, pool: PostgresPool) {
    self.name = name
    self.url = url
    self.pool = pool
  }

  /// Makes a database with the migrations applied.
  public static func make(
    migrations: [Migration] = [], maximumConnections: Int = 8
  ) async throws -> TestDatabase {
    let admin = try await TestServer.shared.admin()
    let template = try await TestServer.shared.template(migrations)
    let name = "martlet_test_\(TestServer.stamp())_\(TestServer.random())"
    try await admin.query(
      "CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template)")
    let url = try TestServer.url(database: name)
    let configuration = try PostgresConfiguration(
      url: url, maximumConnections: maximumConnections, applicationName: "test")
    return TestDatabase(
      name: name, url: url, pool: PostgresPool(configuration, logger: .silent))
  }

  /// Closes the pool and has the database dropped, with every session that is still connected to
  /// it. That is done in the background, for dropping makes the server write all it holds to disk.
  public func drop() async throws {
    await pool.close()
    try await TestServer.shared.dropSoon(name)
  }

  /// Creates a database, passes it to a closure and drops it.
  public static func with<R: Sendable>(
    migrations: [Migration] = [], maximumConnections: Int = 8,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (TestDatabase) async throws -> R
  ) async throws -> R {
    let database = try await make(migrations: migrations, maximumConnections: maximumConnections)
    let result: R
    do {
      result = try await body(database)
    } catch {
      try await database.drop()
      throw error
    }
    try await database.drop()
    return result
  }
}

/// The address of the test server is missing.
public struct NoTestServer: Error, CustomStringConvertible {
  /// The variable to set, in words.
  public let description: String
}

/// The test server: templates by the migrations they hold, made once a process.
actor TestServer {
  static let shared = TestServer()

  private var pool: PostgresPool?
  private var templates: [[Migration]: Task<String, any Error>] = [:]
  private var doomed: [String] = []
  private var isDropping = false

  /// A pool on the database the variable names.
  func admin() async throws -> PostgresPool {
    if let pool { return pool }
    var configuration = try PostgresConfiguration(
      url: try Self.baseURL(), maximumConnections: 4, applicationName: "test admin")
    // All tests ask for a database at the same moment.
    configuration.acquireTimeout = .seconds(300)
    let pool = PostgresPool(configuration, logger: .silent)
    self.pool = pool
    try await dropLeftovers(pool)
    return pool
  }

  /// The template that holds the migrations.
  func template(_ migrations: [Migration]) async throws -> String {
    if let task = templates[migrations] { return try await task.value }
    let admin = try await admin()
    if let task = templates[migrations] { return try await task.value }
    let task = Task { try await Self.makeTemplate(migrations, admin) }
    templates[migrations] = task
    return try await task.value
  }

  private static func makeTemplate(
    _ migrations: [Migration], _ admin: PostgresPool
  ) async throws -> String {
    guard !migrations.isEmpty else { return "template1" }
    let name = "martlet_test_\(stamp())_template_\(random())"
    // template0 never has a session in it, template1 may.
    try await admin.query("CREATE DATABASE \(identifier: name) TEMPLATE template0")
    let pool = PostgresPool(
      try PostgresConfiguration(url: try url(database: name), maximumConnections: 1),
      logger: .silent)
    try await Migrator(migrations).run(on: pool)
    await pool.close()
    // A template with a session in it cannot be copied, and the server ends them a moment later.
    _ = try await eventually {
      try await admin.query(
        "SELECT FROM pg_stat_activity WHERE datname = \(name)"
      ).isEmpty
    }
    return name
  }

  /// Drops a database when its turn comes, one at a time.
  func dropSoon(_ name: String) async throws {
    let admin = try await admin()
    doomed.append(name)
    guard !isDropping else { return }
    isDropping = true
    Task {
      while let next = doomed.popLast() {
        do {
          try await Self.drop(next, on: admin)
        } catch {
          // A later run drops what is left over.
          break
        }
      }
      isDropping = false
    }
  }

  /// Drops a database. As a script of its own: what goes along with other statements may not drop one.
  private static func drop(_ name: String, on admin: PostgresPool) async throws {
    try await admin.withConnection { connection in
      try await connection.execute(script: "DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)")
    }
  }

  /// Drops databases of runs that began more than an hour ago.
  private func dropLeftovers(_ admin: PostgresPool) async throws {
    let limit = Self.stamp() - 3600
    for row in try await admin.query(
      "SELECT datname FROM pg_database WHERE datname LIKE 'martlet_test_%'")
    {
      let name: String = try row.decode(at: 0)
      guard let stamp = name.split(separator: "_").dropFirst(2).first.flatMap({ Int($0) }),
        stamp < limit
      else { continue }
      do {
        try await Self.drop(name, on: admin)
      } catch let error as PostgresError where error.sqlState?.rawValue == "55006" {
        // Another run is dropping it.
      }
    }
  }

  static func stamp() -> Int { Int(Date().timeIntervalSince1970) }

  static func random() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

  static func baseURL() throws -> String {
    guard let url = ProcessInfo.processInfo.environment["MARTLET_TEST_DATABASE_URL"] else {
      throw NoTestServer(
        description: "set MARTLET_TEST_DATABASE_URL, or run the tests with scripts/test")
    }
    return url
  }

  /// The test server's address with another database.
  static func url(database: String) throws -> String {
    let base = try baseURL()
    guard var components = URLComponents(string: base), components.scheme != nil else {
      return base + " dbname=\(database)"
    }
    components.path = "/" + database
    guard let url = components.string else { return base }
    return url
  }
}
