import Foundation

/// Adds contacts to a campaign and removes them, in the campaign's transaction or in that of another campaign.
struct MembershipManager {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Adds contacts: inserts members and begins their run, in one transaction (CAM-102). Contacts that may not
  /// enter are left unchanged (CAM-103, CAM-105, CAM-107). The caller prevents the deletion of the contacts.
  ///
  /// - Parameter areNew: Whether they are in ascending order and had no rows when the caller checked: then rows
  ///   are not looked up again, which halves the time.
  /// - Returns: The contacts that began a run, in order.
  @discardableResult
  func add(_ contacts: [Int64], by source: EntrySource, areNew: Bool = false) async throws
    -> [Int64]
  {
    try await MemberAdder(transaction, source).add(contacts, areNew: areNew)
  }

  /// Removes contacts: their run ends at this point (CAM-123).
  ///
  /// - Parameters:
  ///   - onlyAutomatic: Whether contacts added by hand stay (CAM-120), and those that exited before are left
  ///     unchanged: a contact removed by hand must not become one that exited (CAM-105).
  ///   - withdrawsMail: Whether e-mails that are not being sent yet are withdrawn.
  /// - Returns: The contacts that were active members, in order.
  @discardableResult
  func remove(
    _ contacts: [Int64], _ kind: ExitKind, onlyAutomatic: Bool = false, withdrawsMail: Bool = true
  ) async throws -> [Int64] {
    try await MemberRemover(transaction, kind).remove(
      contacts, onlyAutomatic: onlyAutomatic, withdrawsMail: withdrawsMail)
  }

  // MARK: Other campaigns

  /// Adds contacts to a campaign, possibly this one or one whose transaction led here: those that restart it
  /// have left their current run (CAM-107, CAM-125).
  ///
  /// - Returns: Whether the campaign exists and is live.
  func add(_ contacts: [Int64], to campaign: Int64) async throws -> Bool {
    try await within(campaign) { other in
      let (exited, waiting) = (other.progress.exited, other.progress.jumps)
      (other.progress.exited, other.progress.jumps) = ([], [])
      let entered = try await MembershipManager(other).add(
        other.cascade.fresh(contacts, in: campaign), by: .manual)
      (other.progress.exited, other.progress.jumps) = (exited.union(entered), waiting)
    }
  }

  /// Removes contacts that exit a campaign.
  ///
  /// - Returns: Whether the campaign exists and is live.
  func remove(_ contacts: [Int64], from campaign: Int64) async throws -> Bool {
    // A contact that leaves by the campaign's own events still gets the e-mails sent before.
    let isOwn = campaign == transaction.campaign
    return try await within(campaign) { other in
      _ = try await MembershipManager(other).remove(contacts, .exit, withdrawsMail: !isOwn)
    }
  }

  /// Changes a campaign within this database transaction, by the campaign's transaction in progress, if any.
  /// A campaign that does not exist or is not live is left alone (CAM-602, CAM-641).
  ///
  /// - Returns: Whether the campaign exists and is live.
  private func within(
    _ campaign: Int64, _ body: (CampaignTransaction) async throws -> Void
  ) async throws -> Bool {
    if let other = transaction.cascade[campaign] {
      if other.isLive { try await body(other) }
      return other.isLive
    }
    let done = try await transaction.engine.transaction(
      campaign, in: transaction.database,
      cascade: transaction.cascade
    ) { other in
      // What is careful with one campaign is careful with those that it affects.
      if transaction.isCautious { other.isCautious = true }
      try await body(other)
    }
    if let done { transaction.progress.adopt(done.timers) }
    return done != nil
  }
}
