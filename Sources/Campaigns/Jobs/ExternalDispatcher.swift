import Foundation
import JobQueue

/// Dispatches claimed entries to external actions, and records the results.
struct ExternalDispatcher {
  /// The maximum number of entries claimed at once.
  static let batchSize = 64
  /// The length of a lease without renewal, after which a worker counts as dead.
  static let lease = Duration.seconds(12)
  /// The maximum number of concurrent effects.
  private static let concurrency = 8

  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Performs the effects of claimed entries, a few at a time, and records the results as they arrive. What ends
  /// before it was done is handed back.
  func dispatch(_ claim: Claim, _ campaign: Int64) async throws {
    guard case .external(let action)? = service.engine.types[claim.event.type] else { return }
    // Cancelled at the end of this scope.
    async let _ = renew(claim, every: Self.lease / 4)
    do {
      try await perform(claim, action, campaign)
    } catch {
      await release(claim)
      throw error
    }
  }

  private func perform(
    _ claim: Claim, _ action: any ExternalAction, _ campaign: Int64
  ) async throws {
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
          // An interruption by this worker's shutdown says nothing about the remote side.
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

  /// Performs an action of the database for claimed entries. Actions below it are scheduled, to be claimed in
  /// turn.
  func apply(_ claim: Claim, _ action: any CampaignAction, _ campaign: Int64) async throws {
    do {
      _ = try await service.transaction(campaign, includingUnpublished: true) {
        $0.isCautious = true
        try await ExternalActions($0).apply(claim, action)
      }
    } catch {
      await release(claim)
      throw error
    }
  }

  /// Hands back what is still claimed, also when the task was cancelled. If it fails, the lease lapses, which
  /// counts as an attempt.
  private func release(_ claim: Claim) async {
    let (jobs, logger) = (service.jobs, service.logger)
    await Task {
      do {
        let now = jobs.clock.now
        try await jobs.postgres.withConnection {
          try await DueEntryStore.release(
            claim.entries, claim.event, token: claim.token, at: now, on: $0)
        }
      } catch {
        logger.warning("A claim could not be handed back", metadata: ["error": "\(error)"])
      }
    }.value
  }

  /// Renews the lease of a claim until the task is cancelled, however long the remote side takes.
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
    // Entries claimed before the campaign was unpublished are recorded all the same (CAM-604).
    _ = try await service.transaction(campaign, includingUnpublished: true) {
      try await ExternalActions($0).record(claim, results)
    }
  }
}
