/// The campaigns in progress in one database transaction that caused one another: an action of one campaign
/// moves contacts into or out of others, whose events may do so in turn, back to the first.
final class Cascade {
  /// The transactions in progress, by campaign.
  private var transactions: [Int64: CampaignTransaction] = [:]
  /// The contacts that have begun a run since the current entry, by campaign. A second run caused by the same
  /// entry is dropped (CAM-112), so that campaigns that add to each other terminate.
  private(set) var begun: [Int64: Set<Int64>] = [:]
  private var deleted: Set<Int64> = []

  subscript(campaign: Int64) -> CampaignTransaction? { transactions[campaign] }

  func begin(_ transaction: CampaignTransaction) {
    transactions[transaction.campaign] = transaction
  }

  func end(_ transaction: CampaignTransaction) { transactions[transaction.campaign] = nil }

  /// Records that contacts begin a run of a campaign.
  func noteBegun(_ contacts: [Int64], in campaign: Int64) {
    begun[campaign, default: []].formUnion(contacts)
  }

  /// Returns the contacts that exist and have not begun a run of a campaign yet.
  func fresh(_ contacts: [Int64], in campaign: Int64) -> [Int64] {
    let known = begun[campaign] ?? []
    return contacts.filter { !known.contains($0) && !deleted.contains($0) }
  }

  /// Moves on to another entry: contacts may begin runs again.
  func takeUp() { begun = [:] }

  /// Drops deleted contacts from all campaigns (CAM-308).
  func forget(_ contacts: Set<Int64>) {
    deleted.formUnion(contacts)
    for transaction in transactions.values { transaction.progress.exited.formUnion(contacts) }
  }

  /// The work of all transactions, to restore with a savepoint.
  struct Snapshot {
    fileprivate var progress: [Int64: Progress]
    fileprivate var begun: [Int64: Set<Int64>]
    fileprivate var deleted: Set<Int64>
  }

  var snapshot: Snapshot {
    Snapshot(progress: transactions.mapValues(\.progress), begun: begun, deleted: deleted)
  }

  /// Notes the work of all transactions, and returns a closure that restores it.
  func remember() -> () -> Void {
    let before = snapshot
    return { self.restore(before) }
  }

  func restore(_ snapshot: Snapshot) {
    begun = snapshot.begun
    deleted = snapshot.deleted
    for (campaign, progress) in snapshot.progress { transactions[campaign]?.progress = progress }
  }
}
