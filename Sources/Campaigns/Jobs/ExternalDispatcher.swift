import Foundation
import JobQueue

/// Dispatches claimed entries to external actions, and records the results.
struct ExternalDispatcher {
  /// The most entries that are claimed at once.
  static let batchSize = 64
  /// The length of a lease, unless it is renewed: a worker that died is missed after that.
  static let lease = Duration.seconds(12)
  /// The most effects at a time.
  private static let concurrency = 8

  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Has the effects of claimed entries, a few at a time, and records the results as they come.
  func dispatch(_ claim: Claim, _ campaign: Int64) async throws {
    guard case .external(let action)? = service.engine.types[claim.event.type] else { return }
    // Cancelled where this scope ends.
    async let _ = renew(claim, every: Self.lease / 4)
    try await withThrowingTaskGroup(of: ExternalResult.self) { group in
      var rest = claim.entries[...]
      func next() {
        guard let entry = rest.popFirst() else { return }
        group.addTask {
          guard let contact = claim.contacts[entry.contact] else {
            return (entry, .success(()))
          }
          let result = await action.perform(
            claim.event, contact, key: claim.key(entry), claim.settings)
          // What was broken off as this worker stops says nothing of the other side.
          try Task.checkCancellation()
          return (entry, result)
        }
      }
      for _ in 0..<Self.concurrency { next() }
      var results: [ExternalResult] = []
      while let result = try await group.next() {
        results.append(result)
        next()
        if results.count >= 16 || rest.isEmpty && results.count >= Self.concurrency {
          try await record(claim, results, campaign)
          results = []
        }
      }
      if !results.isEmpty { try await record(claim, results, campaign) }
    }
  }

  /// Renews the lease of a claim until the task is cancelled, however long the other side takes.
  func renew(_ claim: Claim, every pause: Duration) async {
    while true {
      do {
        try await Task.sleep(for: pause)
        let until = service.jobs.clock.now.addingTimeInterval(Self.lease / .seconds(1))
        try await service.jobs.postgres.withConnection {
          try await DueEntryStore.renewLease(
            of: claim.entries, claim.event, token: claim.token, until: until, on: $0)
        }
      } catch {
        if Task.isCancelled { return }
        service.logger.warning("A claim could not be renewed", metadata: ["error": "\(error)"])
      }
    }
  }

  private func record(
    _ claim: Claim, _ results: [ExternalResult], _ campaign: Int64
  ) async throws {
    // What was claimed before the campaign was unpublished ends all the same (CAM-604).
    _ = try await service.transaction(campaign, includingUnpublished: true) {
      try await ExternalActions($0).record(claim, results)
    }
  }
}
