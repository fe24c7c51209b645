import Postgres

/// Bounds on what belongs to one contact, for each answer with the contact repeats it (CON-46).
package enum ContactBoundStore {
  /// The maximum number of tags of a contact. ``ContactTags`` holds to it for all writers but imports, which count
  /// in memory.
  package static let tags = 500
  /// The maximum number of channels for which a contact has do-not-contact entries, and frequency rules.
  static let channels = 200

  /// Why a contact does not get more tags.
  package static func tooManyTags(_ count: Int) -> String {
    "the contact would have \(count): at most \(tags) are allowed"
  }

  /// Returns the contacts that would have too many tags, with the number.
  static func exceedingTags(
    _ contacts: [Int64], adding added: [Int64], removing removed: [Int64],
    on connection: PostgresConnection
  ) async throws -> [Int64: Int] {
    let rows = try await connection.query(
      """
      SELECT contact_id, count(*) + \(added.count) FROM contact_tags
      WHERE contact_id = ANY (\(contacts)) AND tag_id <> ALL (\(added + removed))
      GROUP BY contact_id HAVING count(*) + \(added.count) > \(tags)
      """)
    var result: [Int64: Int] = [:]
    // Contacts without other tags have no row.
    if added.count > tags { for contact in contacts { result[contact] = added.count } }
    for row in rows { result[try row.decode(at: 0)] = try row.decode(at: 1) }
    return result
  }

  /// Refuses a contact that has more than the bounds allow.
  ///
  /// - Throws: ``InvalidInput``; `PostgresError`.
  static func check(_ contact: Int64, on connection: PostgresConnection) async throws {
    let rows = try await connection.query(
      """
      SELECT (SELECT count(*) FROM contact_tags WHERE contact_id = \(contact)),
        (SELECT count(*) FROM do_not_contact WHERE contact_id = \(contact)),
        (SELECT count(*) FROM frequency_rules WHERE contact_id = \(contact))
      """)
    let bounds = [
      ("tags", tags), ("doNotContact", channels), ("frequencyRules", channels),
    ]
    for (place, (member, limit)) in bounds.enumerated() {
      let count: Int = try rows[0].decode(at: place)
      guard count <= limit else {
        throw InvalidInput(member, "the contact would have \(count): at most \(limit) are allowed")
      }
    }
  }
}
