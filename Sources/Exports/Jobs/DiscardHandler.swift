import JobQueue
import Postgres

/// Handles ``DiscardExportParts``: deletes in steps, so that nobody waits for a large file to go.
struct DiscardHandler: Sendable {
  private static let partsPerStep = 64

  func handle(_ context: JobContext) async throws {
    var deleted = Self.partsPerStep
    while deleted == Self.partsPerStep {
      try context.checkLease()
      deleted = try await context.transaction { transaction in
        try await ExportStore.deleteParts(limit: Self.partsPerStep, on: transaction.connection)
      }
    }
  }
}
