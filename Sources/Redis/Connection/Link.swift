import CHiredis
import Glibc

/// A socket to one server: connected by hiredis, written and read without blocking, replies parsed.
final class Link {
  let address: RedisConfiguration.Address
  let descriptor: Int32
  private let context: UnsafeMutablePointer<redisContext>
  private let reader: ReplyReader

  /// The time that written data may go unacknowledged before the kernel gives the connection up, in ms.
  private static let unacknowledged: UInt32 = 10_000

  /// Begins to connect. A host name is resolved here, which may take time.
  ///
  /// - Throws: `.connection` when that is impossible from the start.
  init(_ address: RedisConfiguration.Address, maximumReplySize: Int) throws(RedisError) {
    self.address = address
    reader = try ReplyReader(maximumReplySize: maximumReplySize)
    let made =
      switch address {
      case .tcp(let host, let port): redisConnectNonBlock(host, Int32(port))
      case .unix(let path): redisConnectUnixNonBlock(path)
      }
    guard let context = made else { throw RedisError(.connection, "no memory for a connection") }
    guard context.pointee.err == 0 else {
      let text = withUnsafeBytes(of: context.pointee.errstr) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      redisFree(context)
      throw RedisError(.connection, "\(address): \(text)")
    }
    self.context = context
    descriptor = context.pointee.fd
    // A child process must not keep the connection open.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { redisFree(context) }

  /// The socket has become writable: it is connected, or the attempt has failed.
  func finishConnecting() throws(RedisError) {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout.size(ofValue: code))
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      throw failure("getsockopt", errno)
    }
    if code != 0 { throw failure("connect", code) }
    if case .tcp = address {
      // Both only make a dead network show earlier, so a kernel that refuses them does no harm.
      _ = redisEnableKeepAlive(context)
      var limit = Self.unacknowledged
      _ = setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit,
        socklen_t(MemoryLayout.size(ofValue: limit)))
    }
  }

  /// Writes what the kernel takes at once. Returns the number of bytes, 0 when it takes none.
  func write(_ output: borrowing OutputBuffer) throws(RedisError) -> Int {
    while true {
      let count = output.withBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: return 0
      default: throw failure("write", errno)
      }
    }
  }

  /// Writes a greeting, which a fresh socket takes whole.
  func write(_ greeting: Greeting) throws(RedisError) {
    var output = OutputBuffer(capacity: 512)
    greeting.encode(into: &output)
    guard try write(output) == output.count else {
      throw RedisError(.connection, "\(address): the socket does not take the greeting")
    }
  }

  /// Reads what is there and hands on the replies that it completes.
  func read(
    using buffer: UnsafeMutableRawBufferPointer,
    _ body: (RedisValue) throws(RedisError) -> Void
  ) throws(RedisError) {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 {
        try reader.read(UnsafeRawBufferPointer(rebasing: buffer[..<count]), body)
        if count < buffer.count { return }
      } else if count == 0 {
        throw RedisError(.connection, "\(address): the server closed the connection")
      } else {
        switch errno {
        case EINTR: continue
        case EAGAIN: return
        default: throw failure("read", errno)
        }
      }
    }
  }

  private func failure(_ call: String, _ code: Int32) -> RedisError {
    RedisError(.connection, "\(address): \(call): \(String(cString: strerror(code)))")
  }
}
