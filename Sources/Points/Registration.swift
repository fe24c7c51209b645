import Foundation
package import JobQueue
import Postgres

extension PointJobs {
  /// Registers the handlers of all jobs of points.
  ///
  /// - Parameters:
  ///   - registry: The registry of jobs.
  ///   - actions: The actions of trigger events.
  package static func register(in registry: inout JobRegistry, actions: PointTriggerActions) {
    let triggers = TriggerHandler(actions: actions)
    registry.register(FirePointTriggers.self) { try await triggers.fire($0, $1) }
    registry.register(ApplyPointTrigger.self) { try await triggers.apply($0, $1) }
    registry.register(RemoveGroupScores.self) { job, context in
      let now = context.clock.now
      while try await context.transaction(
        at: now,
        { transaction in
          try await GroupScores.remove(of: job.group, limit: rangeSize, in: transaction)
        })
      { try context.checkLease() }
      try await context.complete()
    }
    registry.register(PruneEngagements.self) { _, context in
      let limit = context.clock.now.addingTimeInterval(-Double(engagementDays) * 86_400)
      var count = 0
      repeat {
        try context.checkLease()
        count = try await context.transaction { transaction in
          try await PointActionStore.deleteEngagements(
            before: limit, count: rangeSize, on: transaction.connection)
        }
      } while count == rangeSize
      try await context.complete()
    }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "points.prune", .every(.seconds(86_400)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneEngagements() }
    ]
  }
}
