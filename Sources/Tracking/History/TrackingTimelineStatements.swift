package import Contacts
import Postgres

extension TimelineSource {
  /// The visits of pages and screens (CON-100).
  package static let pageHits = TimelineSource(
    TimelineEventType(rawValue: "page.hit"), from: "page_hits", instant: "e.at",
    where: "e.contact_id IS NOT NULL",
    label: "coalesce(nullif(e.title, ''), nullif(e.url, ''), 'Page hit')",
    details: """
      jsonb_build_object('hitId', e.id, 'pageId', e.page_id, 'url', e.url, 'title', e.title,
        'referer', e.referrer, 'language', e.language, 'dateLeft', e.left_at,
        'userAgent', e.user_agent, 'ipAddress', e.ip_address, 'source', e.source, 'sourceId', e.source_id,
        'emailId', e.email_id, 'trackingId', e.tracking_id, 'query', e.query)
      """)
}

extension TimelineSource {
  /// The views of videos (CON-100).
  package static let videoHits = TimelineSource(
    TimelineEventType(rawValue: "page.videohit"), from: "video_hits", instant: "e.at",
    where: "e.contact_id IS NOT NULL", label: "e.url",
    details: """
      jsonb_build_object('guid', e.guid, 'url', e.url, 'duration', e.duration,
        'timeWatched', e.time_watched, 'dateLeft', e.left_at, 'referer', e.referrer,
        'userAgent', e.user_agent, 'ipAddress', e.ip_address)
      """)
}

extension MergeTable {
  /// The tables of tracking that a merge moves.
  package static let tracking: [MergeTable] = [
    MergeTable("page_hits"), MergeTable("tracked_events"), MergeTable("visitor_identities"),
    MergeTable("visitor_contents"), MergeTable("video_hits"),
  ]
}
