package import Contacts

extension MergeTable {
  /// The memberships that a merge of contacts moves to the winner: those of campaigns that the winner was never
  /// in, with their log. Where both have a row the winner's run counts, and the loser's is deleted.
  package static let campaigns: [MergeTable] = [
    // A trigger moves the log along.
    MergeTable("campaign_members", key: ["campaign_id"])
  ]
}
