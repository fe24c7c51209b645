import Postgres

/// Looks up records that events and requests reference by id.
enum RecordStore {
  /// Returns the ids that exist in a table.
  static func existing(
    _ ids: [Int64], in table: String, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      "SELECT id FROM \(identifier: table) WHERE id = ANY (\(ids))")
    return try rows.map { try $0.decode("id") }
  }

  /// Returns the ids of campaigns that are not deleted.
  static func existingCampaigns(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      "SELECT id FROM campaigns WHERE id = ANY (\(ids)) AND deleted_at IS NULL")
    return try rows.map { try $0.decode("id") }
  }

  /// Returns the greatest contact id; 0 without contacts.
  static func greatestContact(on pool: PostgresPool) async throws -> Int64 {
    try await pool.query("SELECT coalesce(max(id), 0) AS id FROM contacts").first?.decode("id") ?? 0
  }

  /// Returns the owners of contacts that have one.
  static func owners(
    of contacts: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: Int64] {
    let rows = try await connection.query(
      "SELECT id, owner_id FROM contacts WHERE id = ANY (\(contacts)) AND owner_id IS NOT NULL")
    var owners: [Int64: Int64] = [:]
    for row in rows {
      let (contact, owner) = try row.decode(Int64.self, Int64.self)
      owners[contact] = owner
    }
    return owners
  }

  /// Returns the category of campaigns with an alias; one for campaigns only precedes a general one.
  static func category(
    _ alias: String, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      """
      SELECT id FROM categories WHERE alias = \(alias) AND bundle IN ('campaign', 'global')
      ORDER BY bundle LIMIT 1
      """
    ).first?.decode("id")
  }

  // MARK: Forms

  /// Returns the campaigns that have a form as a source.
  static func campaigns(
    fedByForm form: Int64, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT campaign_id FROM campaign_sources WHERE kind = \(CampaignSource.Kind.form.rawValue)
        AND source_id = \(form) ORDER BY campaign_id
      """
    ).map { try $0.decode(at: 0) }
  }

  // MARK: E-mails

  /// Returns the type of an e-mail, `template` or `list`; nil if it does not exist.
  static func emailType(
    _ email: Int64, on connection: PostgresConnection
  ) async throws -> String? {
    try await connection.query("SELECT email_type FROM emails WHERE id = \(email)")
      .first?.decode("email_type")
  }

  /// Returns the members of the families of e-mails.
  static func emailFamilies(
    of emails: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: Set<Int64>] {
    guard !emails.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT family_id, id FROM emails WHERE family_id IN (
        SELECT family_id FROM emails WHERE id = ANY (\(emails)))
      """)
    var families: [Int64: Set<Int64>] = [:]
    for row in rows {
      let (family, id) = try row.decode(Int64.self, Int64.self)
      families[family, default: []].insert(id)
    }
    return families
  }
}
