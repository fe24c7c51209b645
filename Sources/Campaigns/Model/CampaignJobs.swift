import Foundation
import JobQueue
import Primitives

/// The jobs of campaigns.
package enum CampaignJobs {
  /// The queue of all jobs of campaigns; a group per campaign shares it fairly (CAM-904).
  package static let queue = "campaigns"

  /// The seconds after which the work of an edit is done once more: a transaction that had begun before the edit, with
  /// the graph as it was, has ended by then.
  static let secondSweepDelay: TimeInterval = 60

  static func group(_ campaign: Int64) -> String { "campaign:\(campaign)" }
}

/// Executes what is due of an event. Safe to lose: the rows stay, and reconciliation finds them.
struct ExecuteDue: TransientJob {
  static let name = "campaign.trigger"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 3) }

  var event: Int64
  /// The end of the timer bucket, milliseconds since 1970; nil for whatever is due.
  var bucket: Int64?
  /// Whether it goes on where another one stopped.
  var continues: Bool?

  private enum CodingKeys: String, CodingKey {
    case event
    case bucket = "slot"
    case continues
  }
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

/// Re-enrols contacts that exited while a source segment holds them, once the pause is over (CAM-110).
struct Reenroll: DurableJob {
  static let name = "campaign.return"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  /// The earliest exit.
  var since: Date
}

/// Finds work that nobody was told of: entries that come due, announcements, campaigns that became live.
struct ReconcileCampaigns: DurableJob {
  static let name = "campaign.look"
  static let queue = CampaignJobs.queue
}

/// Removes what is left of a deleted campaign, in batches.
struct RemoveCampaign: DurableJob {
  static let name = "campaign.remove"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  /// Whether it finds what came after the first sweep.
  var isSecondSweep: Bool?

  private enum CodingKeys: String, CodingKey {
    case campaign
    case isSecondSweep = "isAgain"
  }
}

/// Cancels what is open of an event that was deleted, in batches (CAM-631).
struct CancelEvent: DurableJob {
  static let name = "campaign.cancel"
  static let queue = CampaignJobs.queue

  var event: Int64
  /// Whether it finds what came after the first sweep.
  var isSecondSweep: Bool?

  private enum CodingKeys: String, CodingKey {
    case event
    case isSecondSweep = "isAgain"
  }
}

/// Computes the deadlines of an open decision anew, in batches (CAM-415).
struct RecomputeDeadlines: DurableJob {
  static let name = "campaign.deadlines"
  static let queue = CampaignJobs.queue

  var campaign: Int64
  var event: Int64
  /// Whether it finds what came after the first sweep.
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

/// Requests for members to be brought up to date.
enum CampaignUpdates {
  /// Adds the job of a campaign; for an instant to come it is added once.
  @discardableResult
  static func request(
    _ campaign: Int64, at instant: Date? = nil, in outbox: JobOutbox
  ) throws -> JobID {
    try outbox.add(
      UpdateCampaign(campaign: campaign),
      EnqueueOptions(
        runAt: instant,
        uniqueKey: instant.map { "\(campaign):\(Int64(saturating: $0.timeIntervalSince1970))" },
        object: JobSubject(type: "campaign", id: campaign)))
  }
}
