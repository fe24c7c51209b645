package import Fields
package import JobQueue
import Postgres
package import Query
package import Users

/// Accepts requests for bulk actions: checks them, counts their contacts, and enqueues them.
package struct BulkService: Sendable {
  private let jobs: JobClient
  private let fields: FieldStore
  private let actions: BulkActions
  private let commands: [String: SearchCommand]
  private let segments: SegmentQuery

  /// Creates a service.
  ///
  /// - Parameters:
  ///   - jobs: The job client.
  ///   - fields: The field definitions.
  ///   - actions: The available actions.
  ///   - commands: The search commands of other modules.
  ///   - segments: The query for the members of a segment, from the module of segments.
  package init(
    jobs: JobClient, fields: FieldStore, actions: BulkActions,
    commands: [String: SearchCommand], segments: @escaping SegmentQuery
  ) {
    self.jobs = jobs
    self.fields = fields
    self.actions = actions
    self.commands = commands
    self.segments = segments
  }

  /// Returns the number of contacts that a request selects, without changing anything.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - user: The id of the requesting user, for `is:mine`.
  /// - Throws: ``InvalidInput``, ``QueryError``, or an error of the database.
  package func count(_ request: BulkRequest, user: Int64) async throws -> Int {
    try await jobs.postgres.transaction(readOnly: true) { connection in
      let definitions = try await fields.current(on: connection)
      let request = try request.withoutBlanks(fields: definitions, user: user)
      _ = try await actions.prepare(request, on: connection)
      let condition = try request.selection.condition(
        fields: definitions, user: user, commands: commands, segments: segments)
      return try await BulkSelectionStore.count(where: condition, on: connection)
    }
  }

  /// Enqueues a valid request.
  ///
  /// - Returns: The id of its job.
  /// - Throws: ``InvalidInput`` and ``QueryError`` for invalid requests; nothing was enqueued then.
  package func start(_ request: BulkRequest, by author: Author, user: Int64) async throws -> JobID {
    try await jobs.transaction { transaction in
      let definitions = try await fields.current(on: transaction.connection)
      let request = try request.withoutBlanks(fields: definitions, user: user)
      let effect = try await actions.prepare(request, on: transaction.connection)
      let condition = try request.selection.condition(
        fields: definitions, user: user, commands: commands, segments: segments)
      let only =
        effect.deletes ? try await Self.deletable(condition, on: transaction.connection) : nil
      return try transaction.outbox.add(
        ChangeContacts(request: request, user: user, author: JobAuthor(author), only: only),
        EnqueueOptions(group: "user:\(user)", createdBy: user))
    }
  }

  /// Returns the contacts to delete; selections above the limit are refused as a whole (CON-90).
  private static func deletable(
    _ condition: SQL, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let limit = BulkActions.deletionLimit
    let contacts = try await BulkSelectionStore.contacts(
      where: condition, limit: limit + 1, on: connection)
    guard contacts.count <= limit else {
      throw InvalidInput(
        "ids", "more than \(limit) contacts; at most \(limit) can be deleted at once")
    }
    return contacts
  }
}
