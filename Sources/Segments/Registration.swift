package import Contacts
package import JobQueue
import Logging
import Postgres

extension SegmentJobs {
  /// Registers the handlers of all segment jobs.
  ///
  /// - Parameters:
  ///   - registry: The registry of job kinds.
  ///   - cache: The definitions, with the filter fields of all modules.
  ///   - observers: Other observers of contact changes.
  package static func register(
    in registry: inout JobRegistry, cache: SegmentSetCache,
    observers: [any ContactChangeObserver] = []
  ) {
    let gate = RefreshGate(limit: refreshesPerProcess)
    registry.register(RefreshSegments.self) { _, context in
      let refresher = SegmentRefresher(
        jobs: context.client, cache: cache, observers: observers, logger: context.logger)
      try await gate.run {
        try context.checkLease()
        return try await refresher.round().contacts > 0
      }
    }
    registry.register(ReconcileChanges.self) { job, context in
      try await job.reconcile(context)
    }
    let rebuilds = RebuildHandler(cache: cache)
    registry.register(RebuildSegment.self) { try await rebuilds.handle($0, $1) }
    let ranges = RangeHandler(cache: cache)
    registry.register(RebuildRange.self) { try await ranges.handle($0, $1) }
    registry.register(FinishRebuild.self) { job, context in
      _ = try await context.complete { transaction in
        try await RebuildEnd.finish(job.rebuild, in: transaction)
      }
    }
    registry.register(RunRebuilds.self) { try await RebuildRun.begin($0, $1, cache) }
    registry.register(RebuildDueSegment.self) { try await $0.handle($1) }
    registry.register(SweepSegments.self) { job, context in
      try await SweepHandler(options: try await cache.options()).handle(job, context)
    }
  }

  /// The periodic jobs for a scheduler.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "segments.look", .every(.seconds(5)), options: EnqueueOptions(uniqueKey: "look")
      ) { _ in ReconcileChanges() },
      // Every minute, so that a change of the interval is in force at once.
      PeriodicJob(
        "segments.sweep", .every(.seconds(60)), options: EnqueueOptions(uniqueKey: "sweep")
      ) { SweepSegments(slot: Int64($0.timeIntervalSince1970)) },
    ]
  }
}
