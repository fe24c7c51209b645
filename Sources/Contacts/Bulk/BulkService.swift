package import Fields
package import JobQueue
import Postgres
package import Query
package import Users

/// Takes requests for bulk actions: checks them, counts whom they are about, and queues them.
package struct BulkService: Sendable {
  private let jobs: JobClient
  private let fields: FieldStore
  private let actions: BulkActions
  private let commands: [String: SearchCommand]
  private let segments: SegmentQuery

  /// A service.
  ///
  /// - Parameters:
  ///   - jobs: Where the work is queued.
  ///   - fields: The definitions of fields.
  ///   - actions: The actions there are.
  ///   - commands: Commands of searches that other modules give.
  ///   - segments: The members of segments, which the module of segments gives.
  package init(
    jobs: JobClient, fields: FieldStore, actions: BulkActions = BulkActions(),
    commands: [String: SearchCommand] = [:], segments: @escaping SegmentQuery
  ) {
    self.jobs = jobs
    self.fields = fields
    self.actions = actions
    self.commands = commands
    self.segments = segments
  }

  /// The number of contacts a request is about; changes nothing.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - user: The user who asks, for `is:mine`.
  /// - Throws: ``InvalidInput``, ``QueryError``, or the database's error.
  package func count(_ request: BulkRequest, user: Int64) async throws -> Int {
    try await jobs.postgres.transaction(readOnly: true) { connection in
      let definitions = try await fields.current(on: connection)
      let request = try request.meant(fields: definitions, user: user)
      _ = try await actions.prepare(request, on: connection)
      let condition = try request.selection.condition(
        fields: definitions, user: user, commands: commands, segments: segments)
      return try await BulkSelectionStore.count(where: condition, on: connection)
    }
  }

  /// Queues a request that was found right.
  ///
  /// - Returns: Its job.
  /// - Throws: ``InvalidInput`` and ``QueryError`` for what is wrong with it; nothing was queued then.
  package func start(_ request: BulkRequest, by author: Author, user: Int64) async throws -> JobID {
    try await jobs.transaction { transaction in
      let definitions = try await fields.current(on: transaction.connection)
      let request = try request.meant(fields: definitions, user: user)
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

  /// The contacts to delete; more than the limit are refused as a whole (CON-90).
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
