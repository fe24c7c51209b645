package import Foundation

/// The figures of a server and of the database in use.
package struct PostgresFigures: Sendable {
  /// A standby that follows.
  package struct Replica: Sendable {
    /// Its application name.
    package var name: String
    /// Such as `streaming`.
    package var state: String
    /// The part of the log that it has not applied.
    package var bytesBehind: Int64
    /// Its delay; nil where the server does not know.
    package var secondsBehind: Double?
  }

  /// The server's version.
  package var version: String
  /// When it was started.
  package var started: Date
  /// Whether it takes no writes.
  package var isStandby: Bool
  /// The size of the database.
  package var databaseBytes: Int64
  /// The clients' connections to all databases, by state.
  package var connections: [String: Int]
  /// The most connections that it takes.
  package var maximumConnections: Int
  /// Transactions committed since the statistics were reset, as the next three.
  package var commits: Int64
  package var rollbacks: Int64
  package var deadlocks: Int64
  /// What was written to temporary files.
  package var temporaryBytes: Int64
  /// The share of blocks found in memory, 0 to 1; nil where none was read.
  package var cacheHits: Double?
  /// The age of the oldest row in transactions; at about 2,000,000,000 the server stops taking writes.
  package var transactionAge: Int64
  /// The standbys that follow it.
  package var replicas: [Replica]
}

/// The figures of a table.
package struct PostgresTable: Sendable {
  package var name: String
  /// Its size with its indexes.
  package var bytes: Int64
  /// The part of it that is indexes.
  package var indexBytes: Int64
  /// Estimated rows.
  package var liveRows: Int64
  /// Rows that are gone and whose place vacuum has not freed.
  package var deadRows: Int64
  /// The last vacuum, by whomever; nil for never.
  package var vacuumed: Date?
  /// The last analysis; nil for never.
  package var analyzed: Date?
}

/// A statement under way.
package struct PostgresStatement: Sendable {
  /// The name of the client.
  package var process: String
  /// The server process that runs it.
  package var serverProcess: Int64
  /// Such as `active` or `idle in transaction`.
  package var state: String
  /// The kind of thing that it waits for, such as `Lock`; empty for nothing.
  package var waitsFor: String
  /// Whether another holds a lock that it waits for.
  package var isBlocked: Bool
  /// Its text, at most 400 characters.
  package var text: String
  /// The age of its transaction.
  package var seconds: Double
}

/// A statement's time over all its runs.
package struct PostgresStatementTotal: Sendable {
  /// Its text without values, at most 400 characters.
  package var text: String
  /// How often it ran.
  package var calls: Int64
  /// The time of all runs.
  package var totalSeconds: Double
  /// The mean time of one.
  package var meanMilliseconds: Double
}
