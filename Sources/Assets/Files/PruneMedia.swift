import JobQueue
import ObjectStore

/// Deletes uploaded files that nobody has, and the objects of those that are gone.
struct PruneMedia: DurableJob {
  static let name = "assets.prune"
  static let queue = AssetJobs.queue

  private static let batch = 20

  /// Deletes files and objects, batch by batch. Objects wait while no bucket is configured.
  ///
  /// - Throws: `ObjectError` if an object could not be deleted; the others are.
  static func run(_ context: JobContext, objects: ObjectStore?) async throws {
    var count = 0
    repeat {
      try context.checkLease()
      count = try await context.transaction { try await MediaFileStore.prune(batch, in: $0) }
    } while count == batch
    if let objects { try await deleteObjects(context, from: objects) }
    try await context.complete()
  }

  private static func deleteObjects(
    _ context: JobContext, from objects: ObjectStore
  ) async throws {
    var count = 0
    repeat {
      try context.checkLease()
      let keys = try await context.transaction { try await MediaObjectStore.due(batch, in: $0) }
      count = keys.count
      let (deleted, failure) = await MediaObjectStore.delete(keys, from: objects)
      try await context.transaction { try await MediaObjectStore.forget(deleted, in: $0) }
      if let failure { throw failure }
    } while count == batch
  }
}
