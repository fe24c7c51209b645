package import CSV
package import Foundation
package import JobQueue
import Postgres

/// What an operator sets about imports.
package struct ImportSettings: Sendable {
  /// How many imports of one object are in progress at once (IMP-24).
  package var parallelLimit: Int = 4
  /// More rows than this are never imported in the foreground; 0 for no limit (IMP-20, IMP-21).
  package var foregroundRows: Int = 1_000
  /// The zone of dates that name none (IMP-31).
  package var timeZone: TimeZone = .gmt
  /// Larger files are refused, bytes (IMP-03).
  package var sizeLimit: Int64 = 10 << 30
  /// Without saved progress for this long an import has failed (IMP-65).
  package var staleAfter: TimeInterval = 2 * 3600
  /// An upload that got no bytes for this long is given up.
  package var uploadStaleAfter: TimeInterval = 3600
  /// How a file is cut.
  package var limits = CSVLimits()
  /// Rows put aside that one job takes.
  package var contestedRows: Int = 5_000
  /// Keys held in memory at once while parts are compared.
  package var keysPerPass: Int = 4_000_000
  /// The operator between several unique identifiers (CON-60): false is AND.
  package var matchesAnyIdentifier = false
  /// Tells whoever made an import that it has ended, in the transaction that ends it (IMP-69).
  package var onEnd: (@Sendable (Import, Transaction) async throws -> Void)?

  /// Whether an import is done in the foreground where that is asked for.
  func allowsForeground(rows: Int) -> Bool { foregroundRows == 0 || rows <= foregroundRows }

  /// The settings of a new system.
  package init() {}
}
