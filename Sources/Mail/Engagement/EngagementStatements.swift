import Foundation
import Postgres

/// The statements of engagements.
enum EngagementStatements {
  /// Reads the contacts of sends.
  static func contacts(of hashes: [UUID]) -> SQL {
    """
    SELECT DISTINCT contact_id FROM email_sends
    WHERE hash = ANY (\(hashes)) AND contact_id IS NOT NULL
    """
  }

  /// Reads and locks sends.
  static func lockSends(_ hashes: [UUID]) -> SQL {
    """
    SELECT id, hash, contact_id, email_id, family_id, source_kind, source_id, is_read
    FROM email_sends WHERE hash = ANY (\(hashes)) ORDER BY id FOR UPDATE
    """
  }

  /// Inserts opens; returns the ids of those that are new.
  static func insertOpens(_ opens: [MailEngagement], _ sends: [UUID: EngagementBatch.Send]) -> SQL {
    """
    INSERT INTO email_opens (act, send_id, contact_id, at, in_browser, ip_address, user_agent)
    SELECT * FROM unnest(\(opens.map(\.id))::uuid[], \(opens.map { sends[$0.hash]?.id })::bigint[],
      \(opens.map { sends[$0.hash]?.contact ?? nil })::bigint[],
      \(opens.map(\.at))::timestamptz[], \(opens.map { $0.kind == .open(inBrowser: true) })::boolean[],
      \(opens.map(\.address))::text[], \(opens.map(\.agent))::text[])
    ON CONFLICT (act) DO NOTHING RETURNING act
    """
  }

  /// Reads the links of clicks, with their e-mails.
  static func links(of clicks: [(engagement: MailEngagement, link: Int64)]) -> SQL {
    """
    SELECT id, url, CASE WHEN channel = 'email' THEN channel_id END
    FROM links WHERE id = ANY (\(Array(Set(clicks.map(\.link)))))
    """
  }

  /// Reads which links of sends were followed before.
  static func earlierHits(
    _ known: [(engagement: MailEngagement, link: Int64)], _ sends: [UUID: EngagementBatch.Send]
  ) -> SQL {
    """
    SELECT DISTINCT n.send_id, n.link_id
    FROM unnest(\(known.map { sends[$0.engagement.hash]?.id })::bigint[], \(known.map(\.link))::bigint[])
        AS n (send_id, link_id),
      LATERAL (SELECT FROM link_hits h WHERE h.send_id = n.send_id AND h.link_id = n.link_id
        LIMIT 1) AS hit
    """
  }

  /// Inserts clicks; returns the ids of those that are new.
  static func insertHits(
    _ known: [(engagement: MailEngagement, link: Int64)], _ sends: [UUID: EngagementBatch.Send]
  ) -> SQL {
    """
    INSERT INTO link_hits (act, link_id, send_id, email_id, contact_id, at, ip_address, user_agent)
    SELECT * FROM unnest(\(known.map(\.engagement.id))::uuid[], \(known.map(\.link))::bigint[],
      \(known.map { sends[$0.engagement.hash]?.id })::bigint[],
      \(known.map { sends[$0.engagement.hash]?.email ?? nil })::bigint[],
      \(known.map { sends[$0.engagement.hash]?.contact ?? nil })::bigint[],
      \(known.map(\.engagement.at))::timestamptz[], \(known.map(\.engagement.address))::text[],
      \(known.map(\.engagement.agent))::text[])
    ON CONFLICT (act) DO NOTHING RETURNING act
    """
  }
}
