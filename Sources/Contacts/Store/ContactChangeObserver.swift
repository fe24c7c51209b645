package import Foundation
package import JobQueue
package import Postgres

/// Follows changes of contacts, beside the segments: called in the transaction that takes their marks
/// away, so that each mark is followed once.
///
/// When it is called, nobody else evaluates or deletes these contacts until the transaction ends, and what
/// was committed before is seen. It comes before segments are evaluated and must be quick.
package protocol ContactChangeObserver: Sendable {
  /// The query for what it needs in every round; sent along with another statement.
  func question(now: Date) -> SQL

  /// Follows the changes of one round.
  ///
  /// - Parameters:
  ///   - changes: The contacts by what of them changed.
  ///   - answer: The answer that ``question(now:)`` gave after the contacts were held.
  ///   - transaction: The transaction.
  /// - Throws: The database's error; the marks stay then, and the round is tried again.
  func observe(
    _ changes: [Set<ChangeTopic>: Set<Int64>], _ answer: PostgresRows, in transaction: Transaction
  ) async throws
}
