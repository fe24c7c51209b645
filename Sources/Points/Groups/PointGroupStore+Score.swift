package import Contacts
package import Foundation
package import Users

extension PointGroupStore {
  /// Changes the score of one contact in a transaction of its own.
  ///
  /// - Returns: The new score; `nil` if there is no such contact or group.
  /// - Throws: `InvalidInput` for a division by 0; `PostgresError`.
  package func change(
    _ contact: Int64, _ operation: GroupScoreOperator, by amount: Int, group: Int64,
    reason: PointsReason, author: Author, now: Date
  ) async throws -> GroupScore? {
    try await jobs.transaction(at: now) { transaction in
      let outcome = try await GroupScores.change(
        [contact], operation, by: amount, group: group, reason: reason, author: author,
        in: transaction)
      guard let score = outcome?[contact]?.after,
        let group = try await Self.group(group, on: transaction.connection)
      else { return nil }
      return GroupScore(group: group, score: score)
    }
  }
}
