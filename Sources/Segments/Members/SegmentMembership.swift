import Contacts
package import Foundation
package import Postgres

/// Explicit changes of segments' members: the state machine of segments.md 9.
///
/// | before | ``add(_:to:cause:now:on:)`` | ``remove(_:from:cause:now:on:)`` |
/// |---|---|---|
/// | none | pinned | none |
/// | filtered | filtered | barred |
/// | pinned | pinned | barred |
/// | barred | pinned | barred |
///
/// They take effect at once (SEG-108), with history, day counts and announcements, and the contacts
/// are marked, so that segments which refer to this one follow.
package enum SegmentMembership {
  /// A query for the ids of a segment's active members, `contact_id`.
  package static func members(of segment: Int64) -> SQL {
    """
    SELECT contact_id FROM segment_members
    WHERE segment_id = \(segment) AND \(sql: SegmentMember.isMember("segment_members"))
    """
  }

  /// Adds contacts. The caller holds locks on their rows or has just created them. To a segment that
  /// does not exist, nobody is added (SEG-110).
  ///
  /// - Parameters:
  ///   - contacts: Who; the same one may occur twice.
  ///   - segment: Where to.
  ///   - cause: On whose account.
  ///   - now: When, which becomes the time of entry of those who enter (SEG-111).
  ///   - connection: The transaction.
  /// - Returns: Who was no member and is one now, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func add(
    _ contacts: [Int64], to segment: Int64, cause: SegmentCause, now: Date,
    on connection: PostgresConnection
  ) async throws(PostgresError) -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    // The lock on the segment's row keeps it from being deleted until the commit.
    let rows = try await connection.query(
      MembershipStatements.adding(contacts, to: segment, cause, now: now))
    return try await moved(rows, on: connection)
  }

  /// Removes contacts: from then on filters do not bring them back (SEG-102). The caller holds locks on
  /// their rows. Who has no row stays without (SEG-106).
  ///
  /// - Returns: Who was a member and is none any more, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func remove(
    _ contacts: [Int64], from segment: Int64, cause: SegmentCause, now: Date,
    on connection: PostgresConnection
  ) async throws(PostgresError) -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    let rows = try await connection.query(
      MembershipStatements.removing(contacts, from: segment, cause, now: now))
    return try await moved(rows, on: connection)
  }

  private static func moved(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws(PostgresError) -> [Int64] {
    var contacts: [Int64] = []
    contacts.reserveCapacity(rows.count)
    for row in rows { contacts.append(try row.decode(at: 0)) }
    if !contacts.isEmpty {
      await connection.signal(ContactChanges.signal)
      await connection.signal(SegmentTransitions.signal)
    }
    return contacts
  }
}
