public import Foundation
import Postgres
import Synchronization

/// A PostgreSQL server of a test's own, on a free port, to be killed and restarted.
///
/// It ends with the test: `deinit` kills it and removes its files. PostgreSQL refuses to run as
/// root, so then it runs as the user `postgres`, or `nobody`.
public final class PrivatePostgres: Sendable {
  /// The port it listens on; the same after a restart.
  public let port: Int
  /// Its directory, with its data and its log.
  public let directory: URL

  private let settings: [String]
  private let process = Mutex<pid_t?>(nil)

  /// The process id while it runs.
  public var pid: pid_t? { process.withLock { $0 } }

  /// The address of its database `postgres`, as superuser.
  public var url: String { "postgres://martlet@127.0.0.1:\(port)/postgres" }

  /// Makes a server and waits until it answers.
  ///
  /// - Parameter settings: Settings of the server, such as `["max_connections=10"]`.
  /// - Returns: The running server.
  /// - Throws: ``Failure`` when it does not start.
  public static func start(settings: [String] = []) async throws -> PrivatePostgres {
    let server = try PrivatePostgres(settings: settings)
    try server.initialize()
    try await server.start()
    return server
  }

  private init(settings: [String]) throws {
    self.settings = settings
    port = try ChildProcess.freePort()
    directory = FileManager.default.temporaryDirectory.appending(
      path: "postgres-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit {
    kill()
    // A leftover temporary directory is harmless.
    try? FileManager.default.removeItem(at: directory)
  }

  private var data: String { directory.appending(path: "data").path }
  private var log: String { directory.appending(path: "log").path }

  private func initialize() throws {
    if let user = Self.unprivilegedUser {
      guard ChildProcess.run("/bin/chown", ["\(user):", directory.path]) == 0 else {
        throw Failure("cannot give \(directory.path) to \(user)")
      }
    }
    // Through a shell for its redirections alone.
    let script = #"exec "$0" -D "$1" -U martlet -A trust -N -E UTF8 --locale=C >"$2" 2>&1"#
    let (executable, arguments) = Self.unprivileged(
      "/bin/sh", ["-c", script, try Self.binary("initdb"), data, log])
    guard ChildProcess.run(executable, arguments) == 0 else {
      throw Failure("initdb failed; see \(log)")
    }
  }

  /// Starts the server (again) and waits until it answers.
  public func start() async throws {
    let all =
      [
        "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=\(directory.path)",
        // A killed process loses nothing that the kernel has; only a killed machine would.
        "fsync=off", "shared_buffers=32MB", "logging_collector=off",
      ] + settings
    let script = #"log="$1"; shift; exec "$0" "$@" >>"$log" 2>&1"#
    let (executable, arguments) = Self.unprivileged(
      "/bin/sh",
      ["-c", script, try Self.binary("postgres"), log, "-D", data] + all.flatMap { ["-c", $0] })
    var configuration = try PostgresConfiguration(url: url, maximumConnections: 1)
    configuration.acquireTimeout = .milliseconds(500)
    let probe = PostgresPool(configuration, logger: .silent)
    let answers = await eventually(within: .seconds(60)) {
      // After a kill it may find the shared memory of a dying child and refuse: once more then.
      process.withLock { pid in
        if let running = pid, ChildProcess.reap(running, waiting: false) != nil { pid = nil }
        if pid == nil { pid = ChildProcess.start(executable, arguments) }
      }
      do {
        try await probe.query("SELECT 1")
        return true
      } catch {
        return false
      }
    }
    await probe.close()
    if !answers { throw Failure("postgres does not start; see \(log)") }
  }

  /// `kill -9` of the server and all its processes, in the middle of whatever they do.
  public func kill() {
    process.withLock { pid in
      guard let running = pid else { return }
      let children = Self.children(of: running)
      Foundation.kill(running, SIGKILL)
      for child in children { Foundation.kill(child, SIGKILL) }
      ChildProcess.reap(running)
      pid = nil
    }
  }

  /// Stops the server in good order, ending all sessions, and waits for its end.
  public func stop() {
    process.withLock { pid in
      guard let running = pid else { return }
      Foundation.kill(running, SIGINT)
      ChildProcess.reap(running)
      pid = nil
    }
  }

  /// Sends a signal to the server's first process, such as SIGSTOP, after which it takes no new
  /// connections.
  public func signal(_ number: Int32) {
    process.withLock { pid in
      if let pid { _ = Foundation.kill(pid, number) }
    }
  }

  /// The server's first process and all that it has started.
  public var processes: [pid_t] {
    get throws {
      guard let pid else { throw Failure("the server does not run") }
      return [pid] + Self.children(of: pid)
    }
  }

  /// Kills the server and starts it again on the same port.
  public func restart() async throws {
    kill()
    try await start()
  }

  /// The error of a server that could not be started.
  public struct Failure: Error, CustomStringConvertible {
    /// The failure in words.
    public let description: String
    init(_ description: String) { self.description = description }
  }
}

extension PrivatePostgres {
  /// The user to run as, if this process is root's.
  private static var unprivilegedUser: String? {
    guard getuid() == 0 else { return nil }
    return getpwnam("postgres") != nil ? "postgres" : "nobody"
  }

  /// The command, wrapped so that it runs as an unprivileged user; `setpriv` becomes the command,
  /// so the process id stays the same.
  private static func unprivileged(
    _ executable: String, _ arguments: [String]
  ) -> (String, [String]) {
    guard let user = unprivilegedUser else { return (executable, arguments) }
    let group = user == "nobody" ? "nogroup" : user
    return (
      "/usr/bin/setpriv",
      ["--reuid", user, "--regid", group, "--clear-groups", executable] + arguments
    )
  }

  /// A program of the newest PostgreSQL that is installed.
  private static func binary(_ name: String) throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let newest = versions.compactMap { Int($0) }.sorted().reversed().map { "\(root)/\($0)/bin" }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    let places = newest + path.split(separator: ":").map(String.init)
    guard
      let place = places.first(where: {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
      })
    else { throw Failure("\(name) is not installed") }
    return "\(place)/\(name)"
  }

  private static func children(of pid: pid_t) -> [pid_t] {
    let path = "/proc/\(pid)/task/\(pid)/children"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: " ").compactMap { pid_t($0) }
  }
}
