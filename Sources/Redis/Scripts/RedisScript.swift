import Primitives

/// A Lua script that runs on the server, atomically. It travels once; later calls name its digest.
public struct RedisScript: Sendable {
  /// The name of the script in logs.
  public let name: String
  /// The Lua source.
  public let source: String
  /// The digest by which the server knows the script: 40 hexadecimal digits.
  public let sha1: String

  /// A script; its digest is computed here.
  public init(name: String, source: String) {
    self.name = name
    self.source = source
    guard let digest = Digest(.sha1) else { preconditionFailure("libcrypto offers no SHA-1") }
    digest.update(Array(source.utf8))
    sha1 = digest.finish()
  }

  /// The command that calls the script by its digest.
  ///
  /// The server answers it with `NOSCRIPT` when it does not know the script;
  /// `RedisConnection.run` and `RedisConnection.pipeline(_:calls:)` take care of that.
  public func call(keys: [RedisArgument], arguments: [RedisArgument]) -> [RedisArgument] {
    var command: [RedisArgument] = []
    command.reserveCapacity(3 + keys.count + arguments.count)
    command.append("EVALSHA")
    command.append(RedisArgument(sha1))
    command.append(RedisArgument(keys.count))
    command.append(contentsOf: keys)
    command.append(contentsOf: arguments)
    return command
  }

  /// The command that makes the server know the script.
  var load: [RedisArgument] { ["SCRIPT", "LOAD", RedisArgument(source)] }
}
