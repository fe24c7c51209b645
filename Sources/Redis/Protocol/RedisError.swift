/// The error of a command that has no reply.
public struct RedisError: Error, Sendable, Equatable {
  /// The kind of failure.
  public enum Code: Sendable, Equatable {
    /// The server could not be reached in time, or the connection was lost.
    case connection
    /// The command was sent, and no reply came within its timeout.
    case timeout
    /// The server answered with an error; see ``RedisError/serverPrefix``.
    case server
    /// The connection was closed by this program.
    case closed
    /// The task that waited was cancelled.
    case cancelled
    /// TLS was asked for and this build has none.
    case tls
    /// The address cannot be understood.
    case configuration
    /// The server's bytes are not RESP, or exceed the configured bounds.
    case `protocol`
    /// A reply of another shape than the command gives.
    case unexpectedReply
  }

  /// The kind of failure.
  public var code: Code
  /// The message for a log: the server's own for `.server`. Never holds a command's
  /// arguments.
  public var message: String
  /// The first word of a server's error, such as `NOSCRIPT`, `WRONGTYPE` or `ERR`.
  public var serverPrefix: String?
  /// Whether the server may have executed the command although there is no reply.
  ///
  /// False means that it certainly was not executed, so it is safe to send again.
  public var mayHaveBeenApplied: Bool

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, serverPrefix: String? = nil, mayHaveBeenApplied: Bool = false
  ) {
    self.code = code
    self.message = message
    self.serverPrefix = serverPrefix
    self.mayHaveBeenApplied = mayHaveBeenApplied
  }

  /// The error that a server's error reply stands for.
  init(reply text: String) {
    // A server that does not know a command repeats what followed it, which may be private data.
    let end = text.firstRange(of: ", with args beginning with:")?.lowerBound ?? text.endIndex
    let text = String(text[..<end])
    let prefix = text.prefix { $0 != " " }
    let isWord = !prefix.isEmpty && prefix.allSatisfy { $0.isUppercase || $0 == "_" }
    self.init(.server, text, serverPrefix: isWord ? String(prefix) : nil)
  }
}

extension RedisError: CustomStringConvertible {
  /// The code, the message, and whether the command may have been applied.
  public var description: String {
    "Redis \(code): \(message)" + (mayHaveBeenApplied ? " (may have been applied)" : "")
  }
}
