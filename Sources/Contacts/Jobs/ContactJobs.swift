package import Fields
package import JobQueue
package import Query

/// The jobs of contacts, for a worker.
package enum ContactJobs {
  /// The queue of the jobs.
  package static let queue = ContactQueue.name

  /// Registers the handlers of all jobs of contacts.
  ///
  /// - Parameters:
  ///   - registry: The registry.
  ///   - fields: The field definitions.
  ///   - actions: The bulk actions; other modules add theirs.
  ///   - commands: The search commands of other modules.
  ///   - segments: The query for the members of a segment, from the module of segments.
  ///   - stepSize: The number of contacts that a bulk action changes in one transaction.
  ///   - tables: The tables whose rows a merge moves: ``MergeTable/contacts`` and those of other
  ///     modules.
  ///   - rule: The rule for duplicates, read by each job, so that a change takes effect at once.
  ///   - companies: The rules of companies, likewise.
  ///   - places: Looks up places of addresses.
  package static func register(
    in registry: inout JobRegistry, fields: FieldStore, actions: BulkActions,
    commands: [String: SearchCommand], segments: @escaping SegmentQuery,
    stepSize: Int = 1_000,
    tables: [MergeTable],
    rule: @escaping @Sendable () async throws -> DuplicateRule = { .and },
    companies: @escaping @Sendable () async throws -> CompanyRules,
    places: @escaping PlaceQuery = { _ in nil }
  ) {
    let merger = ContactMerger(fields: fields, tables: tables, companies: companies)
    let deduplication = Deduplication(fields: fields, merger: merger, standardRule: rule)
    let bulk = BulkHandler(
      fields: fields, actions: actions, commands: commands, segments: segments,
      companies: companies, stepSize: max(1, stepSize))
    registry.register(ChangeContacts.self) { try await bulk.handle($0, $1) }
    registry.register(DeduplicateContacts.self) { try await deduplication.find($0, $1) }
    registry.register(MergeDuplicates.self) { try await deduplication.merge($0, $1) }
    let locator = ContactLocator(fields: fields, places: places)
    registry.register(LocateContacts.self) { _, context in try await locator.locate(context) }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "contacts.locate", .every(.seconds(10)), options: EnqueueOptions(uniqueKey: "locate")
      ) { _ in LocateContacts() }
    ]
  }
}
