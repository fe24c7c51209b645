package import Foundation
import Postgres
package import Users

extension FieldStore {
  /// Makes a field a unique identifier (CON-25), without blocking writers.
  ///
  /// Of contacts that already share a value all but the one added last are marked as sharing their
  /// identity; they can still be found but leave the unique index.
  ///
  /// - Throws: ``FieldError``; ``FieldError/notText`` also for text of unlimited length, which does
  ///   not fit into an index.
  package func makeUnique(_ id: Int64, by author: Author, now: Date) async throws {
    let fields = try await current()
    guard let field = fields.field(id: id) else { throw FieldError.notFound }
    guard field.type.hasLengthLimit, field.columnType == "text" else { throw FieldError.notText }
    guard !field.isUniqueIdentifier else { return }
    try checkIndexes(of: field, fields)
    let table = SQL.quoted(identifier: field.object.table)
    let key = field.identityExpression
    let unique = Self.identityIndex(field)
    let shared = SQL.quoted(identifier: "\(field.object.table)_shared_\(field.alias)")

    try await onQuietConnection { connection in
      try await connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(shared)")
      try await connection.execute(
        script: "CREATE INDEX CONCURRENTLY \(shared) ON \(table) (\(key)) WHERE identity_shared")
      var attempt = 0
      while true {
        attempt += 1
        // Left over if an earlier attempt failed, here or in a process that was killed.
        try await connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(unique)")
        try await connection.execute(
          script: """
            UPDATE \(table) SET identity_shared = true WHERE id IN (
              SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY \(key) ORDER BY date_added DESC, id DESC)
                  AS place
                FROM \(table) WHERE \(field.quotedColumn) IS NOT NULL AND NOT identity_shared
              ) AS ranked WHERE place > 1)
            """)
        do {
          try await connection.execute(
            script: """
              CREATE UNIQUE INDEX CONCURRENTLY \(unique) ON \(table) (\(key))
                WHERE NOT identity_shared AND \(field.quotedColumn) IS NOT NULL
              """)
          break
        } catch let error as PostgresError
          where error.sqlState == .uniqueViolation && attempt < 10
        {
          // A duplicate was written meanwhile.
          continue
        }
      }
      try await connection.execute(
        script: FieldsMigrations.statistics(of: field.column, in: field.object.table))
      try await connection.execute(script: "ANALYZE \(table)")
      try await connection.query(
        """
        UPDATE fields SET is_unique_identifier = true, date_modified = \(now),
          modified_by = \(author.id), modified_by_user = \(author.name)
        WHERE id = \(id)
        """)
    }
  }

  /// Makes a unique identifier an ordinary field again. Contacts that shared a value stay marked as
  /// sharing: they may share one of another identifier too.
  func makeOrdinary(_ id: Int64) async throws {
    guard let field = try await current().field(id: id) else { throw FieldError.notFound }
    guard field.isUniqueIdentifier else { return }
    let unique = Self.identityIndex(field)
    let shared = SQL.quoted(identifier: "\(field.object.table)_shared_\(field.alias)")
    // From here on nothing relies on the index.
    try await pool.query("UPDATE fields SET is_unique_identifier = false WHERE id = \(id)")
    try await onQuietConnection { connection in
      try await connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(unique)")
      try await connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(shared)")
    }
  }

  /// Builds an index for searching, without blocking writers.
  func addSearchIndex(_ id: Int64) async throws {
    let fields = try await current()
    guard let field = fields.field(id: id) else { throw FieldError.notFound }
    guard !field.isIndex else { return }
    try checkIndexes(of: field, fields)
    let table = SQL.quoted(identifier: field.object.table)
    let index = SQL.quoted(identifier: "\(field.object.table)_search_\(field.alias)")
    let column = field.quotedColumn
    let definition =
      switch field.columnType {
      case "text": "(\(field.searchExpression))"
      case "text[]": "USING gin (\(column))"
      default: "(\(column))"
      }
    try await onQuietConnection { connection in
      try await connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(index)")
      try await connection.execute(
        script: "CREATE INDEX CONCURRENTLY \(index) ON \(table) \(definition)")
      try await connection.query("UPDATE fields SET is_index = true WHERE id = \(id)")
    }
  }

  /// Drops the index for searching, without blocking writers.
  func dropSearchIndex(_ id: Int64) async throws {
    guard let field = try await current().field(id: id) else { throw FieldError.notFound }
    try await pool.query("UPDATE fields SET is_index = false WHERE id = \(id)")
    let index = SQL.quoted(identifier: "\(field.object.table)_search_\(field.alias)")
    try await onQuietConnection { connection in
      try await connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(index)")
    }
  }

  /// Returns the quoted name of the unique index of a unique identifier.
  static func identityIndex(_ field: Field) -> String {
    SQL.quoted(identifier: "\(field.object.table)_identity_\(field.alias)")
  }

  func checkIndexes(of field: Field, _ fields: FieldSet) throws {
    let indexed = fields.all.filter {
      $0.object == field.object && $0.id != field.id && ($0.isIndex || $0.isUniqueIdentifier)
    }
    guard indexed.count < 64 else { throw FieldError.tooManyIndexes }
  }

  /// Runs statements that may take long and cannot run in a transaction, in one process at a time.
  private func onQuietConnection(
    _ body: @escaping @Sendable (PostgresConnection) async throws -> Void
  ) async throws {
    try await pool.withConnection { connection in
      try await connection.execute(script: "SET statement_timeout = 0; SET lock_timeout = 0")
      do {
        try await self.lockIndexes(on: connection)
        try await body(connection)
      } catch {
        try await self.restore(connection)
        throw error
      }
      try await self.restore(connection)
    }
  }

  /// Acquires the lock by polling: a statement that waits holds a snapshot, and an index that is
  /// built concurrently waits for the end of every snapshot, so the two would deadlock.
  private func lockIndexes(on connection: PostgresConnection) async throws {
    while try await !connection.tryLockForSession(.fieldIndexes) {
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func restore(_ connection: PostgresConnection) async throws {
    try await connection.execute(script: "RESET statement_timeout; RESET lock_timeout")
    try await connection.unlockForSession(.fieldIndexes)
  }
}
