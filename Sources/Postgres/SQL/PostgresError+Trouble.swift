extension PostgresError {
  /// Whether the trouble is the server's, not that of the statement or of its values: the same work may well
  /// succeed later, unchanged. The one list of such errors; a cancellation by this process is none.
  public var isServerTrouble: Bool {
    switch code {
    case .connection, .poolTimeout, .closed, .timeout: return true
    case .server: return sqlState?.isServerTrouble ?? false
    case .cancelled, .decoding, .configuration, .usage, .transactionAborted, .migration:
      return false
    }
  }
}

extension SQLState {
  /// Whether the code tells of trouble of the server.
  var isServerTrouble: Bool {
    switch errorClass {
    // Connections; collisions of transactions; disk, memory and slots; operators; the system; damaged data.
    case "08", "40", "53", "57", "58", "XX": true
    default: Self.troubles.contains(rawValue)
    }
  }

  /// A read-only transaction or server, idle sessions that the server ended, objects and locks in use.
  private static let troubles: Set = ["25006", "25P03", "25P04", "55006", "55P03"]
}
