import Foundation
import JobQueue
import Logging
import Segments

/// Updates the members of a campaign from its source segments (campaigns.md 4).
struct SourceReconciler {
  private let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  private var store: SourceStore { SourceStore(transaction) }
  private var manager: MembershipManager { MembershipManager(transaction) }

  /// Updates the contacts of a range of ids: adds those that a source segment holds and that are not members,
  /// and removes members that none holds.
  ///
  /// - Parameter isLast: Whether to look for contacts that cannot be re-enrolled yet.
  /// - Returns: The number of contacts that moved.
  func reconcile(_ range: ClosedRange<Int64>, isLast: Bool) async throws -> Int {
    try await store.takeTurn()
    let segments = try await store.segments()
    // The deletion of a contact locks its bucket first: no contact enters while it is being deleted.
    try await store.shareBuckets(of: range)
    let missing = try await store.missing(in: range, segments)
    let unheld = try await store.unheldMembers(in: range, segments)
    let (exiting, isPutOff) = try await withoutChanged(unheld, segments)
    if isPutOff { transaction.database.announce(SegmentMembersChanged.self) }
    try await remove(exiting)
    try await add(missing.new, areNew: true)
    try await add(missing.returning)
    if isLast { try await ReenrollmentScheduler(transaction).scheduleRecent(segments) }
    return missing.new.count + missing.returning.count + exiting.count
  }

  /// Updates some contacts from the current source segments.
  ///
  /// - Parameter sparesChanged: Whether exits are postponed as ``withoutChanged(_:_:)`` describes.
  /// - Returns: Whether some were.
  @discardableResult
  func reconcile(_ contacts: [Int64], sparesChanged: Bool = false) async throws -> Bool {
    try await store.takeTurn()
    let segments = try await store.segments()
    try await store.shareBuckets(of: contacts)
    let (held, others) = try await store.divide(contacts, by: segments)
    let (exiting, isPutOff) =
      sparesChanged ? try await withoutChanged(others, segments) : (others, false)
    try await remove(exiting)
    try await add(held)
    try await ReenrollmentScheduler(transaction).scheduleRecent(segments)
    return isPutOff
  }

  private func add(_ contacts: [Int64], areNew: Bool = false) async throws {
    try await separately(contacts, "enter") {
      try await manager.add($0, by: .segment, areNew: areNew)
    }
  }

  private func remove(_ contacts: [Int64]) async throws {
    try await separately(contacts, "exit") {
      try await manager.remove($0, .exit, onlyAutomatic: true)
    }
  }

  /// Moves contacts; one whose data make it fail stays as it is, and does not hold up the others (CAM-307). The
  /// next comparison tries it again.
  private func separately(
    _ contacts: [Int64], _ what: String, _ body: ([Int64]) async throws -> [Int64]
  ) async throws {
    let done = try await ItemIsolation.run(
      contacts, in: transaction.database, remember: transaction.cascade.remember, body)
    for (contact, error) in done.failures {
      transaction.engine.logger.error(
        "A contact could not \(what) a campaign",
        metadata: [
          "campaign": "\(transaction.campaign)", "contact": "\(contact)", "error": "\(error)",
        ])
    }
  }

  /// Leaves out, and announces again, contacts with a change that the segments' refresh has not processed:
  /// the change may have moved them from one source to another (CAM-120).
  private func withoutChanged(
    _ contacts: [Int64], _ segments: [Int64]
  ) async throws -> (exiting: [Int64], isPutOff: Bool) {
    guard !contacts.isEmpty else { return ([], false) }
    let changed = try await store.announceChanged(contacts, segments)
    return (contacts.filter { !changed.contains($0) }, !changed.isEmpty)
  }

  /// Re-enrolls some of the contacts that exited since an instant and may return now.
  ///
  /// - Returns: The number of contacts checked.
  func reenroll(since: Date, limit: Int) async throws -> Int {
    try await store.takeTurn()
    let segments = try await store.segments()
    let returning = try await store.returning(since: since, segments, limit: limit)
    try await reconcile(returning)
    return returning.count
  }
}
