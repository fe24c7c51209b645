package import Fields
package import Foundation
package import JobQueue
package import Postgres
import Primitives
import Users

/// A contact that is to be written together with others.
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

/// Contacts that are written by a few statements within one transaction: created where they are new for certain, changed
/// where their identifiers name one contact that exists.
package struct ContactGroup: Sendable {
  /// The definitions of fields by which it works; ``claim(_:also:)`` proves that they are current.
  package let definitions: FieldSet
  /// The transaction.
  package let transaction: Transaction
  let settings: ContactSettings
  let origin: ContactOrigin

  /// What became of looking contacts up.
  package struct Claim: Sendable {
    var new: [New] = []
    var known: [Known] = []
    /// The rows of the statements that were sent along.
    package var answers: [PostgresRows]

    /// The ids of new contacts, whom nobody has yet, by position among the contacts that were given.
    package var ids: [Int: Int64] {
      Dictionary(new.map { ($0.given.place, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// The ids of contacts that exist by position among the contacts that were given.
    package var matches: [Int: Int64] {
      Dictionary(known.map { ($0.given.place, $0.id) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// A contact as it was given.
  struct Given: Sendable {
    /// The position among the contacts that were given.
    var place: Int
    var contact: NewContact
    var draft: ContactDraft

    var keys: [IdentifierKey] {
      draft.identifiers.map { IdentifierKey(field: $0.field.id, key: $0.key) }
    }
  }

  /// A new contact of a claim.
  struct New: Sendable {
    var given: Given
    var delta: ContactDelta
    var id: Int64

    /// The identifiers in an order that all transactions share, so that two of them never wait for each other.
    var order: [String] { given.draft.identifiers.map { "\($0.field.id):\($0.key)" } }
  }

  /// A contact of a claim that exists.
  struct Known: Sendable {
    var given: Given
    var id: Int64
  }

  /// Looks contacts up, in one round trip.
  ///
  /// - Parameters:
  ///   - contacts: The contacts.
  ///   - statements: Further statements for the same round trip.
  /// - Returns: Those that are valid, have no company, and are new or one that exists: none of their identifiers belongs
  ///   to a contact or to a new one before them, or all to the same contact.
  /// - Throws: ``ContactWork/OutOfDate`` where definitions of fields have changed; `PostgresError`.
  package func claim(
    _ contacts: [NewContact], also statements: [SQL] = []
  ) async throws -> Claim {
    let all = valid(contacts)
    let addresses = Set(all.compactMap(\.contact.input.ipAddress)).sorted()
    let claimed = try await ContactIdentity.claim(
      all.map(\.draft.identifiers),
      also: (addresses.isEmpty ? [] : [IPAddresses.details(of: addresses)]) + statements,
      on: transaction.connection)
    guard claimed.version == definitions.version else {
      throw ContactWork.OutOfDate(version: claimed.version)
    }
    let places = addresses.isEmpty ? [:] : try IPAddresses.known(claimed.answers[0])
    var claim = Claim(answers: Array(claimed.answers.dropFirst(addresses.isEmpty ? 0 : 1)))
    var keys: Set<IdentifierKey> = []
    for (given, id) in zip(all, claimed.ids) {
      let own = given.keys
      let owners = own.map { claimed.taken[$0] ?? [] }
      let found = owners.reduce(into: Set<Int64>()) { $0.formUnion($1) }
      if found.isEmpty, keys.isDisjoint(with: own) {
        keys.formUnion(own)
        claim.new.append(new(given, id, at: given.contact.input.ipAddress.flatMap { places[$0] }))
      } else if let match = found.first, found.count == 1,
        settings.matchesAnyIdentifier || !owners.contains([])
      {
        claim.known.append(Known(given: given, id: match))
      }
    }
    return claim
  }

  private func new(_ given: Given, _ id: Int64, at address: IPAddress?) -> New {
    var delta = ContactDelta(given.draft, stored: nil, fields: definitions.contact)
    delta.fillLocation(address, definitions, settings.lists)
    return New(given: given, delta: delta, id: id)
  }

  /// The contacts that are valid; an invalid one is told so by a transaction of its own.
  private func valid(_ contacts: [NewContact]) -> [Given] {
    contacts.enumerated().compactMap { place, contact in
      guard contact.input.isSimple, contact.input.ipAddress.map(IPAddressText.isValid) ?? true
      else { return nil }
      let draft = Result { () throws(InvalidInput) in
        try ContactDraft(
          contact.input, mode: .upsert, fields: definitions, lists: settings.lists)
      }
      guard case .success(let draft) = draft, draft.company == .absent else { return nil }
      return Given(place: place, contact: contact, draft: draft)
    }
  }
}
