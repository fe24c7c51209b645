import JobQueue
import Postgres

/// Handles ``DiscardExportParts``: deletes in steps, so that nobody waits for a large file to go.
struct DiscardHandler: Sendable {
  private static let partsPerStep = 64

  func handle(_ context: JobContext) async throws {
    var deleted = Self.partsPerStep
    while deleted == Self.partsPerStep {
      try context.checkLease()
      deleted = try await context.transaction { connection, _ in
        try await connection.query(
          """
          DELETE FROM export_parts WHERE (export_id, run, number) IN (
            SELECT p.export_id, p.run, p.number FROM export_parts p
            WHERE NOT EXISTS (
              SELECT FROM exports e
              WHERE e.id = p.export_id AND e.run = p.run
                AND e.status IN (\(literal: ExportStatus.inProgress), \(literal: ExportStatus.ready)))
            ORDER BY p.export_id, p.run, p.number LIMIT \(Self.partsPerStep)
            FOR UPDATE SKIP LOCKED)
          """
        ).affected
      }
    }
  }
}
