package import Contacts
import Postgres

extension TimelineEventType {
  /// An event of a campaign that was executed, or given up.
  package static let campaignEvent = TimelineEventType(rawValue: "campaign.event")
  /// An event of a campaign that is scheduled, or was until a user cancelled it.
  package static let campaignScheduled = TimelineEventType(rawValue: "campaign.event.scheduled")
  /// The contact's entry into or exit from a campaign.
  package static let campaignMembership = TimelineEventType(rawValue: "campaign_membership")
}

extension TimelineSource {
  /// The events of campaigns in the timelines of contacts (CAM-701).
  package static var campaigns: [TimelineSource] { [executed, scheduled, membership] }

  private static let names: SQL = """
    LEFT JOIN campaign_events v ON v.id = e.event_id LEFT JOIN campaigns k ON k.id = e.campaign_id
    """

  private static let label: SQL = """
    coalesce(v.name, e.event_id::text) || ' / ' || coalesce(k.name, e.campaign_id::text)
    """

  /// `isWarning` marks rows for attention: a note, a failed attempt, an undelivered e-mail.
  private static let members: SQL = """
    'campaignId', e.campaign_id, 'campaign', k.name, 'eventId', e.event_id, 'event', v.name,
    'type', v.type, 'eventType', v.kind, 'rotation', e.rotation, 'note', e.note,
    'error', e.error, 'attempts', e.attempts,
    'isWarning', (e.state <> \(literal: EntryState.cancelled) AND e.note IS NOT NULL) OR e.attempts > 0 OR e.error IS NOT NULL
    """

  private static var executed: TimelineSource {
    TimelineSource(
      .campaignEvent, from: "campaign_log", key: ["e.id"],
      instant: "coalesce(e.executed_at, e.fire_at, e.base_at)",
      where: "e.state IN (\(literal: EntryState.executed), \(literal: EntryState.failed))",
      joins: names, label: label,
      details: """
        jsonb_build_object(\(sql: members), 'state', CASE e.state
          WHEN \(literal: EntryState.executed) THEN 'executed' ELSE 'failed' END, 'path', CASE WHEN e.path THEN 'yes' WHEN NOT e.path THEN 'no' END,
          'metadata', e.metadata)
        """)
  }

  private static var scheduled: TimelineSource {
    TimelineSource(
      .campaignScheduled, from: "campaign_log", key: ["e.id"],
      instant: "coalesce(e.fire_at, e.base_at)",
      where: """
        (e.state IN (\(literal: EntryState.scheduled), \(literal: EntryState.running))
          OR (e.state = \(literal: EntryState.cancelled) AND e.cancel_reason = 'user'))
        """,
      joins: names, label: label,
      details: """
        jsonb_build_object(\(sql: members), 'state', CASE e.state
          WHEN \(literal: EntryState.scheduled) THEN 'scheduled' WHEN \(literal: EntryState.running) THEN 'running' ELSE 'cancelled' END, 'triggerDate', e.fire_at,
          'pinned', e.pinned)
        """)
  }

  private static var membership: TimelineSource {
    TimelineSource(
      .campaignMembership,
      from: """
        (SELECT contact_id, campaign_id, first_rotation AS run, true AS entered, date_added AS at,
            manually_added AS by_hand FROM campaign_members
          UNION ALL SELECT contact_id, campaign_id, run, entered, at, by_hand FROM campaign_history)
        """,
      key: ["e.campaign_id", "e.run", "e.entered::integer"], instant: "e.at",
      joins: "LEFT JOIN campaigns k ON k.id = e.campaign_id",
      label: """
        CASE WHEN e.entered THEN 'Added to campaign ' ELSE 'Removed from campaign ' END
          || coalesce(k.name, e.campaign_id::text)
        """,
      details: """
        jsonb_build_object('campaignId', e.campaign_id, 'campaign', k.name,
          'action', CASE WHEN e.entered THEN 'added' ELSE 'removed' END, 'rotation', e.run,
          'byHand', e.by_hand)
        """)
  }
}
