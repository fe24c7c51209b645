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
    // Others may count on: a log and its counters change in one transaction, so the one snapshot of a
    // statement shows both as they belong together, and what it adds is right whatever others add. Two repairs
    // would add it twice.
    try await connection.lock(.campaignStatistics(campaign))
    var corrected = 0
    for counter in CounterStatements.all(of: campaign) {
      corrected += try await connection.query(counter.correction(campaign)).count
    }
    return corrected
  }
}
