import Foundation

/// Starting servers for a test.
public enum ChildProcess {
  /// Not Foundation's Process, whose own waiting for the child gets in the way of ours.
  static func spawn(_ executable: String, _ arguments: [String]) -> pid_t? {
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    return posix_spawn(&pid, executable, nil, nil, words, environ) == 0 ? pid : nil
  }

  /// A port of the loopback that nobody listens on.
  public static func freePort() throws -> Int {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw NoFreePort() }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout.size(ofValue: address))
    let code = withUnsafeMutableBytes(of: &address) { bytes -> Int32 in
      guard let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else {
        return -1
      }
      let bound = bind(socket, pointer, size)
      return bound == 0 ? getsockname(socket, pointer, &size) : bound
    }
    guard code == 0 else { throw NoFreePort() }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Runs a program to its end.
  /// - Returns: its exit status, or `nil` if it could not be started or died of a signal.
  static func run(_ executable: String, _ arguments: [String]) -> Int32? {
    guard let pid = spawn(executable, arguments) else { return nil }
    var status: Int32 = 0
    guard waitpid(pid, &status, 0) == pid, status & 0x7F == 0 else { return nil }
    return (status >> 8) & 0xFF
  }

  /// The loopback has no port left.
  public struct NoFreePort: Error {}
}
