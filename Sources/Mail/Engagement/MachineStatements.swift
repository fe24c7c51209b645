import Foundation
import Postgres

/// The statements by which machines are told from people.
extension EngagementStatements {
  /// A recorded click that has turned out to be a machine's.
  struct Correction {
    /// The hash of its send.
    var hash: UUID
    /// The click.
    var id: UUID
    var link: Int64
    /// The signs, as ``MachineSign`` has them.
    var reason: String
  }

  /// A client that followed links of a send as machines do.
  struct Client {
    var send: Int64
    var address: String
    var at: Date
  }

  /// Reads the latest clicks on sends, and those on the links that nobody sees, which have no link.
  static func recordedClicks(_ sends: [Int64]) -> SQL {
    """
    SELECT n.send_id, h.act, h.link_id, h.at, h.ip_address, h.user_agent,
      h.machine_reason IS NOT NULL AS is_machine
    FROM unnest(\(sends)::bigint[]) AS n (send_id), LATERAL (
      SELECT * FROM link_hits WHERE link_hits.send_id = n.send_id ORDER BY at DESC LIMIT 200) AS h
    UNION ALL
    SELECT n.send_id, t.act, NULL, t.at, t.ip_address, t.user_agent, true
    FROM unnest(\(sends)::bigint[]) AS n (send_id), LATERAL (
      SELECT * FROM email_traps WHERE email_traps.send_id = n.send_id ORDER BY at DESC LIMIT 50) AS t
    """
  }

  /// Reads the instant at which a send was handed over.
  static func sentAt(of send: Int64) -> SQL {
    "SELECT sent_at FROM email_sends WHERE id = \(send)"
  }

  /// Reads the counted links of e-mails.
  static func links(of emails: [Int64]) -> SQL {
    """
    SELECT channel_id, id FROM links WHERE channel = 'email' AND channel_id = ANY (\(emails))
    """
  }

  /// Marks recorded clicks.
  static func markClicks(_ corrections: [Correction]) -> SQL {
    """
    UPDATE link_hits h SET machine_reason = n.reason
    FROM unnest(\(corrections.map(\.id))::uuid[], \(corrections.map(\.reason))::text[])
      AS n (act, reason)
    WHERE h.act = n.act AND h.machine_reason IS NULL
    """
  }

  /// Marks recorded opens of the clients that followed links as machines do; returns their sends.
  static func markOpens(_ clients: [Client]) -> SQL {
    """
    UPDATE email_opens o SET machine_reason = \(MachineSign.scanner.rawValue)
    FROM unnest(\(clients.map(\.send))::bigint[], \(clients.map(\.address))::text[],
      \(clients.map { $0.at.addingTimeInterval(-MachineJudge.memory) })::timestamptz[],
      \(clients.map { $0.at.addingTimeInterval(MachineJudge.memory) })::timestamptz[])
      AS n (send_id, address, since, until)
    WHERE o.send_id = n.send_id AND o.ip_address = n.address AND o.machine_reason IS NULL
      AND o.at BETWEEN n.since AND n.until
    RETURNING o.send_id
    """
  }

  /// Recounts what machines did with sends, which are locked.
  static func recount(_ sends: [Int64]) -> SQL {
    """
    UPDATE email_sends s SET
      machine_open_count = (
        SELECT count(o.machine_reason) FROM email_opens o WHERE o.send_id = s.id),
      machine_click_count = (
        SELECT count(h.machine_reason) FROM link_hits h WHERE h.send_id = s.id),
      is_machine_read = s.is_read AND NOT EXISTS (
          SELECT FROM email_opens o WHERE o.send_id = s.id AND o.machine_reason IS NULL)
        AND NOT EXISTS (
          SELECT FROM link_hits h WHERE h.send_id = s.id AND h.machine_reason IS NULL)
    WHERE s.id = ANY (\(sends)) RETURNING s.hash, s.is_machine_read, s.machine_click_count
    """
  }
}
