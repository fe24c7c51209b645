import Contacts
import Foundation
package import Postgres
import Primitives
package import Query

/// Reads e-mails from the database.
package struct EmailStore: Sendable {
  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Returns the e-mail with an id, or `nil`.
  package func email(_ id: Int64) async throws -> Email? {
    try await pool.withConnection { try await Self.find("emails.id = \(id)", on: $0).first }
  }

  /// Returns a page of e-mails and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of e-mails to skip.
  ///   - limit: The maximum number of e-mails to return.
  ///   - condition: A condition on the table `emails`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY emails.id"
  ) async throws -> (emails: [Email], total: Int) {
    try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      // Variants are listed with their parents (api.md 8.12).
      let wanted: SQL = "emails.variant_parent_id IS NULL AND (\(sql: condition))"
      let count = try await connection.query("SELECT count(*) FROM emails WHERE \(sql: wanted)")
      let emails = try await Self.find(
        wanted, rest: "\(sql: order) LIMIT \(limit) OFFSET \(start)", on: connection)
      return (emails, try count.first?.decode(at: 0) ?? 0)
    }
  }

  /// Returns the names of those e-mails that are not published, by id.
  package func unpublished(among ids: [Int64]) async throws -> [Int64: String] {
    let rows = try await pool.query(
      "SELECT id, name FROM emails WHERE id = ANY (\(ids)) AND NOT is_published")
    return Dictionary(uniqueKeysWithValues: try rows.map { try $0.decode(Int64.self, String.self) })
  }

  /// Returns the landing page that an e-mail has as its preference centre, and the e-mail's language; `nil` without one.
  package func preferenceCenter(of email: Int64) async throws -> (page: Int64, language: String)? {
    let rows = try await pool.query(
      """
      SELECT preference_center_page_id, language FROM emails
      WHERE id = \(email) AND preference_center_page_id IS NOT NULL
      """)
    return try rows.first.map { row in
      (try row.decode("preference_center_page_id"), try row.decode("language"))
    }
  }

  /// Returns e-mails with their related records, in one statement for each kind.
  static func find(
    _ condition: SQL, rest: SQL = "ORDER BY emails.id", on connection: PostgresConnection
  ) async throws -> [Email] {
    let rows = try await connection.query(
      """
      SELECT emails.*, \(sql: children("variant_parent_id")) AS variants,
        \(sql: children("translation_parent_id")) AS translations
      FROM emails WHERE \(sql: condition) \(sql: rest)
      """)
    guard !rows.isEmpty else { return [] }
    let ids = try rows.map { try $0.decode("id", as: Int64.self) }
    let links = try await connection.query(
      """
      SELECT l.email_id, l.is_excluded, l.segment_id, s.name, s.public_name, s.alias, s.description,
        s.category_id
      FROM email_segments l LEFT JOIN segments s ON s.id = l.segment_id
      WHERE l.email_id = ANY (\(ids)) ORDER BY l.email_id, l.position
      """)
    var wanted = Set(try rows.compactMap { try $0.decode("category_id", as: Int64?.self) })
    for row in links {
      if let id = try row.decode("category_id", as: Int64?.self) { wanted.insert(id) }
    }
    let categories = try await CategoryStore.categories(wanted.sorted(), on: connection)
      .mapValues(\.summary)
    var emails = try rows.map { try read($0, categories) }
    let places = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    for row in links {
      guard let place = places[try row.decode("email_id")] else { continue }
      let segment: Int64 = try row.decode("segment_id")
      if try row.decode("is_excluded", as: Bool.self) {
        emails[place].values.excludedSegments.append(segment)
        continue
      }
      emails[place].values.segments.append(segment)
      guard let name: String = try row.decode("name", as: String?.self) else { continue }
      emails[place].segmentRecords.append(
        SegmentSummary(
          id: segment, name: name, publicName: try row.decode("public_name"),
          alias: try row.decode("alias"), description: try row.decode("description"),
          category: try row.decode("category_id", as: Int64?.self).flatMap { categories[$0] }))
    }
    return emails
  }

  private static func children(_ column: String) -> SQL {
    """
    ARRAY(SELECT child.id FROM emails child
      WHERE child.\(identifier: column) = emails.id ORDER BY child.id)
    """
  }

  private static func read(
    _ row: PostgresRow, _ categories: [Int64: CategorySummary]
  ) throws -> Email {
    var values = EmailValues()
    values.name = try row.decode("name")
    values.description = try row.decode("description")
    values.category = try row.decode("category_id")
    values.type = EmailType(rawValue: try row.decode("email_type")) ?? .template
    values.subject = try row.decode("subject")
    values.preheader = try row.decode("preheader")
    values.html = try row.decode("html")
    values.plainText = try row.decode("plain_text")
    values.template = try row.decode("template")
    values.fromName = try row.decode("from_name")
    values.fromAddress = try row.decode("from_address")
    values.replyTo = try row.decode("reply_to")
    values.bcc = try row.decode("bcc")
    values.usesOwner = try row.decode("use_owner_as_mailer")
    values.utm.source = try row.decode("utm_source")
    values.utm.medium = try row.decode("utm_medium")
    values.utm.campaign = try row.decode("utm_campaign")
    values.utm.content = try row.decode("utm_content")
    values.headers = try row.decode("headers", as: JSON.self).decode([String: String].self)
    values.language = try row.decode("language")
    values.translationParent = try row.decode("translation_parent_id")
    values.variantParent = try row.decode("variant_parent_id")
    values.variantWeight = try row.decode("variant_weight")
    values.winnerCriteria = try row.decode("winner_criteria", as: String?.self)
      .flatMap(WinnerCriteria.init)
    values.publicPreview = try row.decode("public_preview")
    values.isPublished = try row.decode("is_published")
    values.publishUp = try row.decode("publish_up")
    values.publishDown = try row.decode("publish_down")
    values.unsubscribeForm = try row.decode("unsubscribe_form_id")
    values.preferenceCenter = try row.decode("preference_center_page_id")
    values.dynamicContent = try row.decode("dynamic_content", as: JSON.self)
      .decode(JSONValue.self)
    values.assets = try row.decode("asset_attachments")
    return Email(
      id: try row.decode("id"), values: values,
      categoryRecord: values.category.flatMap { categories[$0] }, segmentRecords: [],
      variantStart: try row.decode("variant_start_at"), variants: try row.decode("variants"),
      translations: try row.decode("translations"), counters: try counters(row),
      revision: try row.decode("revision"), dates: try RecordDates(row))
  }

  private static func counters(_ row: PostgresRow) throws -> Email.Counters {
    Email.Counters(
      sent: try row.decode("sent_count"), read: try row.decode("read_count"),
      machineRead: try row.decode("machine_read_count"),
      variantSent: try row.decode("variant_sent_count"),
      variantRead: try row.decode("variant_read_count"), clicks: try row.decode("click_count"),
      machineClicks: try row.decode("machine_click_count"),
      uniqueClicks: try row.decode("unique_click_count"),
      unsubscribed: try row.decode("unsubscribed_count"),
      bounced: try row.decode("bounced_count"), failed: try row.decode("failed_count"))
  }
}

extension ListQuery {
  /// The list of e-mails; its conditions refer to the table `emails` by that name.
  package static let emails = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "emails"), QueryColumn("name", .text, of: "emails"),
      QueryColumn("subject", .text, of: "emails"),
      QueryColumn("description", .text, of: "emails"),
      QueryColumn("email_type", .text, of: "emails", otherNames: ["emailType"]),
      QueryColumn("language", .text, of: "emails", otherNames: ["lang"]),
      QueryColumn("category_id", .integer, of: "emails", otherNames: ["category"]),
      QueryColumn("publish_up", .instant, of: "emails"),
      QueryColumn("publish_down", .instant, of: "emails"),
      QueryColumn("sent_count", .integer, of: "emails", otherNames: ["sentCount"]),
      QueryColumn("read_count", .integer, of: "emails", otherNames: ["readCount"]),
      QueryColumn("is_published", .boolean, of: "emails", otherNames: ["isPublished"]),
      QueryColumn("date_added", .instant, of: "emails", otherNames: ["dateAdded"]),
      QueryColumn("date_modified", .instant, of: "emails", otherNames: ["dateModified"]),
      QueryColumn("created_by", .integer, of: "emails", otherNames: ["createdBy"]),
      QueryColumn("modified_by", .integer, of: "emails", otherNames: ["modifiedBy"]),
    ],
    mainColumns: ["name", "subject", "description"],
    commands: ["lang": ListQuery.find(QueryColumn("language", .text, of: "emails"), at: .whole)],
    defaultOrder: [QueryOrder(QueryColumn("name", .text, of: "emails"))])
}
