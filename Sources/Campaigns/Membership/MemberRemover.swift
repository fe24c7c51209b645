import Contacts
import Foundation
import Mail
import Postgres

/// Ends the runs of contacts in a campaign.
struct MemberRemover {
  private let transaction: CampaignTransaction
  private let kind: ExitKind

  init(_ transaction: CampaignTransaction, _ kind: ExitKind) {
    self.transaction = transaction
    self.kind = kind
  }

  func remove(
    _ contacts: [Int64], onlyAutomatic: Bool, withdrawsMail: Bool
  ) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    let (members, now) = (transaction.members, transaction.now)
    let held = try await members.lock(
      Set(contacts).sorted(),
      where: "NOT (\(onlyAutomatic) AND (m.manually_added OR NOT m.is_active))")
    let active = held.filter(\.isActive).map(\.contact)
    guard !held.isEmpty else { return [] }
    try await members.exit(held.map(\.contact), active: active, kind)
    guard !active.isEmpty else { return [] }
    try await members.cancelOpen(of: active)
    try await transaction.counters.countMembers(removed: active.count, at: now)
    if withdrawsMail { try await withdrawMail(active) }
    try await ContactChanges.mark(
      active, [.anyCampaign, .campaign(transaction.campaign)], in: transaction.database)
    transaction.progress.exited.formUnion(active)
    if kind == .exit, !onlyAutomatic {
      try await ReenrollmentScheduler(transaction).schedule(exited: active)
    }
    return active
  }

  /// Withdraws e-mails of the campaign that are not being sent yet (email.md 17).
  private func withdrawMail(_ contacts: [Int64]) async throws {
    let senders = transaction.graph.all.filter { $0.type == EventType.sendEmail }
    guard !senders.isEmpty else { return }
    try await EmailDispatcher.withdraw(
      sources: senders.map { .campaignEvent($0.id) }, contacts: contacts, in: transaction.database)
  }
}

extension SendSource {
  /// Returns the source of sends by an event of a campaign.
  static func campaignEvent(_ id: Int64) -> SendSource { SendSource(kind: campaignEvents, id: id) }
  static let campaignEvents = "campaign.event"
}
