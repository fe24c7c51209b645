package import Contacts

extension MergeTable {
  /// The memberships that a merge of contacts moves to the winner: those of campaigns that the winner was never in,
  /// with all that is logged of them. Where both are known the winner's run decides, and the loser's goes.
  package static let campaigns: [MergeTable] = [
    // A trigger moves the log along.
    MergeTable("campaign_members", key: ["campaign_id"])
  ]
}
