package import CSV
package import Foundation
package import JobQueue
import Postgres

/// The operator's settings for imports.
package struct ImportSettings: Sendable {
  /// The maximum number of imports of one object in progress at once (IMP-24).
  package var parallelLimit: Int = 4
  /// The maximum number of rows imported in the foreground; 0 for no limit (IMP-20, IMP-21).
  package var foregroundRows: Int = 1_000
  /// The time zone of dates that do not name one (IMP-31).
  package var timeZone: TimeZone = .gmt
  /// The maximum size of a file, in bytes (IMP-03).
  package var sizeLimit: Int64 = 10 << 30
  /// The time without saved progress after which an import fails, in seconds (IMP-65).
  package var staleAfter: TimeInterval = 2 * 3600
  /// The time without new bytes after which an upload is abandoned, in seconds.
  package var uploadStaleAfter: TimeInterval = 3600
  /// The limits by which a file is split into parts.
  package var limits = CSVLimits()
  /// The number of deferred rows that one job takes.
  package var contestedRows: Int = 5_000
  /// The maximum number of keys held in memory while parts are compared.
  package var keysPerPass: Int = 4_000_000
  /// The number of contacts that one transaction of an undoing looks at.
  package var undoStep: Int = 1_000
  /// Whether one matching unique identifier is enough (OR); otherwise all must match (AND, CON-60).
  package var matchesAnyIdentifier = false
  /// Notifies the creator of an import that it has ended, in the transaction that ends it (IMP-69).
  package var onEnd: (@Sendable (Import, Transaction) async throws -> Void)?

  /// Returns whether an import of this many rows may run in the foreground if requested.
  func allowsForeground(rows: Int) -> Bool { foregroundRows == 0 || rows <= foregroundRows }

  /// Creates the default settings.
  package init() {}
}
