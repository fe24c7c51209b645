import Fields
import Foundation
package import JobQueue
import Postgres

/// Looks up places of addresses.
///
/// - Parameter addresses: The addresses.
/// - Returns: What is known of each, by the names on the wire, in the same order; nil if there is no database.
package typealias PlaceQuery = @Sendable (_ addresses: [String]) async throws -> [[String: String]]?

/// Looks up the places of new addresses, each once, and fills the location of contacts seen there who have none
/// (tracking.md 16).
struct LocateContacts: DurableJob {
  static let name = "contacts.locate"
  static let queue = ContactQueue.name
  static let options = JobOptions(maxAttempts: 2)
}

/// The handler of ``LocateContacts``. A second delivery finds done what the first has done.
struct ContactLocator: Sendable {
  /// The sightings of a transaction.
  static let size = 1_000

  let fields: FieldStore
  let places: PlaceQuery

  func locate(_ context: JobContext) async throws {
    let transactions = context.client.transactions
    repeat { try context.checkLease() } while try await step(transactions, now: context.clock.now)
    try await context.complete()
  }

  /// Does one transaction's work.
  ///
  /// - Returns: Whether there may be more.
  func step(_ transactions: TransactionRunner, now: Date) async throws -> Bool {
    let waiting = try await PlaceStore.waiting(Self.size, in: transactions.postgres)
    guard !waiting.isEmpty else { return false }
    var unknown: [Int64: String] = [:]
    for sighting in waiting where sighting.details == nil {
      unknown[sighting.address] = sighting.text
    }
    let new = unknown.sorted { $0.key < $1.key }
    // Asked even for none: without a database, contacts at known addresses wait too.
    guard let found = try await places(new.map(\.value)) else { return false }
    let details = Dictionary(uniqueKeysWithValues: zip(new.map(\.key), found))
    try await transactions.transaction(at: now) { transaction in
      try await write(waiting, details, in: transaction)
    }
    return waiting.count == Self.size
  }

  private func write(
    _ sightings: [PlaceStore.Sighting], _ new: [Int64: [String: String]],
    in transaction: Transaction
  ) async throws {
    let connection = transaction.connection
    let contacts = try await ContactLock.lock(
      Set(sightings.map(\.contact)).sorted(), on: connection)
    try await PlaceStore.store(new, now: transaction.now, on: connection)
    let lacking = try await PlaceStore.lacking(contacts, on: connection)
    var places: [Int64: [String: String]] = [:]
    for sighting in sightings where lacking.contains(sighting.contact) {
      let known = sighting.details ?? new[sighting.address] ?? [:]
      if !known.isEmpty { places[sighting.contact] = known }
    }
    let definitions = try await fields.current(on: connection)
    var changes: [ContactFields.Change] = []
    for (alias, name) in PlaceStore.fields {
      guard let field = definitions[alias], field.isPublished else { continue }
      var values: [Int64: String?] = [:]
      for (contact, place) in places {
        guard let text = place[name] else { continue }
        // A name that the field does not take leaves it empty.
        let value = Result { () throws(FieldProblem) in
          try field.canonical(text, policy: .strict)
        }
        if case .success(let canonical?) = value { values[contact] = canonical }
      }
      if !values.isEmpty { changes.append(ContactFields.Change(field, values)) }
    }
    try await ContactFields.write(
      changes, to: places.keys.sorted(), fields: definitions,
      reason: PointsReason(type: "page", eventName: "Place", actionName: "locate"),
      author: .system, in: transaction)
    try await PlaceStore.finish(sightings, on: connection)
  }
}
