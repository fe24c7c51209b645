package import Fields
package import JobQueue
package import Query

/// The jobs of contacts, for a worker.
package enum ContactJobs {
  /// The queue that they run on.
  package static let queue = ContactQueue.name

  /// Registers the handlers of all jobs of contacts.
  ///
  /// - Parameters:
  ///   - registry: Where.
  ///   - fields: The definitions of fields.
  ///   - actions: The actions on many contacts at once; other modules add theirs.
  ///   - commands: Commands of searches that other modules give.
  ///   - segments: The members of segments, which the module of segments gives.
  ///   - stepSize: So many contacts a bulk action changes in one transaction.
  ///   - tables: The tables that a merge moves; ``MergeTable/contacts`` and those of other modules.
  ///   - rule: The rule by which contacts count as the same; asked for by each job, so that a
  ///     change is in force at once.
  ///   - companies: The rules of companies, likewise.
  package static func register(
    in registry: inout JobRegistry, fields: FieldStore, actions: BulkActions = BulkActions(),
    commands: [String: SearchCommand] = [:], segments: @escaping SegmentQuery,
    stepSize: Int = 1_000,
    tables: [MergeTable],
    rule: @escaping @Sendable () async throws -> DuplicateRule = { .and },
    companies: @escaping @Sendable () async throws -> CompanyRules
  ) {
    let merger = ContactMerger(fields: fields, tables: tables, companies: companies)
    let deduplication = Deduplication(fields: fields, merger: merger, standardRule: rule)
    let bulk = BulkHandler(
      fields: fields, actions: actions, commands: commands, segments: segments,
      companies: companies, stepSize: max(1, stepSize))
    registry.register(ChangeContacts.self) { try await bulk.handle($0, $1) }
    registry.register(DeduplicateContacts.self) { try await deduplication.find($0, $1) }
    registry.register(MergeDuplicates.self) { try await deduplication.merge($0, $1) }
  }
}
