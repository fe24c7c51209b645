package import Contacts

extension ChangeTopic {
  /// Returns the topic of the score in a point group.
  package static func groupScore(_ group: Int64) -> ChangeTopic {
    ChangeTopic(rawValue: "\(groupScorePrefix)\(group)")
  }

  /// The id of the group whose score the topic is about, if any.
  var scoredGroup: Int64? {
    guard rawValue.hasPrefix(Self.groupScorePrefix) else { return nil }
    return Int64(rawValue.dropFirst(Self.groupScorePrefix.count))
  }

  private static let groupScorePrefix = "group_points:"
}
