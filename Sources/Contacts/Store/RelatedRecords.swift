import Foundation
import Postgres

/// The related records of the contacts of a page: one statement per kind, whatever the number of
/// contacts.
struct RelatedRecords {
  private var tags: [Int64: [Tag]] = [:]
  private var addresses: [Int64: [IPAddress]] = [:]
  private var utmTags: [Int64: [UTMTag]] = [:]
  private var doNotContact: [Int64: [DoNotContact]] = [:]
  private var frequencyRules: [Int64: [FrequencyRule]] = [:]

  /// Returns the statements whose results ``init(_:)`` takes, in order.
  static func statements(_ ids: [Int64]) -> [SQL] {
    [
      """
      SELECT ct.contact_id, t.id, t.tag, t.description
      FROM contact_tags ct JOIN tags t ON t.id = ct.tag_id
      WHERE ct.contact_id = ANY (\(ids)) ORDER BY t.tag, t.id
      """,
      """
      SELECT ci.contact_id, ip.id, host(ip.address) AS address, ip.details
      FROM contact_ips ci JOIN ip_addresses ip ON ip.id = ci.ip_id
      WHERE ci.contact_id = ANY (\(ids)) ORDER BY ci.date_added, ip.id
      """,
      """
      SELECT contact_id, id, query, referer, remote_host, url, user_agent, utm_campaign,
        utm_content, utm_medium, utm_source, utm_term
      FROM utm_tags WHERE contact_id = ANY (\(ids)) ORDER BY date_added, id
      """,
      """
      SELECT contact_id, id, date_added, reason, comments, channel, channel_id
      FROM do_not_contact WHERE contact_id = ANY (\(ids)) ORDER BY date_added, id
      """,
      """
      SELECT contact_id, channel, frequency_number, frequency_time, preferred_channel,
        pause_from_date, pause_to_date
      FROM frequency_rules WHERE contact_id = ANY (\(ids)) ORDER BY channel
      """,
    ]
  }

  init(_ results: [PostgresRows]) throws {
    for row in results[0] {
      tags[try row.decode(at: 0), default: []].append(
        Tag(
          id: try row.decode(at: 1), tag: try row.decode(at: 2), description: try row.decode(at: 3))
      )
    }
    for row in results[1] {
      let details: JSON? = try row.decode(at: 3)
      addresses[try row.decode(at: 0), default: []].append(
        IPAddress(
          id: try row.decode(at: 1), address: try row.decode(at: 2),
          details: try details?.decode([String: String].self) ?? [:]))
    }
    for row in results[2] {
      utmTags[try row.decode(at: 0), default: []].append(
        UTMTag(
          id: try row.decode(at: 1), query: try row.decode(at: 2),
          referer: try row.decode(at: 3), remoteHost: try row.decode(at: 4),
          url: try row.decode(at: 5), userAgent: try row.decode(at: 6),
          campaign: try row.decode(at: 7), content: try row.decode(at: 8),
          medium: try row.decode(at: 9), source: try row.decode(at: 10),
          term: try row.decode(at: 11)))
    }
    for row in results[3] {
      guard let reason = DoNotContactReason(rawValue: try row.decode(at: 3)) else { continue }
      doNotContact[try row.decode(at: 0), default: []].append(
        DoNotContact(
          id: try row.decode(at: 1), dateAdded: try row.decode(at: 2), reason: reason,
          comments: try row.decode(at: 4), channel: try row.decode(at: 5),
          channelID: try row.decode(at: 6)))
    }
    for row in results[4] {
      frequencyRules[try row.decode(at: 0), default: []].append(
        FrequencyRule(
          channel: try row.decode(at: 1), frequencyNumber: try row.decode(at: 2),
          frequencyTime: try row.decode(at: 3), isPreferred: try row.decode(at: 4),
          pauseFrom: try row.decode(at: 5), pauseTo: try row.decode(at: 6)))
    }
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
