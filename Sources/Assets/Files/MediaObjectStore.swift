import Foundation
import JobQueue
import ObjectStore
import Postgres

/// The objects of files that are gone: a trigger notes them, `PruneMedia` deletes them.
enum MediaObjectStore {
  /// What was sent to the bucket before its file went may arrive for this long afterwards.
  private static let delay: TimeInterval = 900

  /// Returns keys of objects to delete: those noted for a while, the oldest first.
  static func due(_ count: Int, in transaction: Transaction) async throws -> [String] {
    try await transaction.query(
      "UPDATE media_objects_gone SET seen_at = \(transaction.now) WHERE seen_at IS NULL")
    return try await transaction.query(
      """
      SELECT object_key FROM media_objects_gone
      WHERE seen_at <= \(transaction.now.addingTimeInterval(-delay))
      ORDER BY seen_at, object_key LIMIT \(count)
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Forgets objects that are deleted.
  static func forget(_ keys: [String], in transaction: Transaction) async throws {
    try await transaction.query(
      "DELETE FROM media_objects_gone WHERE object_key = ANY (\(keys))")
  }

  /// Deletes objects at once. Each may be deleted already.
  ///
  /// - Returns: The keys of those that are gone, and the first failure.
  static func delete(
    _ keys: [String], from objects: ObjectStore
  ) async -> (deleted: [String], failure: ObjectError?) {
    await withTaskGroup(of: (String, ObjectError?).self) { group in
      for key in keys {
        group.addTask {
          do throws(ObjectError) {
            try await objects.abandon(key)
            return (key, nil)
          } catch {
            return (key, error)
          }
        }
      }
      var deleted: [String] = []
      var failure: ObjectError?
      for await (key, error) in group {
        if let error { failure = failure ?? error } else { deleted.append(key) }
      }
      return (deleted, failure)
    }
  }
}
