import Contacts
import Foundation
package import JobQueue
import Postgres

/// Adds contacts to campaigns and removes them, in sets, for users, bulk actions, forms and points
/// (campaigns.md 4).
package struct CampaignMembers: Sendable {
  let runtime: CampaignService

  init(runtime: CampaignService) { self.runtime = runtime }

  /// Adds contacts by hand, in a transaction of its own. A campaign need not be live: their first events wait
  /// until it is (CAM-602).
  ///
  /// - Returns: The contacts that began a run, in order; the others were members already (CAM-107).
  /// - Throws: `CampaignError.notFound` where the campaign or one of the contacts does not exist; nothing has
  ///   changed then. `PostgresError`.
  @discardableResult
  package func add(_ contacts: [Int64], to campaign: Int64) async throws -> [Int64] {
    try await change(contacts, campaign) { try await $0.add($1, by: .manual) }
  }

  /// Removes contacts by hand, in a transaction of its own: only a manual entry brings them back (CAM-105).
  ///
  /// - Returns: The contacts that were active members, in order.
  /// - Throws: As ``add(_:to:)``.
  @discardableResult
  package func remove(_ contacts: [Int64], from campaign: Int64) async throws -> [Int64] {
    try await change(contacts, campaign) { try await $0.remove($1, .byHand) }
  }

  private func change(
    _ contacts: [Int64], _ campaign: Int64,
    _ body: @Sendable (MembershipManager, [Int64]) async throws -> [Int64]
  ) async throws -> [Int64] {
    let wanted = Set(contacts).sorted()
    let changed = try await runtime.transaction(campaign, includingUnpublished: true) {
      transaction in
      let found = try await ContactLock.lock(wanted, on: transaction.connection)
      let missing = Set(wanted).subtracting(found).sorted()
      guard missing.isEmpty else {
        let names = missing.prefix(10).map(String.init).joined(separator: ", ")
        throw CampaignError.notFound("there is no contact \(names)")
      }
      return try await body(MembershipManager(transaction), wanted)
    }
    guard let changed else { throw CampaignError.notFound("there is no campaign \(campaign)") }
    return changed
  }

  // MARK: Within a transaction of the caller's

  /// The kind of a removal.
  package enum Removal: Sendable {
    /// By a user: only a manual entry brings them back.
    case byHand
    /// By an action or by points: a source segment may re-enrol them (CAM-110).
    case exit
  }

  /// Adds contacts to campaigns and takes them out of others. Of campaigns that are not live they are members
  /// all the same (CAM-602); one that does not exist is left alone.
  ///
  /// All of it is one change: a contact that begins a campaign because of one that is named before it does not begin
  /// it a second time (CAM-112), and a contact deleted on the way enters none of those that follow (CAM-308).
  ///
  /// - Parameters:
  ///   - contacts: The contacts, whose rows the caller has locked.
  ///   - adding: The campaigns that they come into, before they are taken out of any (CAM-126).
  ///   - removing: The campaigns that they are taken out of.
  ///   - removal: How.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that began a run or were active members.
  /// - Throws: `PostgresError`.
  @discardableResult
  package func change(
    _ contacts: [Int64], adding: [Int64], removing: [Int64], as removal: Removal,
    in transaction: Transaction
  ) async throws -> Set<Int64> {
    let cascade = Cascade()
    var changed: Set<Int64> = []
    var timers: Set<TimerBucket> = []
    func each(
      _ campaigns: [Int64], _ body: (MembershipManager, Int64) async throws -> [Int64]
    ) async throws {
      for campaign in Set(campaigns).sorted() {
        let done = try await runtime.engine.transaction(
          campaign, in: transaction, includingUnpublished: true,
          cascade: cascade
        ) { try await body(MembershipManager($0), campaign) }
        guard let done else { continue }
        changed.formUnion(done.result)
        timers.formUnion(done.timers)
      }
    }
    try await each(adding) { manager, campaign in
      try await manager.add(cascade.fresh(contacts, in: campaign), by: .manual)
    }
    try await each(removing) { manager, _ in
      try await manager.remove(contacts, removal == .exit ? .exit : .byHand)
    }
    runtime.timers.stage(timers, after: transaction)
    return changed
  }
}
