import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives

/// Reschedules, cancels and writes entries of single contacts by hand (campaigns.md 10.6).
package struct CampaignLogEditor: Sendable {
  let runtime: CampaignService

  init(runtime: CampaignService) { self.runtime = runtime }

  /// Sets the fire time of an entry, or records that it was executed (CAM-702, CAM-706).
  ///
  /// - Returns: Whether the entry is new.
  /// - Throws: ``CampaignError``; `PostgresError`.
  package func change(_ event: Int64, contact: Int64, _ change: EntryChange) async throws -> Bool {
    let jobs = runtime.jobs
    guard let campaign = try await runtime.events.campaign(of: event, on: jobs.postgres) else {
      throw CampaignError.notFound("there is no event \(event)")
    }
    let now = jobs.clock.now
    let isNew = try await runtime.transaction(campaign, now: now, includingUnpublished: true) {
      transaction in
      guard let event = transaction.graph[event] else {
        throw CampaignError.notFound("there is no event \(event)")
      }
      return try await EntryEdit(transaction, event, contact: contact).apply(change)
    }
    guard let isNew else { throw CampaignError.notFound("there is no campaign \(campaign)") }
    return isNew
  }

  /// Cancels an entry with a future fire time (CAM-703).
  ///
  /// - Throws: ``CampaignError``; `PostgresError`.
  package func cancel(_ event: Int64, contact: Int64) async throws {
    let jobs = runtime.jobs
    let done = try await EntryChangeStore.cancel(
      event, contact: contact, now: jobs.clock.now, on: jobs.postgres)
    guard let done else {
      throw CampaignError.notFound("the contact \(contact) has no entry of the event \(event)")
    }
    guard done.isCancelled else {
      // CAM-705.
      throw CampaignError.conflict(
        "the entry is \(done.state?.name ?? "ended") or due, and cannot be cancelled")
    }
  }
}

/// One change of a contact's entry for an event, within the campaign's transaction.
private struct EntryEdit {
  /// The time in seconds during which an entry with a fire time in the past can still be changed.
  private static let grace = 5.0

  private let transaction: CampaignTransaction
  private let event: CampaignEvent
  private let contact: Int64
  private let store: EntryChangeStore

  init(_ transaction: CampaignTransaction, _ event: CampaignEvent, contact: Int64) {
    self.transaction = transaction
    self.event = event
    self.contact = contact
    store = EntryChangeStore(
      connection: transaction.connection, campaign: transaction.campaign, event: event.id,
      contact: contact, now: transaction.now)
  }

  /// - Returns: Whether the entry is new.
  func apply(_ change: EntryChange) async throws -> Bool {
    let rotation = try await lockMember()
    let present = try await store.lock()
    try EntryChangeCheck(
      change: change, event: event, present: present, rotation: rotation, now: transaction.now
    ).run()
    let ip = try await address(change.ipAddress)
    if let part = change.metadata?.unstorable("metadata") {
      throw CampaignError.refused(InvalidInput(part, "not valid text"))
    }
    let metadata = try change.metadata.map { try JSON($0) }
    if change.isAnnotation {
      try await store.annotate(
        change, rotation: present?.rotation ?? rotation, ip: ip, metadata: metadata)
      return false
    }
    let isOpen = present.map { $0.state == .scheduled || $0.state == .waiting } ?? false
    let entry = WrittenEntry(
      rotation: isOpen ? present?.rotation ?? rotation : rotation,
      state: change.isExecuted ? .executed : .scheduled, path: path(change), ip: ip,
      metadata: metadata)
    let isNew = try await store.write(change, entry)
    if change.isExecuted {
      transaction.count(
        event, .executed(entry.path), 1, current: entry.rotation == rotation ? 1 : 0,
        at: change.dateTriggered)
    } else if let fire = change.triggerDate {
      // One in the past is executed a little later: until then it can be changed (CAM-706).
      let earliest = transaction.now.addingTimeInterval(Self.grace)
      transaction.progress.stage(
        event, [fire > transaction.now ? fire : earliest], now: transaction.now)
    }
    return isNew
  }

  /// Locks the contact, against its deletion, and its member.
  ///
  /// - Returns: The member's rotation.
  private func lockMember() async throws -> Int {
    guard try await ContactLock.lock([contact], on: transaction.connection) == [contact] else {
      throw CampaignError.notFound("there is no contact \(contact)")
    }
    guard let member = try await transaction.members.shareActive([contact]).first else {
      throw CampaignError.conflict("the contact \(contact) is no member of the campaign")
    }
    return member.rotation
  }

  private func path(_ change: EntryChange) -> Bool? {
    guard event.kind != .action, change.isExecuted else { return nil }
    return !(change.nonActionPathTaken ?? false)
  }

  /// Returns the id of an IP address, which becomes one of the contact's.
  private func address(_ text: String?) async throws -> Int64? {
    guard let text, !text.isEmpty else { return nil }
    guard IPAddressText.isValid(text) else {
      throw CampaignError.refused(
        InvalidInput("ipAddress", "\(InvalidInput.shown(text)) is no address"))
    }
    let id = try await IPAddresses.ensure([text], in: transaction.database)[text]
    if let id {
      try await IPAddresses.link([contact], to: [id], in: transaction.database)
    }
    return id
  }
}
