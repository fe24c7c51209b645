import Campaigns
import Contacts
import JobQueue
import Mail

extension Backends {
  /// Whether nothing is due by the clock: no job, and nothing in the tables that is due and has not become a job
  /// yet, as right after the test clock was moved.
  /// - Throws: The error of a server.
  package func isIdle() async throws -> Bool { try await behind().isEmpty }

  /// What is due by the clock and not done, in words; empty when all is idle.
  /// - Throws: The error of a server.
  package func behind() async throws -> [String] {
    if try await !jobs.isIdle() { return try await busyQueues() }
    let now = clock.now
    var reasons: [String] = []
    if try await CampaignService.isBehind(at: now, on: postgres) {
      reasons.append("campaigns: entries are due, or segments have announced moves")
    }
    if try await ContactChanges.arePending(on: postgres) {
      reasons.append("segments: changes of contacts wait for the refresh")
    }
    if try await MailBacklogStore.isBehind(at: now, on: postgres) {
      reasons.append("mail: engagements wait to be recorded, or held messages are due")
    }
    guard reasons.isEmpty else {
      // Periodic jobs find this work; where they do not run, it stays.
      let late = try await ScheduleCheck(self).periodic().filter(\.isFaulty).map(ScheduleCheck.text)
      return reasons + late
    }
    // The work just found done may have left a job behind.
    return try await jobs.isIdle() ? [] : try await busyQueues()
  }

  private func busyQueues() async throws -> [String] {
    let queues = try await jobs.queues().filter { $0.depth + $0.running + $0.scheduled > 0 }.map {
      "queue \($0.name): \($0.depth) ready, \($0.running) running, \($0.scheduled) scheduled"
    }
    return queues.isEmpty ? ["jobs are on their way to a queue"] : queues
  }
}
