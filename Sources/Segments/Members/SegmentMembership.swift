import Contacts
import Foundation
package import JobQueue
package import Postgres

/// Explicit changes of segment members: the state machine of segments.md 9.
///
/// | before | ``add(_:to:cause:in:)`` | ``remove(_:from:cause:in:)`` |
/// |---|---|---|
/// | none | pinned | none |
/// | filtered | pinned | barred |
/// | pinned | pinned | barred |
/// | barred | pinned | barred |
///
/// They take effect at once (SEG-108), with history, day counts and announcements, and the contacts
/// are marked, so that segments that reference this one follow.
package enum SegmentMembership {
  /// Returns a query for the ids of a segment's active members, `contact_id`.
  package static func members(of segment: Int64) -> SQL {
    """
    SELECT contact_id FROM segment_members
    WHERE segment_id = \(segment) AND \(sql: SegmentMember.isMember("segment_members"))
    """
  }

  /// Adds contacts. The caller holds locks on their rows or has just created them. Does nothing for a
  /// segment that does not exist (SEG-110).
  ///
  /// - Parameters:
  ///   - contacts: The contacts; duplicates are allowed.
  ///   - segment: The segment.
  ///   - cause: The cause to record.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that became members, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func add(
    _ contacts: [Int64], to segment: Int64, cause: SegmentCause, in transaction: Transaction
  ) async throws(PostgresError) -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    // The lock on the segment's row prevents its deletion until the commit.
    let rows = try await transaction.query(
      MembershipStatements.adding(contacts, to: segment, cause, now: transaction.now))
    // The rows are locked by now, so that no evaluation comes in between.
    try await transaction.query(MembershipStatements.pinning(contacts, in: segment))
    return try moved(rows, in: transaction)
  }

  /// Removes contacts: from then on filters do not add them again (SEG-102). The caller holds locks on
  /// their rows. Contacts without a row get none (SEG-106).
  ///
  /// - Returns: The contacts that were members before, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func remove(
    _ contacts: [Int64], from segment: Int64, cause: SegmentCause, in transaction: Transaction
  ) async throws(PostgresError) -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    let rows = try await transaction.query(
      MembershipStatements.removing(contacts, from: segment, cause, now: transaction.now))
    return try moved(rows, in: transaction)
  }

  private static func moved(
    _ rows: PostgresRows, in transaction: Transaction
  ) throws(PostgresError) -> [Int64] {
    var contacts: [Int64] = []
    contacts.reserveCapacity(rows.count)
    for row in rows { contacts.append(try row.decode(at: 0)) }
    if !contacts.isEmpty {
      transaction.announce(ContactsChanged.self)
      transaction.announce(SegmentMembersChanged.self)
    }
    return contacts
  }
}
