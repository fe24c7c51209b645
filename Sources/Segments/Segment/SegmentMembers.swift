package import Foundation
package import JobQueue
import Postgres

/// Members of segments as users change and see them.
package struct SegmentMembers: Sendable {
  /// So many contacts are added at once at the most.
  package static let maximumContacts = 10_000

  /// A segment of which a contact is an active member.
  package struct Membership: Sendable, Equatable {
    package var segment: Segment
    /// When the contact became a member (SEG-111).
    package var dateAdded: Date
    /// Whether the contact was added by hand, so that filters do not take it out (SEG-101).
    package var isPinned: Bool
  }

  private let transactions: TransactionRunner

  /// Members in the database of a client, by its clock.
  package init(jobs: JobClient) {
    transactions = jobs.transactions
  }

  /// Adds contacts by hand; at once, without a rebuild (SEG-101, SEG-103, SEG-108).
  ///
  /// - Returns: Those of the contacts that exist; nil where there is no such segment (SEG-110).
  @discardableResult
  package func add(
    _ contacts: [Int64], to segment: Int64, cause: SegmentCause = .user
  ) async throws -> Set<Int64>? {
    try await change(contacts, of: segment) { existing, transaction in
      try await SegmentMembership.add(existing, to: segment, cause: cause, in: transaction)
    }
  }

  /// Takes contacts out by hand: filters never bring them back (SEG-102, SEG-104). One without a row is
  /// left alone (SEG-106).
  ///
  /// - Returns: Those of the contacts that exist; nil where there is no such segment (SEG-110).
  @discardableResult
  package func remove(
    _ contacts: [Int64], from segment: Int64, cause: SegmentCause = .user
  ) async throws -> Set<Int64>? {
    try await change(contacts, of: segment) { existing, transaction in
      try await SegmentMembership.remove(existing, from: segment, cause: cause, in: transaction)
    }
  }

  /// The segment is kept from being deleted, and the contacts from being changed, until it is done.
  private func change(
    _ contacts: [Int64], of segment: Int64,
    _ body: @Sendable ([Int64], Transaction) async throws -> Void
  ) async throws -> Set<Int64>? {
    try await transactions.transaction { transaction in
      guard try await SegmentStore.hold(segment, on: transaction.connection) else { return nil }
      let existing = try await SegmentStore.lockContacts(contacts, on: transaction.connection)
      try await body(existing, transaction)
      return Set(existing)
    }
  }

  /// The segments of which a contact is an active member, by name; nil where there is no such contact.
  package func segments(of contact: Int64) async throws -> [Membership]? {
    try await transactions.postgres.transaction(isolation: .repeatableRead, readOnly: true) {
      connection in
      guard let members = try await SegmentStore.memberships(of: contact, on: connection) else {
        return nil
      }
      let segments = try await SegmentStore.find(
        "s.id = ANY (\(Array(members.keys)))", on: connection)
      return segments.compactMap { segment in
        members[segment.id].map {
          Membership(segment: segment, dateAdded: $0.dateAdded, isPinned: $0.isPinned)
        }
      }
    }
  }
}
