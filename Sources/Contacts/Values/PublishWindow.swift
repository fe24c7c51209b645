package import Foundation
package import Postgres

/// The rule by which a published record is in use: the instant is within its window.
package enum PublishWindow {
  /// Returns the condition on a table, by its name in a query.
  package static func isOpen(_ table: String, _ now: Date) -> SQL {
    let table: SQL = "\(identifier: table)"
    return """
      (\(sql: table).is_published
        AND (\(sql: table).publish_up IS NULL OR \(sql: table).publish_up <= \(now))
        AND (\(sql: table).publish_down IS NULL OR \(sql: table).publish_down > \(now)))
      """
  }
}
