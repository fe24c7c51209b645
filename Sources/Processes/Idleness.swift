import Campaigns
import Contacts
import JobQueue
import Mail

extension Backends {
  /// Whether nothing is due by the clock: no job, and nothing in the tables that is due and has not become a job
  /// yet, as right after the test clock was moved.
  /// - Throws: The error of a server.
  package func isIdle() async throws -> Bool {
    guard try await jobs.isIdle() else { return false }
    let now = clock.now
    if try await CampaignService.isBehind(at: now, on: postgres) { return false }
    if try await ContactChanges.arePending(on: postgres) { return false }
    if try await MailBacklogStore.isBehind(at: now, on: postgres) { return false }
    // The work just found done may have left a job behind.
    return try await jobs.isIdle()
  }
}
