public import Foundation
import Synchronization

/// A program that a test runs as a process of its own, to be signalled, killed and waited for.
/// It is killed when the value goes, and when the test process ends (``ChildGuard``).
public final class Child: Sendable {
  /// The process id.
  public let pid: pid_t
  /// The file of its standard output and standard error.
  public let log: URL

  private let status = Mutex<Int32?>(nil)

  /// Starts `executable` with the environment of the test plus `environment`.
  /// - Throws: ``Failure`` when it cannot be started.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    log: URL
  ) throws {
    self.log = log
    let merged = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    let spawned = ChildProcess.spawn(executable, arguments, environment: merged) { actions in
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(
        &actions, 1, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    pid = try spawned.mapError { Failure(executable, $0) }.get()
    ChildGuard.shared.watch(pid)
  }

  deinit {
    signal(SIGKILL)
    _ = reap(waiting: true)
  }

  /// Sends a signal; nothing happens when it has ended.
  public func signal(_ number: Int32) {
    status.withLock { status in
      if status == nil { _ = Foundation.kill(pid, number) }
    }
  }

  /// `kill -9`, and waits until it is gone.
  public func kill() {
    signal(SIGKILL)
    _ = reap(waiting: true)
  }

  /// Whether it still runs.
  public var isRunning: Bool { reap(waiting: false) == nil }

  /// The exit status, or minus the signal that ended it; nil while it runs.
  public var exitStatus: Int? {
    reap(waiting: false).map(ChildProcess.exitStatus)
  }

  /// The peak memory in bytes; nil once it has ended, or if unknown.
  public var peakMemory: Int? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/status") else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      return Int(line.filter(\.isNumber)).map { $0 << 10 }
    }
    return nil
  }

  /// The output so far.
  public var output: String {
    guard let data = FileManager.default.contents(atPath: log.path) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Asks the system once, or until it has ended; remembers the answer, which is given only once.
  private func reap(waiting: Bool) -> Int32? {
    status.withLock { status in
      if status == nil { status = ChildProcess.reap(pid, waiting: waiting) }
      return status
    }
  }

  /// The error of a program that could not be started.
  public struct Failure: Error, CustomStringConvertible {
    /// The failure in words.
    public let description: String

    init(_ executable: String, _ failure: ChildProcess.SpawnFailure) {
      description = "cannot start \(executable): \(String(cString: strerror(failure.code)))"
    }
  }
}
