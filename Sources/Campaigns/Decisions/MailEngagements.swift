package import Foundation
package import JobQueue
package import Mail
package import Postgres

/// Lets what happens to e-mails decide what is open in campaigns, and shows there what could not be delivered.
package struct CampaignMailObserver: MailObserver {
  private let runtime: @Sendable () -> CampaignService

  /// An observer.
  ///
  /// - Parameter runtime: Campaigns, which are made after mail, since they stand on it.
  package init(_ runtime: @escaping @Sendable () -> CampaignService) { self.runtime = runtime }

  /// Decides `email.open` (EML-341).
  package func opened(
    _ opens: [MailOpen], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    try await record("email.open", opens.map { ($0.fact, nil) }, now, connection, outbox)
  }

  /// Decides `email.click` (EML-353).
  package func clicked(
    _ clicks: [MailClick], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    try await record("email.click", clicks.map { ($0.fact, $0.url) }, now, connection, outbox)
  }

  /// Decides `email.reply`.
  package func replied(
    _ facts: [SendEvent], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    try await record("email.reply", facts.map { ($0, nil) }, now, connection, outbox)
  }

  /// Notes on the entries that their e-mails could not be delivered, and counts the failures (CAM-504).
  package func failed(
    _ failures: [MailFailure], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    let ours = failures.filter { $0.fact.source.kind == SendSource.campaignEvents }
    guard !ours.isEmpty else { return }
    let runtime = runtime()
    for (event, failures) in Dictionary(grouping: ours, by: { $0.fact.source.id ?? 0 }).sorted(by: {
      $0.key < $1.key
    }) {
      guard let campaign = try await runtime.campaign(of: event, on: connection) else { continue }
      _ = try await runtime.engine.pass(
        campaign, now: now, on: connection, outbox, evenAsleep: true
      ) { pass in try await pass.noteUndelivered(event, failures) }
    }
  }

  private func record(
    _ type: String, _ facts: [(SendEvent, String?)], _ now: Date, _ connection: PostgresConnection,
    _ outbox: JobOutbox
  ) async throws {
    let acts = facts.compactMap { fact, url -> CampaignEngagement? in
      guard let contact = fact.contact else { return nil }
      // Translations and variants count for the whole family (EML-152).
      let emails = Set([fact.email, fact.family].compactMap(\.self))
      return CampaignEngagement(
        type: type, contact: contact, at: fact.at, objects: emails, url: url)
    }
    let families = try await Self.families(acts, on: connection)
    let complete = acts.map { act in
      var act = act
      for email in act.objects { act.objects.formUnion(families[email] ?? []) }
      return act
    }
    let runtime = runtime()
    let wakes = try await runtime.engine.record(complete, now: now, on: connection, outbox)
    await runtime.wake(wakes, after: connection)
  }

  /// The members of the families of e-mails.
  private static func families(
    _ acts: [CampaignEngagement], on connection: PostgresConnection
  ) async throws -> [Int64: Set<Int64>] {
    let emails = acts.reduce(into: Set<Int64>()) { $0.formUnion($1.objects) }.sorted()
    guard !emails.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT family_id, id FROM emails WHERE family_id IN (
        SELECT family_id FROM emails WHERE id = ANY (\(emails)))
      """)
    var families: [Int64: Set<Int64>] = [:]
    for row in rows {
      let (parent, id) = try row.decode(Int64.self, Int64.self)
      families[parent, default: []].insert(id)
    }
    return families
  }
}

extension CampaignTransaction {
  /// Notes on entries of an event that sends e-mails that these could not be delivered.
  fileprivate func noteUndelivered(_ id: Int64, _ failures: [MailFailure]) async throws {
    guard let event = graph[id] else { return }
    let contacts = failures.compactMap(\.fact.contact)
    try await connection.query(
      """
      UPDATE campaign_log AS l SET error = failure.reason
      FROM unnest(\(contacts),
        \(failures.filter { $0.fact.contact != nil }.map { "the e-mail could not be delivered: \($0.reason)" }))
        AS failure (contact, reason)
      WHERE l.contact_id = failure.contact AND l.event_id = \(id) AND l.state = 3
        AND l.rotation = (SELECT max(rotation) FROM campaign_log o
          WHERE o.contact_id = l.contact_id AND o.event_id = l.event_id)
      """)
    try await FailureReport(pass: self, event: event, contacts: contacts.sorted()).write()
  }
}
