package import JobQueue
import Postgres

/// What an operator sets about exports.
package struct ExportSettings: Sendable {
  /// For how many days a file is kept (EXP-16).
  package var days = 7
  /// The most contacts of one export; 0 for no limit (EXP-05).
  package var limit: Int64 = 0
  /// How many exports of one user are made at once; further ones wait.
  package var perUser = 2
  /// Rows of a sheet without its heading: Excel has 1,048,576 with it (EXP-21).
  package var rowsPerSheet = 1_048_575
  /// Bytes of a part of a stored file.
  package var partBytes = 1 << 20
  /// Bytes that are gathered before they are handed on.
  package var batchBytes = 4 << 20
  /// Where workbooks are put together, as a worker's own disk; nil for the system's folder.
  package var folder: String?

  /// Tells whoever asked for it that a file is ready, in the transaction that makes it one (EXP-02).
  package var onReady: (@Sendable (Export, Transaction) async throws -> Void)?

  /// The settings of a new system.
  package init() {}
}
