import Foundation
package import JobQueue
import Postgres

/// Updates the membership of some contacts in all segments, for dry runs: without marks, and without
/// waiting for other evaluations of the same contacts. Permanent changes are made by the
/// refresh (SEG-77).
package enum SegmentEvaluation {
  /// Evaluates all segments that follow changes, in the order of their references.
  ///
  /// - Parameters:
  ///   - contacts: The contacts.
  ///   - cache: A cache of the caller's own: conditions compiled for another instant must not serve
  ///     others.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that moved, by segment.
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
