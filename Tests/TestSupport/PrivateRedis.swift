public import Foundation
import Logging
public import Redis
import Synchronization

/// A Redis server of a test's own, on a free port, to be killed and restarted.
///
/// It ends with the test: `deinit` kills it and removes its files.
public final class PrivateRedis: Sendable {
  /// The port it listens on; the same after a restart.
  public let port: Int
  /// Its directory, with its log and its append-only file.
  public let directory: URL

  private let arguments: [String]
  private let process = Mutex<pid_t?>(nil)

  /// The process id while it runs.
  public var pid: pid_t? { process.withLock { $0 } }

  /// The server's address.
  public var url: String { "redis://127.0.0.1:\(port)/0" }
  /// Its unix socket.
  public var socketPath: String { directory.appending(path: "redis.sock").path }

  /// Starts a server and waits until it answers.
  ///
  /// - Parameters:
  ///   - persistent: Whether the data survives a restart (by an append-only file, synced always).
  ///   - arguments: Further arguments of `redis-server`, such as `["--requirepass", "secret"]`.
  /// - Returns: The running server.
  /// - Throws: ``Failure`` when it does not start.
  public static func start(
    persistent: Bool = false, arguments: [String] = []
  ) async throws -> PrivateRedis {
    let server = try PrivateRedis { directory, port in
      [
        "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--dir", directory.path,
        "--unixsocket", directory.appending(path: "redis.sock").path,
        "--appendonly", persistent ? "yes" : "no", "--appendfsync", "always",
      ] + arguments
    }
    try await server.start()
    return server
  }

  /// Starts a Sentinel that watches `master` under a name, as the only voter, and takes it for dead
  /// after half a second.
  public static func sentinel(
    watching master: PrivateRedis, name: String
  ) async throws -> PrivateRedis {
    let sentinel = try PrivateRedis { directory, port in
      let file = directory.appending(path: "sentinel.conf")
      let text = """
        port \(port)
        bind 127.0.0.1
        dir \(directory.path)
        sentinel monitor \(name) 127.0.0.1 \(master.port) 1
        sentinel down-after-milliseconds \(name) 500
        sentinel failover-timeout \(name) 5000
        """
      try Data(text.utf8).write(to: file)
      return [file.path, "--sentinel"]
    }
    try await sentinel.start()
    return sentinel
  }

  private init(_ arguments: (URL, Int) throws -> [String]) throws {
    port = try ChildProcess.freePort()
    directory = FileManager.default.temporaryDirectory.appending(
      path: "redis-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    self.arguments = try arguments(directory, port)
  }

  deinit {
    kill()
    do {
      try FileManager.default.removeItem(at: directory)
    } catch {
      // A leftover temporary directory is harmless.
      print("\(directory.path) stays behind: \(error)")
    }
  }

  /// Starts the server (again) and waits until it answers.
  public func start() async throws {
    guard let executable = Self.executable else { throw Failure("redis-server is not installed") }
    let log = directory.appending(path: "log").path
    try process.withLock { pid in
      guard pid == nil else { return }
      pid = ChildProcess.start(executable, arguments + ["--logfile", log])
      if pid == nil { throw Failure("\(executable) cannot be started") }
    }
    var configuration = RedisConfiguration(.fixed(.tcp(host: "127.0.0.1", port: port)))
    configuration.commandTimeout = .seconds(120)
    let probe = RedisConnection(configuration, name: "probe", logger: .silent)
    var failure: Failure?
    do throws(RedisError) {
      _ = try await probe.send("PING")
    } catch {
      // A server that asks for a password is up.
      if error.code != .server {
        failure = Failure("redis-server does not start: \(error); \(state(log))")
      }
    }
    await probe.close()
    if let failure { throw failure }
  }

  /// The state of a server that does not answer: its process and its log.
  private func state(_ log: String) -> String {
    let parts = ["/proc/\(pid ?? 0)/status", "/proc/\(pid ?? 0)/wchan", log].map { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).map { "\(path): \($0.suffix(3_000))" }
        ?? "\(path) cannot be read"
    }
    return parts.joined(separator: "; ")
  }

  /// `kill -9`: the server ends in the middle of whatever it does.
  public func kill() {
    process.withLock { pid in
      guard let running = pid else { return }
      Foundation.kill(running, SIGKILL)
      ChildProcess.reap(running)
      pid = nil
    }
  }

  /// Freezes the server (SIGSTOP): it keeps its connections and answers nothing.
  public func pause() { signal(SIGSTOP) }

  /// Resumes a frozen server.
  public func resume() { signal(SIGCONT) }

  private func signal(_ number: Int32) {
    process.withLock { pid in
      if let pid { _ = Foundation.kill(pid, number) }
    }
  }

  /// Kills the server and starts it again on the same port.
  public func restart() async throws {
    kill()
    try await start()
  }

  /// A connection to the server.
  public func connect(
    name: String = "test", _ change: (inout RedisConfiguration) -> Void = { _ in }
  ) throws -> RedisConnection {
    var configuration = try RedisConfiguration(url: url)
    change(&configuration)
    return RedisConnection(configuration, name: name, logger: .silent)
  }

  /// The error of a server that could not be started.
  public struct Failure: Error, CustomStringConvertible {
    /// The failure in words.
    public let description: String
    init(_ description: String) { self.description = description }
  }
}

extension PrivateRedis {
  private static var executable: String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    return path.split(separator: ":").map { "\($0)/redis-server" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
