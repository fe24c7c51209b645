package import Segments

extension SegmentUse {
  /// Forms whose actions add contacts to a segment or remove them from it. It may be unpublished.
  package static let forms = SegmentUse(
    kind: "forms", isGuarding: false
  ) { segment, connection in
    try await connection.query(
      """
      SELECT t.id, t.name FROM forms t WHERE EXISTS (
        SELECT FROM form_actions e CROSS JOIN LATERAL (
          VALUES (e.properties -> 'addToLists'), (e.properties -> 'removeFromLists')
        ) AS listed (ids)
        WHERE e.form_id = t.id AND e.type = \(FormActionType.changeSegments.rawValue)
          AND (listed.ids @> to_jsonb(\(segment)::bigint)
            OR listed.ids @> to_jsonb(\(segment)::text)))
      ORDER BY lower(t.name), t.id
      """
    ).map { Record(id: try $0.decode("id"), name: try $0.decode("name")) }
  }
}
