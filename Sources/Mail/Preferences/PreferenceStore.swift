import Contacts
import Foundation
import JobQueue
import Postgres
import Segments

/// Reads the preferences of a contact.
extension PreferenceCenter {
  static func read(
    _ contact: Int64, on connection: PostgresConnection
  ) async throws -> Preferences {
    let found = try await connection.pipeline([
      "SELECT FROM do_not_contact WHERE contact_id = \(contact) AND channel = 'email'",
      """
      SELECT channel, frequency_number, frequency_time, pause_from_date, pause_to_date,
        preferred_channel FROM frequency_rules WHERE contact_id = \(contact)
      """,
      """
      SELECT k.id, k.title, NOT coalesce(c.manually_removed, true) AS is_on FROM categories k
      LEFT JOIN contact_categories c ON c.category_id = k.id AND c.contact_id = \(contact)
      WHERE k.is_published AND k.bundle = 'global' ORDER BY k.title, k.id LIMIT 500
      """,
      """
      SELECT s.id, s.public_name,
        coalesce(\(sql: SegmentMember.isMember("m")), false) AS is_on
      FROM segments s
      LEFT JOIN segment_members m ON m.segment_id = s.id AND m.contact_id = \(contact)
      WHERE s.is_published AND s.is_preference_center ORDER BY s.public_name, s.id LIMIT 500
      """,
    ])
    var preferences = Preferences()
    preferences.acceptsEmail = found[0].isEmpty
    for row in found[1] {
      let channel: String = try row.decode(at: 0)
      if try row.decode(at: 5, as: Bool.self) { preferences.preferredChannel = channel }
      guard channel == "email" else { continue }
      preferences.number = try row.decode(at: 1)
      preferences.unit = try row.decode(at: 2)
      preferences.pauseFrom = try row.decode(at: 3)
      preferences.pauseTo = try row.decode(at: 4)
    }
    preferences.categories = try found[2].map(choice)
    preferences.segments = try found[3].map(choice)
    return preferences
  }
}
