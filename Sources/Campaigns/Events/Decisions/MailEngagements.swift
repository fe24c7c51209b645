import Foundation
package import JobQueue
package import Mail
import Postgres

/// Resolves open decisions by engagements with e-mails, and notes failed deliveries on entries.
package struct CampaignMailObserver: MailObserver {
  private let runtime: @Sendable () -> CampaignService

  /// Creates an observer.
  ///
  /// - Parameter runtime: Returns the campaigns, which are created after mail as they depend on it.
  package init(_ runtime: @escaping @Sendable () -> CampaignService) { self.runtime = runtime }

  /// Decides `email.open` (EML-341).
  package func opened(_ opens: [MailOpen], in transaction: Transaction) async throws {
    let opens = opens.map { open in
      (open.event, nil as String?, open.machine.map { ["machine": $0] } ?? [:])
    }
    try await record("email.open", opens, in: transaction)
  }

  /// Decides `email.click` (EML-353).
  package func clicked(_ clicks: [MailClick], in transaction: Transaction) async throws {
    try await record("email.click", clicks.map { ($0.event, $0.url, [:]) }, in: transaction)
  }

  /// Decides `email.reply`.
  package func replied(_ sends: [SendEvent], in transaction: Transaction) async throws {
    try await record("email.reply", sends.map { ($0, nil, [:]) }, in: transaction)
  }

  /// Notes on the entries that their e-mails could not be delivered, and counts the failures (CAM-504).
  package func failed(_ failures: [MailFailure], in transaction: Transaction) async throws {
    let ours = failures.filter { $0.event.source.kind == SendSource.campaignEvents }
    guard !ours.isEmpty else { return }
    let runtime = runtime()
    let events = Dictionary(grouping: ours) { $0.event.source.id ?? 0 }
    for (id, failures) in events.sorted(by: { $0.key < $1.key }) {
      guard let campaign = try await runtime.events.campaign(of: id, on: transaction.connection)
      else {
        continue
      }
      let undelivered = failures.compactMap { failure in
        failure.event.contact.map { (contact: $0, reason: failure.reason) }
      }
      _ = try await runtime.engine.transaction(
        campaign, in: transaction, includingUnpublished: true
      ) { transaction in
        guard let event = transaction.graph[id] else { return }
        try await transaction.entryOutcomes(of: event).noteUndelivered(undelivered)
        try await FailureReport(transaction, event).write(undelivered.map(\.contact).sorted())
      }
    }
  }

  private func record(
    _ type: String, _ sends: [(SendEvent, String?, [String: String])],
    in transaction: Transaction
  ) async throws {
    var engagements = sends.compactMap { send, url, details -> CampaignEngagement? in
      guard let contact = send.contact else { return nil }
      // Translations and variants count for the whole family (EML-152).
      let emails = Set([send.email, send.family].compactMap(\.self))
      return CampaignEngagement(
        type: type, contact: contact, at: send.at, objects: emails, url: url,
        details: details)
    }
    let emails = engagements.reduce(into: Set<Int64>()) { $0.formUnion($1.objects) }
    let families = try await RecordStore.emailFamilies(
      of: emails.sorted(), on: transaction.connection)
    for index in engagements.indices {
      for email in engagements[index].objects {
        engagements[index].objects.formUnion(families[email] ?? [])
      }
    }
    try await runtime().record(engagements, in: transaction)
  }
}
