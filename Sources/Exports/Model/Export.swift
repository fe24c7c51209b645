package import Foundation

/// An export with its request, status and results (import-export.md 12).
package struct Export: Sendable, Identifiable {
  package var id: Int64
  /// The requested options.
  package var options: ExportOptions
  /// The status.
  package var status: ExportStatus
  /// The columns of the file, with "all" expanded.
  package var columns: [String]
  /// The name under which the file is stored and offered for download (EXP-13).
  package var fileName: String
  /// The number of contacts in the snapshot; nil until it is taken.
  package var rowCount: Int64?
  /// The number of contacts written.
  package var processedCount: Int64
  /// The number of values neutralised (EXP-12).
  package var neutralisedCount: Int64
  /// The number of values cut to the limit of an Excel cell (EXP-21).
  package var shortenedCount: Int64
  /// The contacts that the file lacks because their rows could not be formed (EXP-24).
  package var leftOut: [LeftOutContact]
  /// The number of the run to which its parts belong.
  package var run: Int
  /// The size of each part of the file except the last, in bytes.
  package var partBytes: Int
  /// The size of the file in bytes, once it is ready.
  package var fileSize: Int64?
  /// The SHA-256 of the file in hexadecimal, once it is ready.
  package var sha256: String?
  /// The reason for its failure.
  package var error: ExportError?
  /// The id of the job that writes it.
  package var jobID: String?
  /// The time of the request.
  package var dateAdded: Date
  /// The time of the last change by a user.
  package var dateModified: Date?
  /// The id of the user who requested it; nil for an operator at the command line.
  package var createdBy: Int64?
  /// The name of the user who requested it.
  package var createdByUser: String?
  /// The id of the user who last changed it.
  package var modifiedBy: Int64?
  /// The name of the user who last changed it.
  package var modifiedByUser: String?
  /// The time of the snapshot.
  package var dateStarted: Date?
  /// The time at which it was ready, failed or was stopped.
  package var dateEnded: Date?
  /// The time at which the file is deleted (EXP-16).
  package var dateExpires: Date?

  /// The progress in percent with two decimals; nil while the number of rows is unknown.
  package var progress: Double? {
    if status == .ready || status == .expired { return 100 }
    guard let rowCount, rowCount > 0 else { return nil }
    return (Double(processedCount) / Double(rowCount) * 10_000).rounded(.down) / 100
  }

  /// Returns the status at an instant: an expired file counts as gone even before it is deleted.
  package func status(at now: Date) -> ExportStatus {
    if status == .ready, let dateExpires, dateExpires <= now { return .expired }
    return status
  }
}
