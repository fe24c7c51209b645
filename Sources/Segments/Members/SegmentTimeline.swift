package import Contacts
import Postgres

extension TimelineSource {
  /// The transitions of a contact into and out of segments.
  package static var segmentMembership: TimelineSource {
    TimelineSource(
      .segmentMembership, from: "segment_history", instant: "e.at",
      joins: "LEFT JOIN segments s ON s.id = e.segment_id",
      label: """
        CASE WHEN e.entered THEN 'Added to segment ' ELSE 'Removed from segment ' END
          || coalesce(s.name, e.segment_id::text)
        """,
      details: """
        jsonb_build_object('segmentId', e.segment_id, 'segment', s.name,
          'action', CASE WHEN e.entered THEN 'added' ELSE 'removed' END,
          'cause', (\(SegmentCause.allCases.map(\.name))::text[])[e.cause])
        """)
  }
}
