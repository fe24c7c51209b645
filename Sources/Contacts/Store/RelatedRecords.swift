import Foundation
import Postgres

/// The related records of the contacts of a page. They are read by the statement that reads the contacts: one column per
/// kind, a table of texts, in the page's first row.
struct RelatedRecords {
  private var tags: [Int64: [Tag]] = [:]
  private var addresses: [Int64: [IPAddress]] = [:]
  private var utmTags: [Int64: [UTMTag]] = [:]
  private var doNotContact: [Int64: [DoNotContact]] = [:]
  private var frequencyRules: [Int64: [FrequencyRule]] = [:]

  /// The number of ``columns``.
  static let count = 5

  /// The columns, for a query with the contacts of the page in `page`.
  static let columns: SQL = [
    """
    (SELECT array_agg(ARRAY[ct.contact_id::text, t.id::text, t.tag, t.description]
        ORDER BY t.tag, t.id)
      FROM contact_tags ct JOIN tags t ON t.id = ct.tag_id WHERE ct.contact_id = \(sql: wanted))
    """,
    """
    (SELECT array_agg(ARRAY[ci.contact_id::text, ip.id::text, host(ip.address), ip.details::text]
        ORDER BY ci.date_added, ip.id)
      FROM contact_ips ci JOIN ip_addresses ip ON ip.id = ci.ip_id
      WHERE ci.contact_id = \(sql: wanted))
    """,
    """
    (SELECT array_agg(ARRAY[contact_id::text, id::text, query::text, referer, remote_host, url,
          user_agent, utm_campaign, utm_content, utm_medium, utm_source, utm_term]
        ORDER BY date_added, id)
      FROM utm_tags WHERE contact_id = \(sql: wanted))
    """,
    """
    (SELECT array_agg(ARRAY[contact_id::text, id::text, \(sql: TextTable.instant("date_added")), reason::text,
          comments, channel, channel_id::text] ORDER BY date_added, id)
      FROM do_not_contact WHERE contact_id = \(sql: wanted))
    """,
    """
    (SELECT array_agg(ARRAY[contact_id::text, channel, frequency_number::text, frequency_time,
          preferred_channel::text, \(sql: TextTable.instant("pause_from_date")),
          \(sql: TextTable.instant("pause_to_date"))] ORDER BY channel)
      FROM frequency_rules WHERE contact_id = \(sql: wanted))
    """,
  ].map { (column: SQL) -> SQL in "CASE WHEN page.place = 1 THEN \(sql: column) END" }
    .joined(separator: ", ")

  private static let wanted: SQL = "ANY (ARRAY(SELECT id FROM page))"

  /// Reads the ``columns`` of the first row of a page.
  ///
  /// - Parameter index: The position of the first of them.
  init(_ row: PostgresRow, at index: Int) throws {
    for record in try Self.records(row, index) {
      tags[try record.id(0), default: []].append(
        Tag(id: try record.id(1), tag: try record.text(2), description: record[3]))
    }
    for record in try Self.records(row, index + 1) {
      let details = try record[3].map { try JSON(text: $0).decode([String: String]?.self) } ?? nil
      addresses[try record.id(0), default: []].append(
        IPAddress(id: try record.id(1), address: try record.text(2), details: details ?? [:]))
    }
    for record in try Self.records(row, index + 2) {
      utmTags[try record.id(0), default: []].append(
        UTMTag(
          id: try record.id(1), query: record[2].map { JSON(text: $0) }, referer: record[3],
          remoteHost: record[4], url: record[5], userAgent: record[6], campaign: record[7],
          content: record[8], medium: record[9], source: record[10], term: record[11]))
    }
    for record in try Self.records(row, index + 3) {
      guard let code = Int16(try record.text(3)), let reason = DoNotContactReason(rawValue: code)
      else { continue }
      doNotContact[try record.id(0), default: []].append(
        DoNotContact(
          id: try record.id(1), dateAdded: try record.instant(2) ?? .distantFuture, reason: reason,
          comments: record[4], channel: try record.text(5),
          channelID: try record.number(6)))
    }
    for record in try Self.records(row, index + 4) {
      frequencyRules[try record.id(0), default: []].append(
        FrequencyRule(
          channel: try record.text(1), frequencyNumber: try record.number(2).map { Int($0) },
          frequencyTime: record[3], isPreferred: record[4] == "true",
          pauseFrom: try record.instant(5), pauseTo: try record.instant(6)))
    }
  }

  private static func records(_ row: PostgresRow, _ index: Int) throws -> [TextTable.Row] {
    try row.decode(at: index, as: TextTable?.self)?.rows ?? []
  }

  /// Moves the related records of a contact into it.
  mutating func attach(to contact: inout Contact) {
    contact.tags = tags.removeValue(forKey: contact.id) ?? []
    contact.ipAddresses = addresses.removeValue(forKey: contact.id) ?? []
    contact.utmTags = utmTags.removeValue(forKey: contact.id) ?? []
    contact.doNotContact = doNotContact.removeValue(forKey: contact.id) ?? []
    contact.frequencyRules = frequencyRules.removeValue(forKey: contact.id) ?? []
  }
}
