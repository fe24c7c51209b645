public import Foundation
import Synchronization

/// Starting servers for a test.
public enum ChildProcess {
  /// Starts a program. Not Foundation's Process, which learns of the end by a descriptor that other children may
  /// have inherited.
  ///
  /// The child has the standard descriptors alone, not the sockets that other tests have open at this moment.
  static func spawn(
    _ executable: String, _ arguments: [String], environment: [String: String]? = nil,
    attributes: UnsafePointer<posix_spawnattr_t>? = nil,
    files: (inout posix_spawn_file_actions_t) -> Void = { _ in }
  ) -> Result<pid_t, SpawnFailure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    files(&actions)
    for descriptor in 3..<descriptorLimit {
      posix_spawn_file_actions_addclose(&actions, Int32(descriptor))
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    let environment = environment ?? ProcessInfo.processInfo.environment
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    variables.append(nil)
    defer { for word in words + variables { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, executable, &actions, attributes, words, variables)
    return code == 0 ? .success(pid) : .failure(SpawnFailure(code: code))
  }

  /// Children have no descriptors from 3 up to this one. To close one that is not open is no error.
  private static let descriptorLimit = 2_048

  /// Starts a program that ends with the test process at the latest.
  static func start(_ executable: String, _ arguments: [String]) -> pid_t? {
    guard case .success(let pid) = spawn(executable, arguments) else { return nil }
    ChildGuard.shared.watch(pid)
    return pid
  }

  /// Asks the system how a child ended, or waits for its end; the system answers once.
  /// - Returns: The raw status, or `nil` while the child runs or if there is none.
  @discardableResult
  static func reap(_ pid: pid_t, waiting: Bool = true) -> Int32? {
    var status: Int32 = 0
    guard waitpid(pid, &status, waiting ? 0 : WNOHANG) == pid else { return nil }
    ChildGuard.shared.release(pid)
    return status
  }

  /// A free port of the loopback, given to no other caller in this process.
  ///
  /// It lies below those that the system gives to outgoing connections, so that none takes it before the server binds.
  public static func freePort() throws -> Int {
    for _ in 0..<1000 {
      let port = ports.withLock { next in
        defer { next = next + 1 < 32_000 ? next + 1 : 20_000 }
        return next
      }
      if try isFree(port) { return port }
    }
    throw NoFreePort()
  }

  /// Processes begin at different places, so that two test runs side by side rarely meet.
  private static let ports = Mutex(Int.random(in: 20_000..<32_000))

  private static func isFree(_ port: Int) throws -> Bool {
    let socket = Foundation.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw NoFreePort() }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(port).bigEndian
    let size = socklen_t(MemoryLayout.size(ofValue: address))
    return withUnsafeMutableBytes(of: &address) { bytes in
      guard let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else {
        return false
      }
      return bind(socket, pointer, size) == 0
    }
  }

  /// Runs a program to its end while other tasks go on.
  ///
  /// - Parameters:
  ///   - environment: All of its environment.
  ///   - files: The files of its standard input, output and error.
  /// - Returns: its exit status, or minus the signal that ended it.
  /// - Throws: ``Child/Failure`` when it cannot be started.
  public static func run(
    _ executable: String, _ arguments: [String], environment: [String: String],
    files: (input: URL, output: URL, errors: URL)
  ) async throws -> Int {
    let spawned = spawn(executable, arguments, environment: environment) { actions in
      let (read, write) = (O_RDONLY, O_WRONLY | O_CREAT | O_APPEND)
      posix_spawn_file_actions_addopen(&actions, 0, files.input.path, read, 0)
      posix_spawn_file_actions_addopen(&actions, 1, files.output.path, write, 0o644)
      posix_spawn_file_actions_addopen(&actions, 2, files.errors.path, write, 0o644)
    }
    let pid = try spawned.mapError { Child.Failure(executable, $0) }.get()
    ChildGuard.shared.watch(pid)
    // On a thread of its own, since it blocks.
    let status = await withCheckedContinuation { ended in
      Thread.detachNewThread { ended.resume(returning: reap(pid)) }
    }
    return status.map(exitStatus) ?? -1
  }

  /// The exit status of a raw one, or minus the signal that ended the process.
  static func exitStatus(_ raw: Int32) -> Int {
    let signal = Int(raw & 0x7F)
    return signal == 0 ? Int((raw >> 8) & 0xFF) : -signal
  }

  /// Runs a program to its end.
  /// - Returns: its exit status, or `nil` if it could not be started or died of a signal.
  static func run(_ executable: String, _ arguments: [String]) -> Int32? {
    guard let pid = start(executable, arguments), let status = reap(pid), status & 0x7F == 0
    else { return nil }
    return (status >> 8) & 0xFF
  }

  /// The system's error number for a program that cannot be started.
  struct SpawnFailure: Error {
    let code: Int32
  }

  /// The loopback has no port left.
  public struct NoFreePort: Error {}
}
