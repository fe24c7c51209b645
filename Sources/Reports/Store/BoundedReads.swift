import Postgres

extension PostgresPool {
  /// Reads in one snapshot, by statements that end after a time.
  ///
  /// - Throws: What `body` throws; ``ReportError/busy``; ``ReportError/tooSlow(seconds:)``.
  func bounded<R: Sendable>(
    by slots: ReadSlots, seconds: Int, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    do {
      return try await slots.run {
        try await transaction(isolation: .repeatableRead, readOnly: true, retries: 0) {
          connection in
          await connection.sendWithNext(
            SQL(unsafeText: "SET LOCAL statement_timeout = '\(seconds)s'"))
          return try await body(connection)
        }
      }
    } catch let error as PostgresError where error.sqlState == .queryCanceled {
      throw ReportError.tooSlow(seconds: seconds)
    }
  }
}
