import Foundation
package import JobQueue
import Logging
import Metrics
import Postgres

/// Executes what is due of an event. Safe to lose: the rows stay, and the look finds them.
struct ExecuteDue: TransientJob {
  static let name = "campaign.trigger"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 3) }

  var event: Int64
  /// The end of the slot of time that it is about, milliseconds since 1970; nil for whatever is due.
  var slot: Int64?
  /// Whether it goes on where another one stopped.
  var continues: Bool?
}

/// Brings the members of campaigns in line with what entered and left their segments. Safe to lose: the
/// announcements stay.
struct FollowSegments: TransientJob {
  static let name = "campaign.follow"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 3) }
}

/// Brings all members of a campaign in line with its source segments.
struct UpdateCampaign: DurableJob {
  static let name = "campaign.update"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(keep: .seconds(86_400)) }

  var campaign: Int64
}

/// Has the segments take back who exited while they hold it, once the pause is over (CAM-110).
struct Reenroll: DurableJob {
  static let name = "campaign.return"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  /// Who exited since then.
  var since: Date
}

/// Looks for what nobody has been told of: entries that come due, announcements, campaigns that became live.
struct ReconcileCampaigns: DurableJob {
  static let name = "campaign.look"
  static let queue = CampaignJobs.queue
}

/// Removes what is left of a deleted campaign, in batches.
struct RemoveCampaign: DurableJob {
  static let name = "campaign.remove"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  /// Whether it looks for what came after the first time.
  var isAgain: Bool?
}

/// Cancels what is open of an event that was deleted, in batches (CAM-631).
struct CancelEvent: DurableJob {
  static let name = "campaign.cancel"
  static let queue = CampaignJobs.queue

  var event: Int64
  /// Whether it looks for what came after the first time.
  var isAgain: Bool?
}

/// Computes the deadlines of an open decision anew, in batches (CAM-415).
struct RecomputeDeadlines: DurableJob {
  static let name = "campaign.deadlines"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  var event: Int64
  /// Whether it looks for what came after the first time.
  var isAgain: Bool?
}

/// Proves the counters of a campaign from its log (CAM-803).
struct RepairStatistics: DurableJob {
  static let name = "campaign.statistics"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(keep: .seconds(86_400)) }

  var campaign: Int64
}

/// What a worker and a scheduler need to know of campaigns.
package enum CampaignJobs {
  /// The queue of all jobs of campaigns; a lane per campaign shares it fairly (CAM-904).
  package static let queue = "campaigns"

  /// Registers the handlers of all jobs of campaigns.
  package static func register(in registry: inout JobRegistry, _ campaigns: CampaignService) {
    registry.register(ExecuteDue.self) { try await campaigns.execute($0, $1) }
    registry.register(FollowSegments.self) { _, context in try await campaigns.follow(context) }
    registry.register(UpdateCampaign.self) { try await campaigns.update($0, $1) }
    registry.register(Reenroll.self) { try await campaigns.takeBack($0, $1) }
    registry.register(ReconcileCampaigns.self) { _, context in try await campaigns.look(context) }
    registry.register(RemoveCampaign.self) { try await campaigns.remove($0, $1) }
    registry.register(CallWebhook.self) { try await campaigns.call($0, $1) }
    registry.register(CancelEvent.self) { try await campaigns.cancel($0, $1) }
    registry.register(RecomputeDeadlines.self) { try await campaigns.retime($0, $1) }
    registry.register(RepairStatistics.self) { try await StatisticsRepair.handle($0, $1) }
  }

  /// The jobs that a scheduler enqueues again and again.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "campaigns.look", .every(.seconds(10)), options: EnqueueOptions(uniqueKey: "look")
      ) { _ in ReconcileCampaigns() }
    ]
  }

  /// What an edit asks for is done at once, and once more after so many seconds: a pass that had begun before it,
  /// with the graph as it was, has ended by then.
  static let afterglow: TimeInterval = 60

  static func lane(_ campaign: Int64) -> String { "campaign:\(campaign)" }
}

/// How late entries were executed, and how many.
enum CampaignMetrics {
  static let lateness = Metrics.Timer(
    label: "martlet_campaign_lateness_seconds", dimensions: [], preferredDisplayUnit: .seconds)
  static let executed = Counter(label: "martlet_campaign_entries_total")
}

extension Campaigns {
  /// Asks for the members of a campaign to be brought in line with its source segments; what is due is executed
  /// at once anyway.
  ///
  /// - Returns: The job; nil where the campaign does not exist or is not live.
  package func update(_ campaign: Int64) async throws -> JobID? {
    let now = clock.now
    return try await runtime.jobs.transaction { connection, outbox -> JobID? in
      let rows = try await connection.query(
        "SELECT FROM campaigns c WHERE c.id = \(campaign) AND \(sql: CampaignSQL.isLive(now))")
      guard !rows.isEmpty else { return nil }
      return try CampaignUpdates.request(campaign, in: outbox)
    }
  }

  /// Asks for the counters of a campaign to be proved from its log (CAM-803).
  package func repairStatistics(of campaign: Int64) async throws -> JobID {
    try await runtime.jobs.transaction { _, outbox in
      try outbox.add(
        RepairStatistics(campaign: campaign),
        EnqueueOptions(object: JobSubject(type: "campaign", id: campaign)))
    }
  }
}
