import Foundation

/// Claimed entries of one event: for an effect outside of the database, or for one that may kill its worker.
struct Claim: Sendable {
  var event: CampaignEvent
  var token: UUID
  var entries: [Entry]
  var contacts: [Int64: ExternalContact]
  var settings: CampaignSettings
  /// The number of entries taken, including those that ended or have to wait.
  var taken: Int

  /// Returns the key that identifies an entry to the receiver, the same at every attempt (CAM-453).
  func key(_ entry: Entry) -> String {
    "campaign-\(event.id)-\(entry.contact)-\(entry.rotation)"
  }
}

/// The result of an external action for an entry.
typealias ExternalResult = (entry: Entry, result: Result<Void, ActionFailure>)

/// Claims entries of actions before they are performed, and records the results. The effect of an external
/// action happens in between, outside of any transaction (CAM-910); an action of the database is claimed so
/// only after it may have killed a worker (CAM-463).
struct ExternalActions {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// The maximum number of entries of an action in the database that are claimed at once.
  static let careful = 256

  /// The maximum number of entries of lapsed claims that are claimed together again.
  static let suspects = 8

  /// Claims due entries, or those whose worker died (CAM-462): they are this caller's until the lease ends.
  ///
  /// A claim that lapsed is an attempt. As one entry may have killed the worker of all, the last attempt of
  /// each is made alone; entries without another one are given up here.
  ///
  /// - Parameter action: The external action; nil for one of the database.
  /// - Returns: nil if there is nothing to claim.
  func claim(
    _ event: CampaignEvent, _ action: (any ExternalAction)?, limit: Int, lease: Duration
  ) async throws -> Claim? {
    let steps: [(DispatchSelection, limit: Int)] = [
      (.exhausted, limit), (.new, limit), (.retried(isolated: false), min(limit, Self.suspects)),
      (.retried(isolated: true), 1),
    ]
    for (selection, limit) in steps {
      let claim = try await self.claim(selection, event, action, limit: limit, lease: lease)
      if let claim { return claim }
    }
    return nil
  }

  private func claim(
    _ selection: DispatchSelection, _ event: CampaignEvent, _ action: (any ExternalAction)?,
    limit: Int, lease: Duration
  ) async throws -> Claim? {
    let token = UUID()
    let claimed = try await DueExecutor(transaction).store(of: event).claimForDispatch(
      selection, maxAttempts: transaction.settings.maxAttempts, token: token,
      until: transaction.now.addingTimeInterval(Double(lease.components.seconds)), limit: limit)
    guard claimed.count > 0 else { return nil }
    var claim = Claim(
      event: event, token: token, entries: [], contacts: [:], settings: transaction.settings,
      taken: claimed.count)
    if selection == .exhausted {
      try await giveUp(event, claimed.entries)
      return claim
    }
    // One entry per contact at a time, as their times are keyed by contact.
    let (first, further) = DueEntry.firsts(claimed.entries)
    let check = DueCheck(transaction)
    var due = try await check.due(event, first).map(\.entry)
    for entry in further { due += try await check.due(event, [entry]).map(\.entry) }
    claim.entries = due
    if let action {
      claim.contacts = try await action.read(event, Set(due.map(\.contact)).sorted(), transaction)
    }
    return claim
  }

  /// Gives up entries whose workers died as often as attempts are allowed (CAM-463).
  private func giveUp(_ event: CampaignEvent, _ entries: [DueEntry]) async throws {
    for wave in OncePerContact.waves(entries, by: \.contact) {
      let failure = ActionFailure(
        "the worker died while it performed the action, at each of \(transaction.settings.maxAttempts) attempts",
        isFinal: true)
      try await FailureHandler(transaction, event).handle(
        wave.map(\.entry),
        Dictionary(wave.map { ($0.contact, failure) }, uniquingKeysWith: { first, _ in first }))
    }
  }

  /// Performs an action of the database for claimed entries, within the transaction that ends them.
  func apply(_ claim: Claim, _ action: any CampaignAction) async throws {
    for wave in OncePerContact.waves(claim.entries, by: \.contact) {
      let held = try await take(claim, wave)
      guard !held.isEmpty else { continue }
      try await EventExecutor(transaction).apply(action, claim.event, held)
      try await JumpExecutor(transaction).runPending()
    }
  }

  /// Records the results of claimed entries, except those whose lease another worker has taken over.
  func record(_ claim: Claim, _ results: [ExternalResult]) async throws {
    for wave in OncePerContact.waves(results, by: \.entry.contact) {
      try await recordWave(claim, wave)
    }
  }

  private func recordWave(_ claim: Claim, _ results: [ExternalResult]) async throws {
    let entries = try await take(claim, results.map(\.entry))
    guard !entries.isEmpty else { return }
    var outcome = ActionOutcome()
    for (entry, result) in results {
      if case .failure(let failure) = result { outcome.failures[entry.contact] = failure }
    }
    try await EventExecutor(transaction).settle(claim.event, entries, outcome)
    try await JumpExecutor(transaction).runPending()
  }

  /// Marks claimed entries as executed, each contact once, and returns those that are still this caller's.
  private func take(_ claim: Claim, _ claimed: [Entry]) async throws -> [Entry] {
    transaction.cascade.takeUp()
    transaction.progress.exited = []
    // Members are locked before their entries, as everywhere.
    let members = Dictionary(
      try await transaction.members.share(claimed.map(\.contact).sorted()).map {
        ($0.contact, $0)
      }, uniquingKeysWith: { first, _ in first })
    let ours = try await DueExecutor(transaction).store(of: claim.event).finishDispatched(
      claimed, token: claim.token)
    var entries: [Entry] = []
    for entry in claimed {
      let contact = entry.contact
      guard ours.contains(contact), let member = members[contact] else { continue }
      // A contact that has exited or restarted meanwhile gets the effect, but no events below it.
      if !member.isActive || entry.rotation < member.firstRotation {
        transaction.progress.exited.insert(contact)
      }
      entries.append(
        Entry(
          Enrollment(contact: contact, rotation: member.rotation), rotation: entry.rotation,
          attempts: entry.attempts, isActive: member.isActive))
    }
    return entries
  }
}
