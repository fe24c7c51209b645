import Contacts
package import Fields
import Foundation
package import JobQueue
package import Logging
package import Mail
import Postgres

/// Answers the slots of web pages (tracking.md 13): what campaigns have pushed to the contact, else the first content of
/// the slot whose filters the contact meets.
package struct DynamicSlots: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let filters: SlotFilters
  let settings: @Sendable () async throws -> MailSettings
  let observers: [any SlotObserver]
  let logger: Logger

  /// Creates the service.
  ///
  /// - Parameters:
  ///   - jobs: The job client, whose database and clock are used.
  ///   - fields: The definitions of fields.
  ///   - filters: Asks the filters of contents.
  ///   - settings: Returns the operator's settings, for the formats of dates.
  ///   - observers: Hear of requests first.
  package init(
    jobs: JobClient, fields: FieldStore, filters: SlotFilters,
    settings: @escaping @Sendable () async throws -> MailSettings, observers: [any SlotObserver],
    logger: Logger
  ) {
    self.jobs = jobs
    self.fields = fields
    self.filters = filters
    self.settings = settings
    self.observers = observers
    self.logger = logger
  }

  /// Returns the HTML for a slot; nil if the page keeps its own.
  ///
  /// - Parameters:
  ///   - slot: The name of the slot, as a page says it.
  ///   - contact: The contact; nil for a visitor whom nobody knows, who sees what has no filters.
  package func content(of slot: String, for contact: Int64?) async throws -> String? {
    guard !slot.isEmpty, slot.unicodeScalars.count <= SlotName.longest, !slot.contains("\0") else {
      return nil
    }
    let pushed = try await request(slot, for: contact)
    // Outside of the transaction: filters may take their time, and one that fails must not undo the decision.
    var shown = pushed.content
    if shown == nil { shown = try await chosen(slot, for: pushed.contact) }
    guard let shown else { return nil }
    let html = try await html(of: shown, for: pushed.contact)
    guard !html.isEmpty else { return nil }
    if let contact = pushed.contact {
      try await jobs.transaction { transaction in
        guard
          let contact = try await ContactLock.lock([contact], on: transaction.connection).first
        else { return }
        try await SlotStore.count(
          shown.id, shownTo: contact, in: slot, transaction: transaction)
      }
    }
    return html
  }

  /// Tells observers of a request, and returns what is pushed after that.
  private func request(
    _ slot: String, for contact: Int64?
  ) async throws -> (contact: Int64?, content: ShownContent?) {
    guard let contact else { return (nil, nil) }
    return try await jobs.transaction { transaction in
      let connection = transaction.connection
      let current = try await ContactMerger.current(of: contact, on: connection)
      guard
        let contact = try await ContactLock.lock(current.map { [$0] } ?? [], on: connection).first
      else { return (nil, nil) }
      let request = SlotRequest(slot: slot, contact: contact, at: transaction.now)
      for observer in observers { try await observer.requested(request, in: transaction) }
      let content = try await SlotStore.pushed(to: contact, slot: slot, in: transaction)
      return (contact, content)
    }
  }

  /// The first content whose filters the contact meets, or the variant of it that the contact always gets.
  private func chosen(_ slot: String, for contact: Int64?) async throws -> ShownContent? {
    let (pool, now) = (jobs.postgres, jobs.clock.now)
    for candidate in try await SlotStore.candidates(for: slot, at: now, on: pool) {
      guard
        try await filters.match(candidate.values.filters, contact: contact, on: pool)
      else { continue }
      guard let contact else { return candidate }
      let variants = try await SlotStore.variants(of: candidate.id, at: now, on: pool)
      let place = VariantChoice.place(
        of: contact, in: candidate.id, weights: variants.map { $0.values.variantWeight ?? 0 })
      return place.map { variants[$0] } ?? candidate
    }
    return nil
  }

  private func html(of shown: ShownContent, for contact: Int64?) async throws -> String {
    let content = WebContent(
      shown.values.content, utm: shown.values.utm, settings: try await settings())
    var values: [String: String] = [:]
    if let contact {
      let known = try await fields.current()
      values = try await jobs.postgres.withConnection {
        try await WebContentStore.values(of: contact, content.fields, fields: known, on: $0)
      }
    }
    return content.filled(values)
  }
}
