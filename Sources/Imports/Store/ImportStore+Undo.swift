import Foundation
import JobQueue
import Postgres

/// The undoing of imports.
extension ImportStore {
  /// Returns how far the undoing of an import has come; nil if nobody asked for it.
  static func undo(
    of id: Int64, on connection: PostgresConnection, lock: Bool = false
  ) async throws -> ImportUndo? {
    let suffix: SQL = lock ? " FOR UPDATE" : ""
    return try await connection.query(
      """
      SELECT date_started, date_ended, removed_count, kept_count, last_id FROM import_undos
      WHERE import_id = \(id)\(sql: suffix)
      """
    ).first.map {
      ImportUndo(
        dateStarted: try $0.decode("date_started"), dateEnded: try $0.decode("date_ended"),
        removedCount: try $0.decode("removed_count"), keptCount: try $0.decode("kept_count"),
        lastID: try $0.decode("last_id"))
    }
  }

  /// Notes that an import is to be undone.
  ///
  /// - Returns: Whether nobody had asked for it before.
  static func beginUndo(
    of id: Int64, by actor: ImportActor, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      INSERT INTO import_undos (import_id, date_started, created_by, created_by_user)
      VALUES (\(id), \(transaction.now), \(actor.id), \(actor.name)) ON CONFLICT DO NOTHING
      """
    ).affected == 1
  }

  /// Returns the next contacts that rows of an import made, in the order of their ids.
  static func contacts(
    ids: Range<Int64>, after last: Int64, limit: Int, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT id FROM contacts
      WHERE id >= \(max(ids.lowerBound, last + 1)) AND id < \(ids.upperBound) ORDER BY id LIMIT \(limit)
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Writes how far the undoing has come.
  static func writeUndo(
    _ undo: ImportUndo, of id: Int64, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE import_undos SET last_id = \(undo.lastID), removed_count = \(undo.removedCount),
        kept_count = \(undo.keptCount), date_ended = \(undo.dateEnded)
      WHERE import_id = \(id)
      """)
  }

  /// Returns who asked for an import to be undone.
  static func undoActor(
    of id: Int64, on connection: PostgresConnection
  ) async throws -> ImportActor {
    try await connection.query(
      "SELECT created_by, created_by_user FROM import_undos WHERE import_id = \(id)"
    ).first.map {
      ImportActor(id: try $0.decode(at: 0), name: try $0.decode(at: 1))
    } ?? ImportActor()
  }
}
