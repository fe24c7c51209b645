import Contacts
import Foundation
import JobQueue
import Postgres

/// The contact and the device that an id of a sender's own stands for.
struct KnownIdentity: Sendable, Equatable {
  var contact: Int64
  /// The device last used; nil if it is another contact's by now.
  var device: TrackedDevice?
}

/// The error for a message that had its effect before.
struct RepeatedMessage: Error {}

/// The ids by which senders of messages know their users, and the messages that had their effect.
enum IdentityStore {
  /// The time for which a message that changed a contact is remembered, in seconds.
  static let memory: TimeInterval = 24 * 3_600

  /// Returns what some ids stand for, by their keys.
  static func find(
    _ identities: [VisitIdentity], on connection: PostgresConnection
  ) async throws -> [String: KnownIdentity] {
    guard !identities.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT v.kind, v.value, v.contact_id, v.tracking_id
      FROM unnest(\(identities.map(\.kind.rawValue))::text[], \(identities.map(\.value))::text[])
        AS given (kind, value) JOIN visitor_identities v USING (kind, value)
      """)
    var found: [String: KnownIdentity] = [:]
    var devices: [String: String] = [:]
    for row in rows {
      let key =
        "\(try row.decode("kind", as: String.self)):\(try row.decode("value", as: String.self))"
      found[key] = KnownIdentity(contact: try row.decode("contact_id"))
      devices[key] = try row.decode("tracking_id", as: String?.self)
    }
    let known = try await DeviceTrackingStore.find(
      Array(Set(devices.values)), on: connection)
    for (key, id) in devices {
      if let device = known[id], device.contact == found[key]?.contact {
        found[key]?.device = device
      }
    }
    return found
  }

  /// Notes the contact and the device that ids stand for. The caller has locked the contact.
  static func put(
    _ identities: [VisitIdentity], for visitor: Visitor, in transaction: Transaction
  ) async throws {
    guard !identities.isEmpty else { return }
    try await transaction.query(
      """
      INSERT INTO visitor_identities AS v (kind, value, contact_id, tracking_id, date_added)
      SELECT kind, value, \(visitor.contact), \(visitor.device.trackingID),
        \(transaction.now)::timestamptz
      FROM unnest(\(identities.map(\.kind.rawValue))::text[], \(identities.map(\.value))::text[])
        AS given (kind, value) ORDER BY kind, value
      ON CONFLICT (kind, value) DO UPDATE
      SET contact_id = excluded.contact_id, tracking_id = excluded.tracking_id
      WHERE (v.contact_id, v.tracking_id) IS DISTINCT FROM
        (excluded.contact_id, excluded.tracking_id)
      """)
  }

  /// Whether a contact is known as another user than this one.
  static func isAnother(
    than user: String, _ contact: Int64, on connection: PostgresConnection
  ) async throws -> Bool {
    try await connection.query(
      """
      SELECT count(*) > 0 AND NOT coalesce(bool_or(value = \(user)), false)
      FROM visitor_identities
      WHERE contact_id = \(contact) AND kind = \(VisitIdentity.Kind.user.rawValue)
      """)[0].decode(at: 0)
  }

  /// Remembers a message.
  ///
  /// - Returns: Whether it was new.
  static func remember(_ message: UUID, in transaction: Transaction) async throws -> Bool {
    try await transaction.query(
      """
      INSERT INTO visitor_messages (message, at) VALUES (\(message), \(transaction.now))
      ON CONFLICT DO NOTHING
      """
    ).affected == 1
  }

  /// Forgets some of the messages that came before an instant.
  static func forgetMessages(
    _ limit: Int, before instant: Date, in pool: PostgresPool
  ) async throws {
    try await pool.query(
      """
      DELETE FROM visitor_messages WHERE message = ANY (ARRAY(
        SELECT message FROM visitor_messages WHERE at < \(instant) ORDER BY at LIMIT \(limit)))
      """)
  }
}
