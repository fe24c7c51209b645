package import Foundation
package import JobQueue
import Postgres
package import Users

/// Builds the indexes of a field that was created in the background, and publishes it (CON-27).
struct PrepareField: DurableJob {
  static let name = "field.prepare"
  static let queue = FieldCreator.queue

  var id: Int64
  var isUniqueIdentifier: Bool
  var isIndex: Bool
  var isPublished: Bool
  var authorID: Int64?
  var authorName: String?
  var authorAddress: String?
}

/// Creates fields, at once or, if the operator prefers, in the background (CON-27).
package struct FieldCreator: Sendable {
  /// The queue of preparations.
  package static let queue = "fields"

  private let jobs: JobClient
  private let fields: FieldStore
  private let isInBackground: @Sendable () async throws -> Bool

  /// Creates a field creator.
  ///
  /// - Parameters:
  ///   - jobs: The client that enqueues preparations.
  ///   - fields: The store of field definitions.
  ///   - isInBackground: Whether new fields wait for a job, read for each field.
  package init(
    jobs: JobClient, fields: FieldStore,
    isInBackground: @escaping @Sendable () async throws -> Bool = { false }
  ) {
    self.jobs = jobs
    self.fields = fields
    self.isInBackground = isInBackground
  }

  /// Creates a custom field. In the background it is listed but unpublished, until a job has built
  /// its indexes, which may take long.
  ///
  /// - Returns: The stored field.
  /// - Throws: ``FieldError``.
  package func create(_ new: NewField, by author: Author, now: Date) async throws -> Field {
    guard try await isInBackground() else {
      return try await fields.create(new, by: author, now: now)
    }
    try fields.check(new, now: now)
    var listed = new
    listed.isPublished = false
    let (definition, fields, jobs) = (listed, fields, jobs)
    let id = try await FieldStore.withShortWaits { wait in
      try await jobs.transaction(at: now) { transaction in
        try await fields.beginChange(of: wait, on: transaction.connection)
        let id = try await fields.insert(definition, by: author, in: transaction)
        try transaction.outbox.add(
          PrepareField(
            id: id, isUniqueIdentifier: new.isUniqueIdentifier, isIndex: new.isIndex,
            isPublished: new.isPublished, authorID: author.id, authorName: author.name,
            authorAddress: author.address),
          EnqueueOptions(object: JobSubject(type: "field", id: id), createdBy: author.id))
        return id
      }
    }
    guard let field = try await fields.current().field(id: id) else { throw FieldError.notFound }
    return field
  }

  /// Registers the handler of preparations.
  package static func register(in registry: inout JobRegistry, fields: FieldStore) {
    registry.register(PrepareField.self) { job, context in
      let author = Author(
        id: job.authorID, name: job.authorName, address: job.authorAddress)
      let now = context.clock.now
      // The field may have been deleted since; there is nothing to do then.
      do {
        if job.isUniqueIdentifier {
          try await fields.makeUnique(job.id, by: author, now: now)
        }
        if job.isIndex { try await fields.addSearchIndex(job.id) }
      } catch FieldError.notFound {}
      _ = try await context.complete { transaction in
        try await transaction.query(
          "UPDATE fields SET is_published = \(job.isPublished) WHERE id = \(job.id)")
      }
    }
  }
}
