import Postgres

/// Bounds on what belongs to one contact, for each answer with the contact repeats it.
enum ContactBoundStore {
  /// The maximum number of tags of a contact.
  static let tags = 500
  /// The maximum number of channels for which a contact has do-not-contact entries, and frequency rules.
  static let channels = 200

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
