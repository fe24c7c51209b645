package import Segments

extension SegmentUse {
  /// Point triggers that add contacts to a segment or remove them from it. It may be unpublished.
  package static let pointTriggers = SegmentUse(
    kind: "pointTriggers", isGuarding: false
  ) { segment, connection in
    try await connection.query(
      """
      SELECT t.id, t.name FROM point_triggers t WHERE EXISTS (
        SELECT FROM point_trigger_events e CROSS JOIN LATERAL (
          VALUES (e.properties -> 'addToLists'), (e.properties -> 'removeFromLists')
        ) AS listed (ids)
        WHERE e.trigger_id = t.id AND e.type = \(PointTriggerEventType.changeSegments.rawValue)
          AND (listed.ids @> to_jsonb(\(segment)::bigint)
            OR listed.ids @> to_jsonb(\(segment)::text)))
      ORDER BY lower(t.name), t.id
      """
    ).map { Record(id: try $0.decode("id"), name: try $0.decode("name")) }
  }
}
