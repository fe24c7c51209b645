import Foundation
import JobQueue

/// Watches over jobs that may perform actions, so that the death of their worker is known before the next jobs of the
/// same campaign begin (CAM-463). That the job itself comes back shows only when the worker's lease has lapsed, and
/// jobs that arrive meanwhile would meet the same action.
struct CampaignWatch {
  /// The subject of jobs that work on any campaigns.
  static let all: Int64 = 0

  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Runs a job's work on a campaign. If a worker died at such work, what it does is suspect.
  func run(
    _ campaign: Int64, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Void
  ) async throws {
    let (turn, now) = (UUID(), service.jobs.clock.now)
    let hasDied = try await service.jobs.postgres.withConnection {
      try await CampaignWorkStore.begin(campaign, turn: turn, at: now, on: $0)
    }
    do {
      if hasDied {
        try await CrashSuspicion.$isRaised.withValue(true) { try await body() }
      } else {
        try await body()
      }
    } catch {
      await end(turn)
      throw error
    }
    await end(turn)
  }

  /// Notes the end, also when the task was cancelled. If it fails, the next job is careful without need.
  private func end(_ turn: UUID) async {
    let (jobs, logger) = (service.jobs, service.logger)
    await Task {
      do {
        try await jobs.postgres.withConnection { try await CampaignWorkStore.end(turn, on: $0) }
      } catch {
        logger.warning("The end of work could not be noted", metadata: ["error": "\(error)"])
      }
    }.value
  }
}
