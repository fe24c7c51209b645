import Foundation
package import JobQueue
import Postgres

/// Seals what the audit log has got, and drops what it need not keep any more. Writers never wait for it.
package struct AuditSealer: Sendable {
  /// The entries of a block, to which at most one note's 1,000 may be added.
  package static let blockSize = 5_000

  private let signer: AuditSigner
  private let size: Int

  /// - Parameters:
  ///   - signer: Signs the blocks.
  ///   - size: The entries of a block.
  package init(signer: AuditSigner, size: Int = blockSize) {
    self.signer = signer
    self.size = max(1, size)
  }

  /// Seals the next block in a transaction; does nothing while another one seals.
  ///
  /// - Returns: Whether there may be more to seal.
  package func seal(in transaction: Transaction) async throws -> Bool {
    guard try await transaction.connection.tryLock(.auditSeals) else { return false }
    let spans = try await AuditSealStore.take(size, in: transaction)
    guard !spans.isEmpty else { return false }
    guard let found = try await AuditSealStore.entries(of: spans, in: transaction) else {
      return true
    }
    let head = try await AuditSealStore.head(on: transaction.connection)
    let seal = AuditSeal(
      block: head.block + 1, entries: found.ids, hashes: found.hashes, newest: found.newest,
      sealed: transaction.now.wholeSeconds, previous: head.hash)
    try await AuditSealStore.append(seal, signer: signer, in: transaction)
    return true
  }

  /// Drops the first block of entries older than a number of days, if there is one.
  ///
  /// - Returns: Whether there may be more.
  package func drop(olderThan days: Int, in transaction: Transaction) async throws -> Bool {
    guard try await transaction.connection.tryLock(.auditSeals) else { return false }
    let instant = transaction.now.addingTimeInterval(-Double(days) * 86_400)
    return try await AuditSealStore.dropFirst(before: instant, signer: signer, in: transaction)
  }
}

/// Seals the audit log.
struct SealAudit: DurableJob {
  static let name = "audit.seal"
  static let queue = AuditJobs.queue
  static let options = JobOptions(maxAttempts: 2)
}

/// Drops entries of the audit log by `audit_retention_days`.
struct PruneAudit: DurableJob {
  static let name = "audit.prune"
  static let queue = AuditJobs.queue
  static let options = JobOptions(maxAttempts: 2)
}

/// The jobs of the audit log, for workers and schedulers.
package enum AuditJobs {
  /// The queue of the jobs.
  package static let queue = "audit"

  /// Registers the handlers. A second delivery finds nothing to do.
  ///
  /// - Parameters:
  ///   - registry: The registry of jobs.
  ///   - sealer: Seals and drops.
  ///   - retention: The days for which entries are kept; 0 for ever.
  package static func register(
    in registry: inout JobRegistry, sealer: AuditSealer,
    retention: @escaping @Sendable () async throws -> Int
  ) {
    registry.register(SealAudit.self) { _, context in
      repeat {
        try context.checkLease()
      } while try await context.transaction { try await sealer.seal(in: $0) }
      try await context.complete()
    }
    registry.register(PruneAudit.self) { _, context in
      let days = try await retention()
      if days > 0 {
        repeat {
          try context.checkLease()
        } while try await context.transaction { try await sealer.drop(olderThan: days, in: $0) }
      }
      try await context.complete()
    }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob("audit.seal", .every(.seconds(5)), options: EnqueueOptions(uniqueKey: "seal")) {
        _ in SealAudit()
      },
      PeriodicJob(
        "audit.prune", .every(.seconds(3_600)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneAudit() },
    ]
  }
}
