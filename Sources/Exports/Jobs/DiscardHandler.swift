import JobQueue
import Postgres

/// The handler of ``DiscardExportParts``: deletes in steps, so that the deletion of a large file
/// blocks no other transaction for long.
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
