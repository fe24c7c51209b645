package import Foundation
package import JobQueue
package import Postgres

/// Observes changes of contacts in addition to segments, in the transaction that removes their
/// marks, so that each mark is observed once.
///
/// During the call no other transaction evaluates or deletes these contacts, and everything
/// committed before is visible. It precedes the evaluation of segments and must be fast.
package protocol ContactChangeObserver: Sendable {
  /// Returns the query for the data needed in every round; sent along with another statement.
  func question(now: Date) -> SQL

  /// Observes the changes of one round.
  ///
  /// - Parameters:
  ///   - changes: The changed contacts by topic.
  ///   - answer: The result of ``question(now:)``, read after the contacts were locked.
  ///   - transaction: The transaction.
  /// - Throws: An error of the database; the marks then stay, and the round is retried.
  func observe(
    _ changes: [Set<ChangeTopic>: Set<Int64>], _ answer: PostgresRows, in transaction: Transaction
  ) async throws
}
