package import Fields
import Foundation
package import JobQueue
import Postgres
import Primitives
import Users

/// Makes, changes and deletes segments. Editors take turns, so that what one has checked (aliases,
/// references, cycles) still holds when it writes.
package struct SegmentEditor: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let registry: FilterRegistry
  let options: @Sendable () async throws -> SegmentOptions
  let uses: [SegmentUse]

  /// An editor.
  ///
  /// - Parameters:
  ///   - jobs: The database, the clock, and where rebuilds are asked for.
  ///   - fields: The fields that filters may read.
  ///   - registry: What else filters may read.
  ///   - uses: What, besides other segments, may use a segment.
  ///   - options: How filters are evaluated.
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

  /// A cache of the sets of segments, of the caller's own.
  package func sets() -> SegmentSetCache {
    SegmentSetCache(fields: fields, registry: registry, options: options)
  }

  /// Makes a segment; its members follow by a job.
  ///
  /// - Throws: `SegmentError` for what is refused (segments.md 11), `PostgresError`.
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

  /// Changes a segment: what is given, or with `replacing` everything, defaults where nothing is given.
  ///
  /// - Returns: The segment as it is now; nil where there is none.
  /// - Throws: `SegmentError` for what is refused, `PostgresError`.
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

  /// What a check needs and is read before the transaction begins.
  func tools(for filters: JSONValue?) async throws -> SegmentCheck.Tools {
    var tools = SegmentCheck.Tools(
      registry: registry, fields: try await fields.current(), options: try await options(),
      now: jobs.clock.now)
    do {
      let filters = try SegmentFilters(json: filters ?? .null)
      tools.patternProblems = try await RegularExpressions.check(filters, on: jobs.postgres)
    } catch is FilterProblems {
      // Told, with everything else that is wrong, when the values are checked.
    }
    return tools
  }

  /// Who needs a segment: other segments by their filters, and what modules above contribute.
  func users(
    of id: Int64, _ catalog: SegmentCatalog, on connection: PostgresConnection
  ) async throws -> [SegmentUsers] {
    var users = [SegmentUsers(kind: "segments", names: catalog.users(of: id).map(\.name))]
    for use in uses {
      users.append(SegmentUsers(kind: use.kind, names: try await use.names(id, connection)))
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

  /// Waits until no other editor is at work, and keeps others waiting until the transaction ends.
  static func takeTurn(on connection: PostgresConnection) async throws {
    try await connection.lock(.segmentEditors)
  }

  /// The segment that this transaction has written.
  private static func read(_ id: Int64, on connection: PostgresConnection) async throws -> Segment {
    try await SegmentStore.find("s.id = \(id)", on: connection)[0]
  }
}
