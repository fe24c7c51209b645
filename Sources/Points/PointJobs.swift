import Foundation
package import JobQueue
import Postgres

/// What a worker and a scheduler need to know to do the jobs of points.
package enum PointJobs {
  /// The queue that they run on.
  package static let queue = "points"

  /// A trigger is applied to so many contacts by one job, and so many acts are forgotten or scores removed in one
  /// transaction.
  static let rangeSize = 5_000

  /// So long an act may be recorded again and counts once (PTS-11).
  static let actDays = 90

  /// Registers the handlers of all jobs of points.
  ///
  /// - Parameters:
  ///   - registry: The kinds of jobs.
  ///   - actions: What events of triggers can do.
  package static func register(in registry: inout JobRegistry, actions: PointTriggerActions) {
    let triggers = TriggerHandler(actions: actions)
    registry.register(FirePointTriggers.self) { try await triggers.fire($0, $1) }
    registry.register(ApplyPointTrigger.self) { try await triggers.apply($0, $1) }
    registry.register(RemoveGroupScores.self) { job, context in
      let now = context.clock.now
      while try await context.transaction({ connection, _ in
        try await GroupScores.remove(
          of: job.group, limit: rangeSize, now: now, on: connection)
      }) { try context.checkLease() }
      try await context.complete()
    }
    registry.register(PruneEngagements.self) { _, context in
      let limit = context.clock.now.addingTimeInterval(-Double(actDays) * 86_400)
      var count = 0
      repeat {
        try context.checkLease()
        count = try await context.transaction { connection, _ in
          try await connection.query(
            """
            DELETE FROM point_action_log WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM point_action_log WHERE act <> '' AND date_fired < \(limit)
              LIMIT \(rangeSize)))
            """
          ).affected
        }
      } while count == rangeSize
      try await context.complete()
    }
  }

  /// The jobs that a scheduler enqueues again and again.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "points.prune", .every(.seconds(86_400)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneEngagements() }
    ]
  }
}
