extension PostgresPool {
  /// Whether one server process serves a session throughout. Behind a pooler that lends a server process for a
  /// transaction only, it does not: prepared statements, settings and locks of a session would be another's.
  public func keepsSessions() async throws -> Bool {
    try await withConnection { first in
      let before = try await first.serverProcess()
      guard configuration.maximumConnections > 1 else {
        return try await first.serverProcess() == before
      }
      return try await withConnection { second in
        try await second.transaction { second in
          // While this transaction holds its server process, a pooler would have to give the first session another.
          _ = try await second.serverProcess()
          return try await first.serverProcess() == before
        }
      }
    }
  }
}

extension PostgresConnection {
  /// The server process that runs this statement, as the server says.
  fileprivate func serverProcess() async throws -> Int32 {
    try await query("SELECT pg_backend_pid()")[0].decode(at: 0)
  }
}
