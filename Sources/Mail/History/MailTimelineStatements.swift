package import Contacts
import Postgres

extension TimelineSource {
  /// The mail events in the histories of contacts (CON-100).
  package static var mail: [TimelineSource] { [sent, read, failed, replied, queued] }

  private static let email: SQL = "LEFT JOIN emails m ON m.id = e.email_id"
  /// The e-mail's internal name (EML-426).
  private static let name: SQL = "coalesce(m.name, 'Deleted e-mail')"

  private static let emailDetails: SQL = """
    'emailId', e.email_id, 'email', m.name, 'statId', e.id, 'address', e.address,
      'trackingHash', replace(e.hash::text, '-', ''), 'source', e.source_kind,
      'sourceId', e.source_id
    """

  private static var sent: TimelineSource {
    TimelineSource(
      TimelineEventType(rawValue: "email.sent"), from: "email_sends", instant: "e.sent_at",
      where: "e.state IN (\(sql: SendState.deliveredList)) AND e.sent_at IS NOT NULL", joins: email,
      label: name,
      details: """
        jsonb_build_object(\(sql: emailDetails), 'isFailed', e.is_failed, 'isUnknown', e.state = \(literal: SendState.unknown),
          'note', e.note)
        """)
  }

  /// One event at the first open; its details list all opens (CON-104).
  private static var read: TimelineSource {
    TimelineSource(
      TimelineEventType(rawValue: "email.read"), from: "email_sends", instant: "e.read_at",
      where: "e.is_read AND e.read_at IS NOT NULL", joins: email,
      // An index on the time of reading would slow down every message; each first read has an open or a click.
      recent: { since in
        """
        e.id IN (SELECT send_id FROM email_opens WHERE at >= \(since)
          UNION ALL SELECT send_id FROM link_hits WHERE at >= \(since) AND send_id IS NOT NULL)
        """
      },
      label: name,
      details: """
        jsonb_build_object(\(sql: emailDetails), 'openCount', e.open_count, 'lastOpened', e.last_opened_at,
          'viewedInBrowser', e.viewed_in_browser, 'byPerson', NOT e.is_machine_read,
          'machineOpenCount', e.machine_open_count, 'openDetails', coalesce((
            SELECT jsonb_agg(jsonb_build_object('datetime', o.at, 'useragent', o.user_agent,
              'inBrowser', o.in_browser, 'ip', o.ip_address, 'machine', o.machine_reason) ORDER BY o.at, o.id)
            FROM (SELECT * FROM email_opens WHERE send_id = e.id ORDER BY at, id LIMIT 1000) AS o),
            '[]'::jsonb))
        """)
  }

  private static var failed: TimelineSource {
    TimelineSource(
      TimelineEventType(rawValue: "email.failed"), from: "email_sends",
      instant: "coalesce(e.sent_at, e.queued_at)", where: "e.is_failed", joins: email, label: name,
      details: """
        jsonb_build_object(\(sql: emailDetails), 'reason', e.note, 'bounces', e.bounce_details)
        """)
  }

  private static var replied: TimelineSource {
    TimelineSource(
      TimelineEventType(rawValue: "email.replied"),
      from: """
        (SELECT r.id, r.contact_id, r.at, s.email_id, s.id AS send_id
          FROM email_replies r JOIN email_sends s ON s.id = r.send_id)
        """,
      instant: "e.at", joins: email, label: name,
      details: "jsonb_build_object('emailId', e.email_id, 'email', m.name, 'statId', e.send_id)")
  }

  /// Held messages with their first and next date and their state (EML-248).
  private static var queued: TimelineSource {
    TimelineSource(
      TimelineEventType(rawValue: "message.queue"), from: "message_queue",
      joins: "LEFT JOIN emails m ON m.id = e.channel_id", label: name,
      details: """
        jsonb_build_object('queueId', e.id, 'channel', e.channel, 'channelId', e.channel_id,
          'email', m.name, 'originalDate', e.date_added, 'rescheduledDate', e.scheduled_at,
          'attempts', e.attempts, 'maxAttempts', e.max_attempts, 'reason', e.reason,
          'status', (ARRAY['pending', 'rescheduled', 'released', 'sent', 'cancelled', 'expired',
            'dropped'])[e.state + 1], 'canCancel', e.state IN (\(sql: MessageQueue.State.waitingList)))
        """)
  }
}
