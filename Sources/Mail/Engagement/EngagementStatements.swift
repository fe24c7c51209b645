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
    SELECT id, hash, contact_id, email_id, family_id, source_kind, source_id, sent_at, is_read,
      is_machine_read, machine_click_count
    FROM email_sends WHERE hash = ANY (\(hashes)) ORDER BY id FOR UPDATE
    """
  }

  /// Inserts opens; returns the ids of those that are new.
  ///
  /// - Parameter reasons: Why some are machines', by their ids.
  static func insertOpens(
    _ opens: [MailEngagement], _ sends: [UUID: EngagementBatch.Send], _ reasons: [UUID: String]
  ) -> SQL {
    """
    INSERT INTO email_opens
      (act, send_id, contact_id, at, in_browser, ip_address, user_agent, machine_reason)
    SELECT * FROM unnest(\(opens.map(\.id))::uuid[], \(opens.map { sends[$0.hash]?.id })::bigint[],
      \(opens.map { sends[$0.hash]?.contact ?? nil })::bigint[],
      \(opens.map(\.at))::timestamptz[], \(opens.map { $0.kind == .open(inBrowser: true) })::boolean[],
      \(opens.map(\.address))::text[], \(opens.map(\.agent))::text[],
      \(opens.map { reasons[$0.id] })::text[])
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
  ///
  /// - Parameter reasons: Why some are machines', by their ids.
  static func insertHits(
    _ known: [(engagement: MailEngagement, link: Int64)], _ sends: [UUID: EngagementBatch.Send],
    _ reasons: [UUID: String]
  ) -> SQL {
    """
    INSERT INTO link_hits
      (act, link_id, send_id, email_id, contact_id, at, ip_address, user_agent, machine_reason)
    SELECT * FROM unnest(\(known.map(\.engagement.id))::uuid[], \(known.map(\.link))::bigint[],
      \(known.map { sends[$0.engagement.hash]?.id })::bigint[],
      \(known.map { sends[$0.engagement.hash]?.email ?? nil })::bigint[],
      \(known.map { sends[$0.engagement.hash]?.contact ?? nil })::bigint[],
      \(known.map(\.engagement.at))::timestamptz[], \(known.map(\.engagement.address))::text[],
      \(known.map(\.engagement.agent))::text[],
      \(known.map { reasons[$0.engagement.id] })::text[])
    ON CONFLICT (act) DO NOTHING RETURNING act
    """
  }

  /// Inserts clicks on the link that nobody sees.
  static func insertTraps(_ traps: [MailEngagement], _ sends: [UUID: EngagementBatch.Send]) -> SQL {
    """
    INSERT INTO email_traps (act, send_id, at, ip_address, user_agent)
    SELECT * FROM unnest(\(traps.map(\.id))::uuid[], \(traps.map { sends[$0.hash]?.id })::bigint[],
      \(traps.map(\.at))::timestamptz[], \(traps.map(\.address))::text[],
      \(traps.map(\.agent))::text[])
    ON CONFLICT (act) DO NOTHING
    """
  }

  /// What engagements change of one send.
  struct SendChange {
    var opens = 0
    var machineOpens = 0
    var clicks = 0
    var machineClicks = 0
    /// The instant of the first open.
    var readAt: Date?
    /// The instant of the last open.
    var lastAt: Date?
    var inBrowser = false
    /// Whether only machines have opened it so far.
    var isMachineRead = false

    /// Whether a person opened it or clicked.
    var isByPerson: Bool { opens > machineOpens || clicks > machineClicks }

    mutating func addOpen(_ engagement: MailEngagement, isMachine: Bool) {
      opens += 1
      if isMachine { machineOpens += 1 }
      lastAt = max(lastAt ?? engagement.at, engagement.at)
      if engagement.kind == .open(inBrowser: true) { inBrowser = true }
    }

    mutating func addClick(isMachine: Bool) {
      clicks += 1
      if isMachine { machineClicks += 1 }
    }
  }

  /// Updates sends, which are locked.
  static func updateSends(_ changes: [Int64: SendChange]) -> SQL {
    let ids = changes.keys.sorted()
    let values = ids.compactMap { changes[$0] }
    return """
      UPDATE email_sends s SET open_count = s.open_count + n.opens,
        click_count = s.click_count + n.clicks, is_read = s.is_read OR n.opens > 0,
        machine_open_count = s.machine_open_count + n.machine_opens,
        machine_click_count = s.machine_click_count + n.machine_clicks,
        is_machine_read = n.is_machine_read,
        read_at = CASE WHEN s.is_read THEN s.read_at ELSE n.read_at END,
        last_opened_at = greatest(s.last_opened_at, n.last_at),
        viewed_in_browser = s.viewed_in_browser OR n.in_browser,
        -- An open proves that the message arrived.
        state = CASE WHEN s.state = \(literal: SendState.unknown) THEN \(literal: SendState.sent) ELSE s.state END
      FROM unnest(\(ids)::bigint[], \(values.map(\.opens))::bigint[],
        \(values.map(\.clicks))::bigint[], \(values.map(\.machineOpens))::bigint[],
        \(values.map(\.machineClicks))::bigint[], \(values.map(\.readAt))::timestamptz[],
        \(values.map(\.lastAt))::timestamptz[], \(values.map(\.inBrowser))::boolean[],
        \(values.map(\.isMachineRead))::boolean[])
        AS n (id, opens, clicks, machine_opens, machine_clicks, read_at, last_at, in_browser,
          is_machine_read)
      WHERE s.id = n.id
      """
  }
}
