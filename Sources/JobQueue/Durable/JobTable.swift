public import Postgres

/// Conditions on rows of the table `jobs`, for statements of other modules.
public enum JobTable {
  /// The condition that a row's job is scheduled, waits or runs.
  ///
  /// - Parameter row: The name of the table in the statement.
  public static func isUnfinished(_ row: SQL = "jobs") -> SQL {
    "\(sql: row).state = \(literal: JobRow.State.live)"
  }

  /// The condition that a row's job has died.
  ///
  /// - Parameter row: The name of the table in the statement.
  public static func isDead(_ row: SQL = "jobs") -> SQL {
    "\(sql: row).state = \(literal: JobRow.State.dead)"
  }
}
