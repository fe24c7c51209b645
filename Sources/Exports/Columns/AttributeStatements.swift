import Postgres

/// The exportable attributes of a contact that are not fields, under the names that imports use
/// (import-export.md 6).
enum ExportAttribute: String, CaseIterable {
  case id, stage, tags, owner, ip, doNotEmail, dateAdded, dateModified, dateIdentified, segments

  /// Returns the column for a user; nil is the operator.
  func column(for user: Int64?) -> ExportColumn {
    switch self {
    case .id: ExportColumn("id", .number, "contacts.id")
    case .stage:
      ExportColumn(
        "stage", .text, "(SELECT s.name FROM stages s WHERE s.id = contacts.stage_id)")
    case .owner:
      ExportColumn(
        "owner", .text, "(SELECT u.username FROM users u WHERE u.id = contacts.owner_id)")
    case .tags:
      ExportColumn(
        "tags", .list,
        "(SELECT string_agg(t.tag, '|' ORDER BY t.tag COLLATE \"C\") \(sql: Self.theirTags))",
        json: "(SELECT json_agg(t.tag ORDER BY t.tag COLLATE \"C\") \(sql: Self.theirTags))")
    case .ip:
      ExportColumn(
        "ip", .text,
        "(SELECT string_agg(host(i.address), ',' ORDER BY i.address) \(sql: Self.theirAddresses))"
      )
    case .doNotEmail:
      ExportColumn(
        "doNotEmail", .boolean, "(\(sql: Self.isBarred))::integer", json: Self.isBarred)
    case .segments:
      ExportColumn(
        "segments", .list,
        "(SELECT string_agg(s.name, '|' ORDER BY s.name COLLATE \"C\") \(sql: Self.theirSegments(user)))",
        json: """
          (SELECT json_agg(s.name ORDER BY s.name COLLATE "C") \(sql: Self.theirSegments(user)))
          """)
    case .dateAdded: Self.instant("dateAdded", "contacts.date_added")
    case .dateModified: Self.instant("dateModified", "contacts.date_modified")
    case .dateIdentified: Self.instant("dateIdentified", "contacts.date_identified")
    }
  }

  /// Returns a value of the contact's primary company.
  static func ofPrimaryCompany(_ column: String) -> SQL {
    """
    (SELECT k.\(identifier: column) FROM contact_companies l
      JOIN companies k ON k.id = l.company_id
      WHERE l.contact_id = contacts.id AND l.is_primary LIMIT 1)
    """
  }

  private static func instant(_ name: String, _ column: SQL) -> ExportColumn {
    ExportColumn(name, .instant, ExportColumn.seconds(column))
  }

  private static let theirTags: SQL = """
    FROM contact_tags l JOIN tags t ON t.id = l.tag_id WHERE l.contact_id = contacts.id
    """
  /// The segments of which the contact is a member, without those of other users alone (segments.md 11).
  private static func theirSegments(_ user: Int64?) -> SQL {
    let members: SQL = """
      FROM segment_members m JOIN segments s ON s.id = m.segment_id
      WHERE m.contact_id = contacts.id AND NOT m.manually_removed
      """
    guard let user else { return members }
    // COPY takes no parameters.
    let own = SQL(unsafeText: String(user))
    return "\(sql: members) AND (s.is_global OR s.created_by = \(sql: own))"
  }
  private static let theirAddresses: SQL = """
    FROM contact_ips l JOIN ip_addresses i ON i.id = l.ip_id WHERE l.contact_id = contacts.id
    """
  private static let isBarred: SQL = """
    EXISTS (SELECT FROM do_not_contact d
      WHERE d.contact_id = contacts.id AND d.channel = 'email')
    """
}
