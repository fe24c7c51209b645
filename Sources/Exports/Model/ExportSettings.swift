package import Foundation
package import JobQueue
import Postgres

/// The operator's settings for exports.
package struct ExportSettings: Sendable {
  /// The number of days for which a file is kept (EXP-16).
  package var days = 7
  /// The maximum number of contacts of one export; 0 for no limit (EXP-05).
  package var limit: Int64 = 0
  /// The maximum number of concurrent exports of one user; further ones wait.
  package var perUser = 2
  /// The number of rows of a sheet without its heading: Excel has 1,048,576 with it (EXP-21).
  package var rowsPerSheet = 1_048_575
  /// The size of a part of a stored file, in bytes.
  package var partBytes = 1 << 20
  /// The number of bytes gathered before they are passed on.
  package var batchBytes = 4 << 20
  /// The folder in which workbooks are assembled, such as a worker's own disk; nil for the
  /// system's.
  package var folder: String?

  /// The default zone, in which imports read date-times without one (EXP-10).
  package var timeZone: TimeZone = .gmt

  /// Notifies the user that a file is ready, in the transaction that completes it (EXP-02).
  package var onReady: (@Sendable (Export, Transaction) async throws -> Void)?

  /// Creates the default settings.
  package init() {}
}
