package import Fields
package import Foundation
package import JobQueue
package import Postgres
import Primitives
import Users

/// A contact that is to be created together with others.
package struct NewContact: Sendable {
  /// Values of fields, and perhaps the address at which it was seen.
  package var input: ContactInput
  /// The instant at which it was active; nil if it was not.
  package var activeAt: Date?

  package init(_ input: ContactInput, activeAt: Date? = nil) {
    self.input = input
    self.activeAt = activeAt
  }
}

/// Contacts that are created by a few statements within one transaction: those that are new for certain.
package struct ContactGroup: Sendable {
  /// The definitions of fields by which it works; ``claim(_:also:)`` proves that they are current.
  package let definitions: FieldSet
  /// The transaction.
  package let transaction: Transaction
  let settings: ContactSettings
  let origin: ContactOrigin

  /// Contacts of a group that nobody has yet, each with an id.
  package struct Claim: Sendable {
    var new: [New]
    /// The rows of the statements that were sent along.
    package var answers: [PostgresRows]

    /// The ids by position among the contacts that were given; nil where one may not be created here.
    package var ids: [Int: Int64] {
      Dictionary(new.map { ($0.place, $0.id) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// A contact of a claim.
  struct New: Sendable {
    /// The position among the contacts that were given.
    var place: Int
    var contact: NewContact
    var draft: ContactDraft
    var delta: ContactDelta
    var id: Int64 = 0

    /// The identifiers in an order that all transactions share, so that two of them never wait for each other.
    var keys: [String] { draft.identifiers.map { "\($0.field.id):\($0.key)" } }
  }

  /// Prepares the creation of contacts, in one round trip.
  ///
  /// - Parameters:
  ///   - contacts: The contacts.
  ///   - statements: Further statements for the same round trip.
  /// - Returns: Those that may be created: they are valid, have no company, and none of their identifiers belongs to a
  ///   contact or to one before them.
  /// - Throws: ``ContactWork/OutOfDate`` where definitions of fields have changed; `PostgresError`.
  package func claim(
    _ contacts: [NewContact], also statements: [SQL] = []
  ) async throws -> Claim {
    var new = candidates(contacts)
    let addresses = Set(new.compactMap(\.contact.input.ipAddress)).sorted()
    let claimed = try await ContactIdentity.claim(
      new.map(\.draft.identifiers),
      also: (addresses.isEmpty ? [] : [IPAddresses.details(of: addresses)]) + statements,
      on: transaction.connection)
    guard claimed.version == definitions.version else {
      throw ContactWork.OutOfDate(version: claimed.version)
    }
    let known = addresses.isEmpty ? [:] : try IPAddresses.known(claimed.answers[0])
    new = new.filter { new in
      !new.draft.identifiers.contains {
        claimed.taken.contains(IdentifierKey(field: $0.field.id, key: $0.key))
      }
    }
    for place in new.indices {
      new[place].id = claimed.ids[place]
      new[place].delta.fillLocation(
        new[place].contact.input.ipAddress.flatMap { known[$0] }, definitions, settings.lists)
    }
    return Claim(new: new, answers: Array(claimed.answers.dropFirst(addresses.isEmpty ? 0 : 1)))
  }

  /// Creates contacts of a claim, in one round trip; logs and marks go with the next statement.
  ///
  /// - Parameters:
  ///   - claim: The claim.
  ///   - places: The positions of those that are wanted.
  ///   - statements: Further statements for the same round trip, which find the contacts.
  /// - Returns: The rows of the further statements.
  /// - Throws: `PostgresError`, also where another transaction created one of them at this moment.
  package func create(
    _ claim: Claim, at places: Set<Int>, also statements: [SQL] = []
  ) async throws -> [PostgresRows] {
    let new = claim.new.filter { places.contains($0.place) }
    guard !new.isEmpty || !statements.isEmpty else { return [] }
    let own = insertions(new)
    let results = try await transaction.pipeline(own + statements)
    try await record(new)
    return Array(results.dropFirst(own.count))
  }

  /// The contacts that are valid and share no identifier with one before them.
  private func candidates(_ contacts: [NewContact]) -> [New] {
    var keys: Set<IdentifierKey> = []
    var new: [New] = []
    for (place, contact) in contacts.enumerated() where contact.input.isSimple {
      let draft = Result { () throws(InvalidInput) in
        try ContactDraft(
          contact.input, mode: .upsert, fields: definitions, lists: settings.lists)
      }
      // An invalid one is told so by a transaction of its own.
      guard case .success(let draft) = draft, draft.company == .absent,
        contact.input.ipAddress.map(IPAddressText.isValid) ?? true
      else { continue }
      let own = draft.identifiers.map { IdentifierKey(field: $0.field.id, key: $0.key) }
      guard keys.isDisjoint(with: own) else { continue }
      keys.formUnion(own)
      new.append(
        New(
          place: place, contact: contact, draft: draft,
          delta: ContactDelta(draft, stored: nil, fields: definitions.contact)))
    }
    return new
  }

  /// The statements that insert contacts and their addresses: one for all that give the same fields.
  private func insertions(_ new: [New]) -> [SQL] {
    guard !new.isEmpty else { return [] }
    var groups: [String: [New]] = [:]
    for new in new {
      groups[new.delta.columns.map(\.name).joined(separator: ","), default: []].append(new)
    }
    let statements = groups.sorted { $0.key < $1.key }.map { _, group in
      ContactInsertionStore.insertion(
        group.sorted { $0.keys.lexicographicallyPrecedes($1.keys) }.map {
          .init(
            id: $0.id, isKnown: $0.delta.identifies(definitions.contact),
            activeAt: $0.contact.activeAt, values: $0.delta.columns)
        }, by: origin.author, now: transaction.now)
    }
    return statements
      + IPAddresses.linking(
        new.compactMap { new in new.contact.input.ipAddress.map { (new.id, $0) } },
        now: transaction.now)
  }

  /// Writes the logs and the mark for segments, sent along with the next statement.
  private func record(_ new: [New]) async throws {
    guard !new.isEmpty else { return }
    var entries: [AuditLog.Entry] = []
    for new in new {
      var details: [String: JSONValue] = ["source": .string(origin.source)]
      if let audited = new.delta.auditedFields { details["fields"] = audited }
      entries.append(.init("create", "lead", new.id, details: .object(details)))
      if new.delta.identifies(definitions.contact) { entries.append(.identified(new.id)) }
      if let address = new.contact.input.ipAddress {
        entries.append(.addressAdded(address, to: new.id))
      }
    }
    if let statement = try AuditLog.statement(entries, by: origin.author, now: transaction.now) {
      await transaction.sendWithNext(statement)
    }
    let points = new.filter { $0.delta.points != 0 }.map { ($0.id, $0.delta.points) }
    if !points.isEmpty {
      await transaction.sendWithNext(
        PointsLog.statement(points, reason: origin.editedPoints, now: transaction.now))
    }
    await ContactChanges.markWithNext(new.map(\.id), [.created], in: transaction)
  }
}
