import Glibc

/// Connections to servers of this machine, for tests that send what no client library would.
public enum Loopback {
  /// The system's error number of a connection that was not made.
  public struct Failure: Error {
    /// The number.
    public let code: Int32
  }

  /// Opens a TCP connection.
  ///
  /// - Returns: The descriptor, which the caller closes.
  public static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      let code = errno
      close(descriptor)
      throw Failure(code: code)
    }
    return descriptor
  }
}
