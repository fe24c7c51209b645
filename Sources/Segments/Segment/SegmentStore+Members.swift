import Foundation
import Postgres

extension SegmentStore {
  /// Prevents the deletion of a segment until the transaction ends.
  ///
  /// - Returns: Whether it exists.
  static func hold(_ segment: Int64, on connection: PostgresConnection) async throws -> Bool {
    try await !connection.query(
      "SELECT FROM segments WHERE id = \(segment) FOR KEY SHARE"
    ).isEmpty
  }

  /// Locks those of the contacts that exist, in the order of ids.
  static func lockContacts(
    _ contacts: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      "SELECT id FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE"
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the active memberships of a contact, by segment; nil if it does not exist.
  static func memberships(
    of contact: Int64, on connection: PostgresConnection
  ) async throws -> [Int64: (dateAdded: Date, isPinned: Bool)]? {
    let found = try await connection.query("SELECT FROM contacts WHERE id = \(contact)")
    guard !found.isEmpty else { return nil }
    let rows = try await connection.query(
      """
      SELECT segment_id, date_added, manually_added FROM segment_members
      WHERE contact_id = \(contact) AND \(sql: SegmentMember.isMember("segment_members"))
      """)
    var members: [Int64: (dateAdded: Date, isPinned: Bool)] = [:]
    for row in rows {
      members[try row.decode("segment_id")] = (
        try row.decode("date_added"), try row.decode("manually_added")
      )
    }
    return members
  }
}
