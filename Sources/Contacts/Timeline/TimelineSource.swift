package import Foundation
package import Postgres

/// The source of the events of one kind. Other modules add theirs.
///
/// The row of an event has the alias `e`; `label` and `details` may use it and `joins`. They are
/// computed only for the events of the requested page, unless the query searches or orders by them.
package struct TimelineSource: Sendable {
  package var type: TimelineEventType
  /// The table, or a query in parentheses.
  package var table: SQL
  /// The column of the contact's id.
  package var contact: SQL
  /// The integer columns that identify an event within its kind.
  package var key: [SQL]
  /// The time of an event, computed from the row alone.
  package var instant: SQL
  /// The condition that a row is an event.
  package var condition: SQL
  /// The joins that label and details need.
  package var joins: SQL
  /// A condition that every event since an instant meets, by which an index finds them if the time
  /// itself is not indexed.
  package var recent: (@Sendable (Date) -> SQL)?
  /// The label: text, never null.
  package var label: SQL
  /// The details: a JSON object.
  package var details: SQL

  /// Creates a source. A table keyed by `contact_id` and `id` with a `date_added` needs only label
  /// and details.
  package init(
    _ type: TimelineEventType, from table: SQL, contact: SQL = "e.contact_id",
    key: [SQL] = ["e.id"], instant: SQL = "e.date_added", where condition: SQL = "true",
    joins: SQL = "", recent: (@Sendable (Date) -> SQL)? = nil, label: SQL, details: SQL
  ) {
    self.type = type
    self.table = table
    self.contact = contact
    self.key = key
    self.instant = instant
    self.condition = condition
    self.joins = joins
    self.recent = recent
    self.label = label
    self.details = details
  }

  /// The columns of the key as one value that orders and identifies events.
  var keyArray: SQL {
    "ARRAY[\(sql: key.map { "(\(sql: $0))::bigint" as SQL }.joined(separator: ", "))]"
  }
}

extension TimelineSource {
  /// The events of this module.
  package static var contacts: [TimelineSource] {
    [
      created, audited(.addedByAPI, action: "create", isAPI: true),
      audited(.sourceCreated, action: "create", isAPI: false),
      audited(.sourceIdentified, action: "identified", isAPI: false), identified, addressAdded,
      doNotContact, utmTagsAdded, stageChanged, pointsGained,
    ]
  }

  /// The creation of each contact, whatever created it.
  private static var created: TimelineSource {
    TimelineSource(
      .created, from: "contacts", contact: "e.id", key: ["e.id"],
      label: "'Contact created'::text",
      details: "jsonb_build_object('createdBy', e.created_by, 'createdByUser', e.created_by_user)")
  }

  private static var identified: TimelineSource {
    TimelineSource(
      .identified, from: "contacts", contact: "e.id", key: ["e.id"], instant: "e.date_identified",
      where: "e.date_identified IS NOT NULL", label: "'Contact identified'::text",
      details: "'{}'::jsonb")
  }

  /// Returns the source for an audit action, with `details.source`, `api` for the API. Entries of
  /// contacts merged into this one have the old id, and belong to its history too (CON-76).
  private static func audited(
    _ type: TimelineEventType, action: String, isAPI: Bool
  ) -> TimelineSource {
    let rows: SQL = """
      a.object = 'lead' AND a.action = \(action)
        AND a.details ->> 'source' IS NOT NULL AND (a.details ->> 'source' = 'api') = \(isAPI)
      """
    return TimelineSource(
      type,
      from: """
        (SELECT a.id, a.date_added, a.details, a.user_name, a.user_id, a.object_id AS contact_id
          FROM audit_log a WHERE \(sql: rows)
          UNION ALL
          SELECT a.id, a.date_added, a.details, a.user_name, a.user_id, m.contact_id
          FROM contact_merges m JOIN audit_log a ON a.object_id = m.old_id WHERE \(sql: rows))
        """,
      label: isAPI
        ? "'Added through API'::text || coalesce(' by ' || e.user_name, '')"
        : "coalesce(e.details ->> 'sourceName', e.details ->> 'source')",
      details: """
        jsonb_build_object('source', e.details ->> 'source', 'sourceId', e.details -> 'sourceId',
          'sourceName', e.details ->> 'sourceName', 'userId', e.user_id, 'user', e.user_name)
        """)
  }

  private static var addressAdded: TimelineSource {
    TimelineSource(
      .addressAdded, from: "contact_ips", key: ["e.contact_id", "e.ip_id"],
      joins: "JOIN ip_addresses ip ON ip.id = e.ip_id", label: "host(ip.address)",
      details: "jsonb_build_object('ipAddress', host(ip.address), 'ipId', e.ip_id)")
  }

  private static var doNotContact: TimelineSource {
    TimelineSource(
      .doNotContact, from: "do_not_contact_log",
      label: """
        e.channel || ': ' || CASE e.reason WHEN 0 THEN 'contactable' WHEN 1 THEN 'unsubscribed'
          WHEN 2 THEN 'bounced' ELSE 'set manually' END
        """,
      details: """
        jsonb_build_object('channel', e.channel, 'reason', e.reason, 'comments', e.comments,
          'channelId', e.channel_id)
        """)
  }

  private static var utmTagsAdded: TimelineSource {
    TimelineSource(
      .utmTagsAdded, from: "utm_tags", label: "'UTM tags recorded'::text",
      details: """
        jsonb_build_object('utmCampaign', e.utm_campaign, 'utmContent', e.utm_content,
          'utmMedium', e.utm_medium, 'utmSource', e.utm_source, 'utmTerm', e.utm_term,
          'url', e.url, 'referer', e.referer, 'query', e.query)
        """)
  }

  private static var stageChanged: TimelineSource {
    TimelineSource(
      .stageChanged, from: "stage_log", joins: "LEFT JOIN stages s ON s.id = e.stage_id",
      label: "coalesce(s.name, e.event_name)",
      details: """
        jsonb_build_object('stageId', e.stage_id, 'stage', s.name, 'eventName', e.event_name,
          'actionName', e.action_name)
        """)
  }

  private static var pointsGained: TimelineSource {
    TimelineSource(
      .pointsGained, from: "points_log", label: "e.event_name || ' / ' || e.delta",
      details: """
        jsonb_build_object('id', e.id, 'eventName', e.event_name, 'actionName', e.action_name,
          'delta', e.delta, 'type', e.type, 'groupId', e.group_id)
        """)
  }
}
