extension RedisConnection {
  /// What the server says of itself, by name: all of `INFO`, which hosted servers answer where they refuse `CONFIG GET`.
  package func serverInfo() async throws(RedisError) -> [String: String] {
    Self.info(try await send("INFO").text ?? "")
  }

  /// The lines `name:value` of an answer to `INFO`; headings are skipped.
  static func info(_ text: String) -> [String: String] {
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      values[String(line[..<colon])] = String(line[line.index(after: colon)...])
    }
    return values
  }

  /// The last commands that took longer than the server's `slowlog-log-slower-than`, at most `limit`; none where the
  /// server does not tell. Their arguments are left out, for they hold contacts' data.
  package func slowCommands(limit: Int) async throws(RedisError) -> [SlowRedisCommand] {
    let reply: RedisValue
    do throws(RedisError) {
      reply = try await send("SLOWLOG", "GET", RedisArgument(limit))
    } catch  where error.serverPrefix != nil {
      return []
    }
    return (reply.array ?? []).compactMap { entry in
      guard let parts = entry.array, parts.count >= 4, let at = parts[1].int,
        let micros = parts[2].int, let name = parts[3].array?.first?.text
      else { return nil }
      return SlowRedisCommand(
        secondsSince1970: at, microseconds: micros, name: name,
        key: parts[3].array?.dropFirst().first?.text.map { String($0.prefix(80)) } ?? "")
    }
  }
}

/// A command that took long.
package struct SlowRedisCommand: Sendable, Equatable {
  /// When it ran, by the server's clock.
  package var secondsSince1970: Int64
  /// How long the server worked on it.
  package var microseconds: Int64
  /// Its name.
  package var name: String
  /// Its first argument, mostly a key or the digest of a script.
  package var key: String
}
