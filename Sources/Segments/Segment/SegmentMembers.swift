package import Foundation
package import JobQueue
import Postgres

/// Segment members as users see and change them.
package struct SegmentMembers: Sendable {
  /// The maximum number of contacts added at once.
  package static let maximumContacts = 10_000

  /// A segment of which a contact is an active member.
  package struct Membership: Sendable, Equatable {
    package var segment: Segment
    /// The time at which the contact became a member (SEG-111).
    package var dateAdded: Date
    /// Whether the contact was added by hand, so that filters do not remove it (SEG-101).
    package var isPinned: Bool
  }

  private let transactions: TransactionRunner

  /// Creates an accessor that uses a client's database and clock.
  package init(jobs: JobClient) {
    transactions = jobs.transactions
  }

  /// Adds contacts by hand, at once and without a rebuild (SEG-101, SEG-103, SEG-108).
  ///
  /// - Returns: The contacts that exist; nil if the segment does not exist (SEG-110).
  @discardableResult
  package func add(
    _ contacts: [Int64], to segment: Int64, cause: SegmentCause = .user
  ) async throws -> Set<Int64>? {
    try await change(contacts, of: segment) { existing, transaction in
      try await SegmentMembership.add(existing, to: segment, cause: cause, in: transaction)
    }
  }

  /// Removes contacts by hand: filters never add them again (SEG-102, SEG-104). A contact without a row
  /// gets none (SEG-106).
  ///
  /// - Returns: The contacts that exist; nil if the segment does not exist (SEG-110).
  @discardableResult
  package func remove(
    _ contacts: [Int64], from segment: Int64, cause: SegmentCause = .user
  ) async throws -> Set<Int64>? {
    try await change(contacts, of: segment) { existing, transaction in
      try await SegmentMembership.remove(existing, from: segment, cause: cause, in: transaction)
    }
  }

  /// Changes members under locks on the segment, against deletion, and on the contacts.
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

  /// Returns the segments a contact is an active member of, by name; nil if it does not exist.
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
