import Foundation
import Synchronization

/// Starting servers for a test.
public enum ChildProcess {
  /// Starts a program. Not Foundation's Process, which waits for the child itself and so conflicts with our waiting.
  static func spawn(
    _ executable: String, _ arguments: [String], environment: [String: String]? = nil,
    actions: UnsafePointer<posix_spawn_file_actions_t>? = nil,
    attributes: UnsafePointer<posix_spawnattr_t>? = nil
  ) -> Result<pid_t, SpawnFailure> {
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    let environment = environment ?? ProcessInfo.processInfo.environment
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    variables.append(nil)
    defer { for word in words + variables { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, executable, actions, attributes, words, variables)
    return code == 0 ? .success(pid) : .failure(SpawnFailure(code: code))
  }

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
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
