import CHiredis

/// Redis as bare as it gets: one blocking connection of the C library, pipelines of commands that
/// were encoded beforehand, replies that are parsed and thrown away. The measure that the job
/// queue's rates are held against.
struct BareRedis: ~Copyable {
  private let context: UnsafeMutablePointer<redisContext>

  /// Connects to a server by TCP.
  init(host: String, port: Int) throws(BenchError) {
    guard let context = redisConnect(host, Int32(port)) else {
      throw BenchError("out of memory while connecting to Redis")
    }
    guard context.pointee.err == 0 else {
      redisFree(context)
      throw BenchError("cannot connect to Redis at \(host):\(port)")
    }
    self.context = context
  }

  deinit {
    redisFree(context)
  }

  /// Sends `commands` as one pipeline and waits for `count` replies; hands each to `body`.
  func pipeline(
    _ commands: [UInt8], count: Int, _ body: (UnsafeMutablePointer<redisReply>) -> Void = { _ in }
  ) throws(BenchError) {
    let status = commands.withUnsafeBytes { bytes in
      redisAppendFormattedCommand(
        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard status == REDIS_OK else { throw BenchError("out of memory in a Redis pipeline") }
    for _ in 0..<count {
      var raw: UnsafeMutableRawPointer?
      guard redisGetReply(context, &raw) == REDIS_OK, let raw else {
        throw BenchError("Redis closed the connection")
      }
      let reply = raw.assumingMemoryBound(to: redisReply.self)
      let failed = reply.pointee.type == REDIS_REPLY_ERROR
      let text = failed ? String(cString: reply.pointee.str) : ""
      body(reply)
      freeReplyObject(raw)
      guard !failed else { throw BenchError("Redis refused a command: \(text)") }
    }
  }

  /// A command in the wire format.
  static func encode(_ arguments: [String]) -> [UInt8] {
    var bytes: [UInt8] = Array("*\(arguments.count)\r\n".utf8)
    for argument in arguments {
      bytes += Array("$\(argument.utf8.count)\r\n\(argument)\r\n".utf8)
    }
    return bytes
  }
}

/// A benchmark could not be run.
package struct BenchError: Error, CustomStringConvertible {
  /// The error message.
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
