package import Segments

extension FilterRegistry {
  /// Adds the scores of point groups (segments.md 6): `group_points_7` is the score in group 7, and contacts
  /// without a score match no comparison. Scores of a deleted group do not count (PTS-07).
  package mutating func addPoints() {
    add(prefix: "group_points_") { group in
      FilterField(
        "group_points_\(group)", object: .groups, .number, topics: [.groupScore(group)],
        source: .optionalRow(
          """
          group_scores r WHERE r.contact_id = c.id AND r.group_id = \(group)
            AND EXISTS (SELECT FROM point_groups WHERE id = \(group))
          """, value: "r.score", .integer)
      ).titled("Score in a point group", in: .groups)
    } names: {
      try await PointGroupStore.names(on: $0)
    }
  }
}
