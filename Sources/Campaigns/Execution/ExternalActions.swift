import Foundation

/// Claimed entries of one event, for an effect outside of the database.
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

/// Claims entries of external actions, and records their results; the effect happens in between, outside of
/// any transaction (CAM-910).
struct ExternalActions {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Claims due entries, and those with a lapsed lease (CAM-462): they are this caller's until the lease ends.
  func claim(
    _ event: CampaignEvent, _ action: any ExternalAction, limit: Int, lease: Duration
  ) async throws -> Claim? {
    let token = UUID()
    let claimed = try await DueExecutor(transaction).store(of: event).claimForDispatch(
      token: token,
      until: transaction.now.addingTimeInterval(Double(lease.components.seconds)), limit: limit)
    guard claimed.count > 0 else { return nil }
    // One entry per contact at a time, as their times are keyed by contact.
    let (first, further) = DueEntry.firsts(claimed.entries)
    let check = DueCheck(transaction)
    var due = try await check.due(event, first).map(\.entry)
    for entry in further { due += try await check.due(event, [entry]).map(\.entry) }
    let contacts = try await action.read(event, Set(due.map(\.contact)).sorted(), transaction)
    return Claim(
      event: event, token: token, entries: due, contacts: contacts,
      settings: transaction.settings, taken: claimed.count)
  }

  /// Records the results of claimed entries, except those whose lease another worker has taken over.
  func record(_ claim: Claim, _ results: [ExternalResult]) async throws {
    for wave in OncePerContact.waves(results, by: \.entry.contact) {
      try await recordWave(claim, wave)
    }
  }

  private func recordWave(_ claim: Claim, _ results: [ExternalResult]) async throws {
    transaction.cascade.takeUp()
    transaction.progress.exited = []
    // Members are locked before their entries, as everywhere.
    let members = Dictionary(
      try await transaction.members.share(results.map(\.entry.contact).sorted()).map {
        ($0.contact, $0)
      }, uniquingKeysWith: { first, _ in first })
    let ours = try await DueExecutor(transaction).store(of: claim.event).finishDispatched(
      results.map(\.entry), token: claim.token)
    var entries: [Entry] = []
    var outcome = ActionOutcome()
    for (entry, result) in results {
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
      if case .failure(let failure) = result { outcome.failures[contact] = failure }
    }
    guard !entries.isEmpty else { return }
    try await EventExecutor(transaction).settle(claim.event, entries, outcome)
    try await JumpExecutor(transaction).runPending()
  }
}
