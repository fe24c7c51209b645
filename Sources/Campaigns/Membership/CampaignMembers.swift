import Contacts
import Foundation
package import JobQueue
import Postgres

/// Adds contacts to campaigns and removes them, in batches, for users, bulk actions, forms and points
/// (campaigns.md 4).
package struct CampaignMembers: Sendable {
  let runtime: CampaignService

  init(runtime: CampaignService) { self.runtime = runtime }

  /// Adds contacts by hand, in a transaction of its own. A campaign need not be live: their first events wait
  /// until it is (CAM-602).
  ///
  /// - Returns: The contacts that began a run, in order; the others were members already (CAM-107).
  /// - Throws: `CampaignError.notFound` if the campaign or a contact does not exist, with nothing changed;
  ///   `PostgresError`.
  @discardableResult
  package func add(_ contacts: [Int64], to campaign: Int64) async throws -> [Int64] {
    try await change(contacts, campaign) { try await $0.add($1, by: .manual) }
  }

  /// Removes contacts by hand, in a transaction of its own: only a manual entry adds them again (CAM-105).
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

  // MARK: Within the caller's transaction

  /// The kind of a removal.
  package enum Removal: Sendable {
    /// By a user: only a manual entry adds them again.
    case byHand
    /// By an action or by points: a source segment may re-enroll them (CAM-110).
    case exit
  }

  /// Adds contacts to campaigns and removes them from others. Campaigns that are not live accept members as
  /// well (CAM-602); missing ones are ignored.
  ///
  /// It is one change: a contact that begins a campaign because of an earlier one in the list does not begin it
  /// a second time (CAM-112), and a contact deleted on the way enters none of the following (CAM-308).
  ///
  /// - Parameters:
  ///   - contacts: The contacts, whose rows the caller has locked.
  ///   - adding: The campaigns to add them to, before any removal (CAM-126).
  ///   - removing: The campaigns to remove them from.
  ///   - removal: The kind of the removal.
  ///   - onlyLive: Whether campaigns that are not live are ignored.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that began a run or were active members.
  /// - Throws: `PostgresError`.
  @discardableResult
  package func change(
    _ contacts: [Int64], adding: [Int64], removing: [Int64], as removal: Removal,
    onlyLive: Bool = false, in transaction: Transaction
  ) async throws -> Set<Int64> {
    let cascade = Cascade()
    var changed: Set<Int64> = []
    var timers: Set<TimerBucket> = []
    func each(
      _ campaigns: [Int64], _ body: (MembershipManager, Int64) async throws -> [Int64]
    ) async throws {
      for campaign in Set(campaigns).sorted() {
        let done = try await runtime.engine.transaction(
          campaign, in: transaction, includingUnpublished: !onlyLive, cascade: cascade
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
