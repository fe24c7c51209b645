import Foundation
package import JobQueue
import Postgres

/// Brings the membership of some contacts in line with all segments at once, for those who want to see
/// what would happen: without marks, without waiting for others who evaluate the same contacts. What is to stay
/// is done by the refresh (SEG-77).
package enum SegmentEvaluation {
  /// Evaluates all segments that follow changes, in the order in which they refer to each other.
  ///
  /// - Parameters:
  ///   - contacts: Who.
  ///   - cache: A cache of the caller's own: what is compiled for an instant that is not now must not serve
  ///     others.
  ///   - transaction: The transaction.
  /// - Returns: Who moved, by segment.
  package static func refresh(
    _ contacts: [Int64], _ cache: SegmentSetCache, in transaction: Transaction
  ) async throws -> [Int64: [Int64]] {
    guard !contacts.isEmpty else { return [:] }
    let set = try await cache.current(on: transaction.connection, now: transaction.now)
    var moved: [Int64: [Int64]] = [:]
    for level in set.levels {
      for bundle in level.bundles {
        let rows = try await transaction.query(
          SegmentRefresher.statement(contacts.sorted(), bundle, transaction.now))
        for row in rows {
          let (segment, contacts) = try row.decode(Int64.self, [Int64].self)
          moved[segment, default: []] += contacts
        }
      }
    }
    return moved
  }
}
