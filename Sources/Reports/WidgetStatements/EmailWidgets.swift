import Mail
import Postgres
import Users

extension WidgetScope {
  /// What became of e-mails; asked for one e-mail or all, for one segment or all.
  func emails(_ type: WidgetType) throws(ReportError) -> WidgetPlan {
    switch type {
    case .ignoredEmails:
      return parts(
        "E-mails", "Read", "Ignored",
        """
        SELECT count(*) FILTER (WHERE s.is_read) AS part, count(*) AS total FROM email_sends s
        WHERE s.state IN (\(sql: Self.delivered)) AND \(sql: try sends("s.sent_at"))
        """)
    case .mostSentEmails:
      return top(
        "Sent#",
        "s.state IN (\(sql: Self.delivered)) AND \(sql: try sends("s.sent_at"))")
    case .mostReadEmails: return top("Read#", "s.is_read AND \(sql: try sends("s.read_at"))")
    case .clickedLinks:
      return .table(
        ["Link", "Clicks#", "Unique clicks#"],
        """
        SELECT left(k.url, 2000), count(*)::text,
          count(DISTINCT coalesce(h.contact_id::text, 's' || h.send_id, 'h' || h.id))::text
        FROM link_hits h JOIN links k ON k.id = h.link_id WHERE \(sql: try clicks())
        GROUP BY k.id ORDER BY count(*) DESC, k.id \(sql: end)
        """)
    case .emailDevices:
      return devices(
        "Opens",
        """
        SELECT CASE WHEN coalesce(o.user_agent, '') = '' THEN ''
          WHEN o.user_agent ~* 'ipad|tablet|kindle' THEN 'tablet'
          WHEN o.user_agent ~* 'mobi|iphone|ipod|android' THEN 'smartphone'
          ELSE 'desktop' END AS device
        FROM email_opens o LEFT JOIN email_sends s ON s.id = o.send_id
        WHERE \(sql: try sends("o.at"))
        """)
    default: return try lines()
    }
  }

  private func lines() throws(ReportError) -> WidgetPlan {
    .time([
      .init(
        label: "Sent",
        events: """
          SELECT s.sent_at AS at, 1 AS n FROM email_sends s
          WHERE s.state IN (\(sql: Self.delivered)) AND \(sql: try sends("s.sent_at"))
          """),
      .init(
        label: "Read",
        events: """
          SELECT o.at, 1 AS n FROM email_opens o LEFT JOIN email_sends s ON s.id = o.send_id
          WHERE \(sql: try sends("o.at"))
          """),
      .init(
        label: "Clicked",
        events: "SELECT h.at, 1 AS n FROM link_hits h WHERE \(sql: try clicks())"),
      .init(
        label: "Failed", isStandard: false,
        events: """
          SELECT s.queued_at AS at, 1 AS n FROM email_sends s
          WHERE s.is_failed AND \(sql: try sends("s.queued_at"))
          """),
      .init(
        label: "Unsubscribed", isStandard: false,
        events: """
          SELECT s.unsubscribed_at AS at, 1 AS n FROM email_sends s
          WHERE \(sql: try sends("s.unsubscribed_at"))
          """),
    ])
  }

  /// The sends of a span of time, newest first, with their contacts.
  func sentEmails() throws(ReportError) -> WidgetPlan {
    let rows = try rows(
      "s.sent_at",
      [.created(.emails, "emails", "s.email_id"), .contacts("s.contact_id")], Self.ofSends)
    return .table(
      ["Contact#", "Address", "E-mail", "Sent", "Opens#", "Clicks#"],
      """
      SELECT s.contact_id::text, s.address, coalesce(e.name, 'Deleted e-mail'),
        \(sql: text("s.sent_at")), s.open_count::text, s.click_count::text
      FROM email_sends s LEFT JOIN emails e ON e.id = s.email_id
      WHERE s.state IN (\(sql: Self.delivered)) AND \(sql: rows)
      ORDER BY s.id DESC \(sql: end)
      """)
  }

  /// Segment e-mails that are not open yet, and what waits for contacts, whatever the span of time.
  func upcomingEmails() throws(ReportError) -> WidgetPlan {
    let filters: [String: Filter] = ["emailId": Self.of("e.id")]
    let rows = try rows(nil, [AreaLimit(.emails) { "e.created_by = \($0)" }], filters)
    return .table(
      ["E-mail", "From", "Contacts#", "Id#"],
      """
      SELECT u.name, \(sql: text("u.at")), u.contacts::text, u.id::text FROM (
        (SELECT e.id, e.name, e.publish_up AS at, NULL::bigint AS contacts FROM emails e
          WHERE e.email_type = 'list' AND e.is_published AND e.publish_up > \(request.window.end)
            AND \(sql: rows))
        UNION ALL
        (SELECT e.id, e.name, min(q.scheduled_at) AS at, count(*) AS contacts
          FROM message_queue q JOIN emails e ON e.id = q.channel_id
          WHERE q.channel = 'email' AND q.state IN (\(literal: MessageQueue.State.pending),
            \(literal: MessageQueue.State.rescheduled)) AND \(sql: rows)
          GROUP BY e.id, e.name)
      ) AS u ORDER BY u.at, u.id \(sql: end)
      """)
  }

  private func top(_ title: String, _ rows: SQL) -> WidgetPlan {
    .table(
      ["E-mail", title, "Id#"],
      """
      SELECT coalesce(e.name, 'Deleted e-mail'), counted.n::text, counted.email_id::text
      FROM (SELECT s.email_id, count(*) AS n FROM email_sends s
        WHERE s.email_id IS NOT NULL AND \(sql: rows)
        GROUP BY s.email_id ORDER BY 2 DESC, 1 \(sql: end)) AS counted
      LEFT JOIN emails e ON e.id = counted.email_id ORDER BY counted.n DESC, counted.email_id
      """)
  }

  /// Rows about sends, `email_sends AS s`.
  private func sends(_ instant: SQL) throws(ReportError) -> SQL {
    try rows(instant, [.created(.emails, "emails", "s.email_id")], Self.ofSends)
  }

  private func clicks() throws(ReportError) -> SQL {
    try rows(
      "h.at", [.created(.emails, "emails", "h.email_id")], ["emailId": Self.of("h.email_id")])
  }

  private static var ofSends: [String: Filter] {
    ["emailId": of("s.email_id"), "segmentId": of("s.segment_id")]
  }

  /// The states of a send that counts as sent.
  private static let delivered: SQL =
    "\(literal: SendState.sent), \(literal: SendState.unknown), \(literal: SendState.bounced)"
}
