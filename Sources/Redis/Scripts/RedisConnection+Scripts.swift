// Scripts are called by digest. A server that does not know one (it is new, was restarted, or was
// told SCRIPT FLUSH) answers NOSCRIPT and has done nothing, so the call can be repeated behind a
// SCRIPT LOAD in the same pipeline.
extension RedisConnection {
  /// Runs a script on the server.
  ///
  /// - Parameters:
  ///   - script: The script; it is loaded when the server does not know it.
  ///   - keys: The keys it touches, `KEYS` in Lua.
  ///   - arguments: Further arguments, `ARGV` in Lua.
  ///   - timeout: The timeout; nil means the configuration's.
  /// - Returns: The script's result.
  /// - Throws: A ``RedisError``; an error of the script among them.
  public func run(
    _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument],
    timeout: Duration? = nil
  ) async throws(RedisError) -> RedisValue {
    let command = script.call(keys: keys, arguments: arguments)
    do throws(RedisError) {
      return try await send(command, timeout: timeout)
    } catch {
      guard error.serverPrefix == "NOSCRIPT" else { throw error }
    }
    let results = try await pipeline([script.load, command], timeout: timeout)
    // A script that does not compile fails here, with the compiler's message.
    _ = try results[0].get()
    return try results[1].get()
  }

  /// Runs a script many times in one pipeline.
  ///
  /// Calls that found the script missing are repeated, in order, after it was loaded.
  ///
  /// - Parameters:
  ///   - script: The script.
  ///   - calls: The keys and arguments of each call.
  ///   - timeout: The timeout; nil means the configuration's.
  /// - Returns: The outcome of each call, in order.
  /// - Throws: A ``RedisError`` when the replies did not all come, or the script does not compile.
  public func pipeline(
    _ script: RedisScript, calls: [(keys: [RedisArgument], arguments: [RedisArgument])],
    timeout: Duration? = nil
  ) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
    let commands = calls.map { script.call(keys: $0.keys, arguments: $0.arguments) }
    var results = try await pipeline(commands, timeout: timeout)
    let missed = results.indices.filter { results[$0].isMissingScript }
    guard !missed.isEmpty else { return results }
    let repeated: [RedisResult]
    do throws(RedisError) {
      repeated = try await pipeline([script.load] + missed.map { commands[$0] }, timeout: timeout)
    } catch {
      var error = error
      // The calls that did find the script have been executed.
      if missed.count < calls.count { error.mayHaveBeenApplied = true }
      throw error
    }
    _ = try repeated[0].get()
    for (index, result) in zip(missed, repeated.dropFirst()) { results[index] = result }
    return results
  }
}

extension RedisResult {
  fileprivate var isMissingScript: Bool {
    if case .failure(let error) = self { error.serverPrefix == "NOSCRIPT" } else { false }
  }
}
