import Foundation
import JobQueue
import Primitives

/// The jobs of campaigns.
package enum CampaignJobs {
  /// The queue of all campaign jobs; a group per campaign shares it fairly (CAM-904).
  package static let queue = "campaigns"

  /// The delay in seconds before the work of an edit is repeated: transactions begun before the edit, with the
  /// old graph, have ended by then.
  static let secondSweepDelay: TimeInterval = 60

  static func group(_ campaign: Int64) -> String { "campaign:\(campaign)" }
}

/// Executes the due entries of an event. Safe to lose: the rows stay, and reconciliation finds them.
struct ExecuteDue: TransientJob {
  static let name = "campaign.trigger"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 3) }

  var event: Int64
  /// The end of the timer bucket in milliseconds since 1970; nil for everything due.
  var bucket: Int64?
  /// Whether it continues where another one stopped.
  var continues: Bool?

  private enum CodingKeys: String, CodingKey {
    case event
    case bucket = "slot"
    case continues
  }
}

/// Updates the members of campaigns from announced entries and exits of segments. Safe to lose: the
/// announcements stay.
struct FollowSegments: TransientJob {
  static let name = "campaign.follow"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 3) }
}

/// Updates all members of a campaign from its source segments.
struct UpdateCampaign: DurableJob {
  static let name = "campaign.update"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(keep: .seconds(86_400)) }

  var campaign: Int64
}

/// Re-enrolls contacts that exited while a source segment holds them, after the pause (CAM-110).
struct Reenroll: DurableJob {
  static let name = "campaign.return"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  /// The earliest exit.
  var since: Date
}

/// Lays the timers of events whose transaction could not write them to Redis.
struct LayTimers: DurableJob {
  static let name = "campaign.lay"
  static let queue = CampaignJobs.queue

  var events: [Int64]
}

/// Finds work without a job: announcements, campaigns that became live.
struct ReconcileCampaigns: DurableJob {
  static let name = "campaign.look"
  static let queue = CampaignJobs.queue
}

/// Removes the rows of a deleted campaign, in batches.
struct RemoveCampaign: DurableJob {
  static let name = "campaign.remove"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  /// Whether it is the second sweep, which finds rows written during the first.
  var isSecondSweep: Bool?

  private enum CodingKeys: String, CodingKey {
    case campaign
    case isSecondSweep = "isAgain"
  }
}

/// Cancels the open entries of a deleted event, in batches (CAM-631).
struct CancelEvent: DurableJob {
  static let name = "campaign.cancel"
  static let queue = CampaignJobs.queue

  var event: Int64
  /// Whether it is the second sweep, which finds rows written during the first.
  var isSecondSweep: Bool?

  private enum CodingKeys: String, CodingKey {
    case event
    case isSecondSweep = "isAgain"
  }
}

/// Recomputes the deadlines of an open decision, in batches (CAM-415).
struct RecomputeDeadlines: DurableJob {
  static let name = "campaign.deadlines"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  var event: Int64
  /// Whether it is the second sweep, which finds rows written during the first.
  var isSecondSweep: Bool?

  private enum CodingKeys: String, CodingKey {
    case campaign, event
    case isSecondSweep = "isAgain"
  }
}

/// Corrects the counters of a campaign from its log (CAM-803).
struct RepairStatistics: DurableJob {
  static let name = "campaign.statistics"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(keep: .seconds(86_400)) }

  var campaign: Int64
}
