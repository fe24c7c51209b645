import Foundation
import JobQueue
import Postgres

/// Corrects the counters of a campaign from its log (CAM-803).
enum StatisticsRepair {
  static func handle(_ job: RepairStatistics, _ context: JobContext) async throws {
    try await context.complete { transaction in
      let changed = try await run(job.campaign, on: transaction.connection)
      try context.setResult(["corrected": changed])
    }
  }

  /// - Returns: The number of counters corrected.
  static func run(_ campaign: Int64, on connection: PostgresConnection) async throws -> Int {
    // Others may keep counting: a log and its counters change in one transaction, so the snapshot of one
    // statement sees both consistently, and its additions are correct whatever others add. Two repairs
    // would add twice.
    try await connection.lock(.campaignStatistics(campaign))
    var corrected = 0
    for counter in CounterStatements.all(of: campaign) {
      corrected += try await connection.query(counter.correction(campaign)).count
    }
    return corrected
  }
}
