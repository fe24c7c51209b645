package import Fields
import Foundation
package import JobQueue
import Postgres
import Primitives
import Users

/// Creates, changes and deletes segments. Editors take turns, so that an editor's checks (aliases,
/// references, cycles) still hold when it writes.
package struct SegmentEditor: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let registry: FilterRegistry
  let options: @Sendable () async throws -> SegmentOptions
  let uses: [SegmentUse]

  /// Creates an editor.
  ///
  /// - Parameters:
  ///   - jobs: The job client, with the database and the clock.
  ///   - fields: The fields that filters may read.
  ///   - registry: The special filter fields.
  ///   - uses: The other kinds of records that may use a segment.
  ///   - options: The source of the evaluation options.
  package init(
    jobs: JobClient, fields: FieldStore, registry: FilterRegistry = .contacts,
    uses: [SegmentUse] = [],
    options: @escaping @Sendable () async throws -> SegmentOptions = { SegmentOptions() }
  ) {
    self.jobs = jobs
    self.fields = fields
    self.registry = registry
    self.uses = uses
    self.options = options
  }

  /// Returns a new cache of segment sets for the caller.
  package func sets() -> SegmentSetCache {
    SegmentSetCache(fields: fields, registry: registry, options: options)
  }

  /// Creates a segment; a job adds its members.
  ///
  /// - Throws: `SegmentError` for invalid input (segments.md 11), `PostgresError`.
  package func create(_ input: SegmentInput, by actor: SegmentActor) async throws -> Segment {
    let tools = try await tools(for: input.filters)
    return try await jobs.transaction(at: tools.now) { transaction in
      try await Self.takeTurn(on: transaction.connection)
      let catalog = try await SegmentStore.catalog(on: transaction.connection)
      let values = try await SegmentValues.make(
        input.complete, from: nil, SegmentCheck(tools, catalog, segment: nil, by: actor),
        on: transaction.connection)
      let id = try await SegmentStore.insert(values, by: actor, in: transaction)
      if values.isPublished, values.filters != .array([]) {
        try await SegmentRebuilds.request([id], by: actor.id, in: transaction)
      }
      try await audit("create", id, values.changes(from: nil), actor, in: transaction)
      return try await Self.read(id, on: transaction.connection)
    }
  }

  /// Changes a segment: the given values, or with `replacing` all of them, using defaults for missing ones.
  ///
  /// - Returns: The changed segment; nil if it does not exist.
  /// - Throws: `SegmentError` for invalid input, `PostgresError`.
  package func edit(
    _ id: Int64, _ input: SegmentInput, replacing: Bool = false, by actor: SegmentActor
  ) async throws -> Segment? {
    let tools = try await tools(for: input.filters)
    return try await jobs.transaction(at: tools.now) { transaction in
      try await Self.takeTurn(on: transaction.connection)
      guard let old = try await SegmentStore.find("s.id = \(id)", on: transaction.connection).first
      else {
        return nil
      }
      guard actor.mayUse(old) else { throw SegmentError.forbidden }
      let catalog = try await SegmentStore.catalog(on: transaction.connection)
      let values = try await SegmentValues.make(
        replacing ? input.complete : input, from: old,
        SegmentCheck(tools, catalog, segment: id, by: actor), on: transaction.connection)
      if old.isPublished, !values.isPublished {
        let users = try await users(of: id, catalog, on: transaction.connection)
        guard users.isEmpty else {
          throw SegmentError.inUse(segment: old.name, by: users, isDeletion: false)
        }
      }
      guard values != SegmentValues(old) else { return old }
      try await SegmentStore.update(id, values, by: actor, in: transaction)
      if values.isPublished, values.filters != old.filters || !old.isPublished {
        try await SegmentRebuilds.request([id], by: actor.id, in: transaction)
      }
      try await audit(
        "update", id, values.changes(from: SegmentValues(old)), actor, in: transaction)
      return try await Self.read(id, on: transaction.connection)
    }
  }

  /// Reads the inputs of a check before the transaction begins.
  func tools(for filters: JSONValue?) async throws -> SegmentCheck.Tools {
    var tools = SegmentCheck.Tools(
      registry: registry, fields: try await fields.current(), options: try await options(),
      now: jobs.clock.now)
    do {
      let filters = try SegmentFilters(json: filters ?? .null)
      tools.patternProblems = try await RegularExpressions.check(filters, on: jobs.postgres)
    } catch is FilterProblems {
      // Reported with all other problems when the values are checked.
    }
    return tools
  }

  /// Returns the users of a segment: other segments by their filters, and those from other modules.
  func users(
    of id: Int64, _ catalog: SegmentCatalog, on connection: PostgresConnection
  ) async throws -> [SegmentUsers] {
    var users = [SegmentUsers(kind: "segments", names: catalog.users(of: id).map(\.name))]
    for use in uses where use.isGuarding {
      let records = try await use.records(id, connection)
      users.append(SegmentUsers(kind: use.kind, names: records.map(\.name)))
    }
    return users.filter { !$0.names.isEmpty }
  }

  func audit(
    _ action: String, _ id: Int64, _ details: JSONValue, _ actor: SegmentActor,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [AuditLog.Entry(action, "segment", id, details: details)], by: actor.author, in: transaction)
  }

  /// Waits for the lock of editors and holds it until the transaction ends.
  static func takeTurn(on connection: PostgresConnection) async throws {
    try await connection.lock(.segmentEditors)
  }

  /// Reads the segment that this transaction has written.
  private static func read(_ id: Int64, on connection: PostgresConnection) async throws -> Segment {
    try await SegmentStore.find("s.id = \(id)", on: connection)[0]
  }
}
