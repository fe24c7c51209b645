import Postgres

extension ExportStore {
  /// Returns the number of contacts that satisfy a condition; nil if the server takes longer than
  /// allowed.
  ///
  /// - Parameters:
  ///   - condition: A condition on `contacts`.
  ///   - isExact: Whether to count; if false, 1 stands for any number above 0.
  ///   - milliseconds: The maximum time of the statement.
  func count(
    where condition: SQL, isExact: Bool, withinMilliseconds milliseconds: Int
  ) async throws -> Int64? {
    let question: SQL =
      isExact
      ? "SELECT count(*) AS n FROM contacts WHERE \(sql: condition)"
      : "SELECT count(*) AS n FROM (SELECT FROM contacts WHERE \(sql: condition) LIMIT 1) AS one"
    do {
      return try await pool.transaction { connection in
        await connection.sendWithNext(
          SQL(unsafeText: "SET LOCAL statement_timeout = \(milliseconds)"))
        return try await connection.query(question).first?.decode("n") ?? 0
      }
    } catch let error as PostgresError {
      guard error.sqlState == .queryCanceled else { throw error }
      return nil
    }
  }

  /// Returns the values of expressions on a contact, as texts; nil if there is no such contact.
  static func values(
    of contact: Int64, _ expressions: [SQL], on connection: PostgresConnection
  ) async throws -> [String?]? {
    let list = expressions.map { "(\(sql: $0))::text" as SQL }.joined(separator: ", ")
    let row = try await connection.query(
      "SELECT \(sql: list) FROM contacts WHERE contacts.id = \(contact)"
    ).first
    return try row.map { row in
      try expressions.indices.map { try row.decode(at: $0, as: String?.self) }
    }
  }
}
