package import Contacts

extension MergeTable {
  /// The tables of points that a merge moves: scores are added (PTS-04), what was done once stays done.
  package static let points: [MergeTable] = [
    MergeTable("group_scores", key: ["group_id"], adding: "score"),
    MergeTable("point_action_log", key: ["action_id", "act"]),
    MergeTable("point_trigger_due", key: ["event_id"]),
    MergeTable("point_trigger_log", key: ["event_id"]),
  ]
}
