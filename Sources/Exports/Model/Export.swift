package import Foundation

/// An export: what was asked for, how it stands, and what came of it (import-export.md 12).
package struct Export: Sendable, Identifiable {
  package var id: Int64
  /// What was asked for.
  package var options: ExportOptions
  /// How it stands.
  package var status: ExportStatus
  /// The columns of the file, those meant by "all" too.
  package var columns: [String]
  /// The name under which the file is stored and offered (EXP-13).
  package var fileName: String
  /// How many contacts the snapshot holds; nil until it was taken.
  package var rowCount: Int64?
  /// How many were written.
  package var processedCount: Int64
  /// How many values were made harmless (EXP-12).
  package var neutralisedCount: Int64
  /// How many values were cut to what a cell of Excel can hold (EXP-21).
  package var shortenedCount: Int64
  /// Which start of the export its parts belong to.
  package var run: Int
  /// Bytes of each part of the file but the last.
  package var partBytes: Int
  /// Bytes of the file, once it is ready.
  package var fileSize: Int64?
  /// The SHA-256 of the file in hexadecimal, once it is ready.
  package var sha256: String?
  /// Why it failed.
  package var error: ExportError?
  /// The job that makes it.
  package var jobID: String?
  /// When it was asked for.
  package var dateAdded: Date
  /// When somebody changed it last.
  package var dateModified: Date?
  /// Who asked for it; nil for an operator at the command line.
  package var createdBy: Int64?
  /// The name of who asked for it.
  package var createdByUser: String?
  /// Who changed it last.
  package var modifiedBy: Int64?
  /// The name of who changed it last.
  package var modifiedByUser: String?
  /// When the snapshot was taken.
  package var dateStarted: Date?
  /// When it was ready, failed or stopped.
  package var dateEnded: Date?
  /// When the file is deleted (EXP-16).
  package var dateExpires: Date?

  /// Percent done with two decimals; nil while the number of rows is not known.
  package var progress: Double? {
    if status == .ready || status == .expired { return 100 }
    guard let rowCount, rowCount > 0 else { return nil }
    return (Double(processedCount) / Double(rowCount) * 10_000).rounded(.down) / 100
  }

  /// The state at an instant: a file past its time counts as gone though nobody has deleted it yet.
  package func status(at now: Date) -> ExportStatus {
    if status == .ready, let dateExpires, dateExpires <= now { return .expired }
    return status
  }
}
