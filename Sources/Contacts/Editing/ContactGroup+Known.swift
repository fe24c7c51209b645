import Fields
import Foundation
package import Postgres

/// Contacts of a group that exist.
extension ContactGroup {
  /// Contacts that exist, locked, with what changes of them.
  package struct Held: Sendable {
    /// The changes in the order in which they were given; several of one contact follow from one another.
    var changes: [Change] = []
    /// The rows of the statements that were sent along.
    package var answers: [PostgresRows] = []

    init() {}

    /// The ids of the contacts by position among the contacts that were given.
    package var ids: [Int: Int64] {
      Dictionary(
        changes.map { ($0.given.place, $0.contact) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// A change of a contact that exists.
  struct Change: Sendable {
    var contact: Int64
    var given: Given
    var delta: ContactDelta
    /// Whether the contact becomes known by it (CON-02).
    var isIdentified: Bool

    var isChange: Bool { !delta.columns.isEmpty || isIdentified }
  }

  /// What all changes of a contact come to.
  struct Sum {
    var columns: [ColumnValue] = []
    var topics: Set<ChangeTopic> = []
    var isIdentified = false
    var isChanged = false
    var activeAt: Date?

    mutating func add(_ change: Change) {
      for column in change.delta.columns {
        columns.removeAll { $0.name == column.name }
        columns.append(column)
      }
      if change.isChange { topics.formUnion(change.delta.topics.union([.column("date_modified")])) }
      if change.isIdentified { topics.insert(.column("date_identified")) }
      if let instant = change.given.contact.activeAt {
        topics.insert(.column("last_active"))
        activeAt = max(activeAt ?? instant, instant)
      }
      isIdentified = isIdentified || change.isIdentified
      isChanged = isChanged || change.isChange
    }
  }

  /// Locks contacts of a claim that exist, and works out what changes of them, in one round trip. Those that another
  /// transaction has locked are left out, so that nobody waits for it.
  ///
  /// - Parameters:
  ///   - claim: The claim.
  ///   - places: The positions of those that are wanted.
  ///   - statements: Further statements for the same round trip, which are run when the contacts are locked.
  /// - Returns: Those that may be changed here: they still have the identifiers, and keep them.
  /// - Throws: `PostgresError`.
  package func hold(
    _ claim: Claim, at places: Set<Int>, also statements: [SQL] = []
  ) async throws -> Held {
    let wanted = claim.known.filter { places.contains($0.given.place) }
    guard !wanted.isEmpty else { return Held() }
    let fields = read(of: wanted)
    let answers = try await transaction.pipeline(
      [
        ContactFieldStore.locking(
          Set(wanted.map(\.id)).sorted(), reading: fields, waits: false)
      ] + statements)
    var stored = Dictionary(
      try ContactFieldStore.stored(answers[0], fields).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    var held = Held()
    held.answers = Array(answers.dropFirst())
    for known in wanted {
      guard var contact = stored[known.id], let change = change(of: contact, known, fields) else {
        // Those of the same contact that follow must not come before it.
        stored[known.id] = nil
        continue
      }
      held.changes.append(change)
      contact.values = change.delta.values
      contact.isIdentified = contact.isIdentified || change.isIdentified
      stored[known.id] = contact
    }
    return held
  }

  /// What changes of a contact; nil where that is for a transaction of its own.
  private func change(
    of stored: ContactFieldStore.Stored, _ known: Known, _ fields: [Field]
  ) -> Change? {
    let draft = known.given.draft
    guard
      ContactIdentity.holds(
        draft.identifiers, matchesAny: settings.matchesAnyIdentifier, { stored.values[$0] })
    else { return nil }
    let delta = ContactDelta(patching: stored.values, draft, fields: fields)
    // Others may have the new identifier; and an activity that is given is not the one of this moment.
    guard !delta.changesIdentity, !delta.columns.contains(where: { $0.name == "last_active" })
    else { return nil }
    return Change(
      contact: stored.id, given: known.given, delta: delta,
      isIdentified: !stored.isIdentified && delta.identifies(fields))
  }

  /// The fields that decide what changes of contacts.
  private func read(of wanted: [Known]) -> [Field] {
    let given = Set(wanted.flatMap { $0.given.draft.changes.map(\.field.alias) })
    return definitions.contact.filter {
      given.contains($0.alias) || $0.hasChoices || $0.identifiesContact
    }
  }
}

extension ContactGroup.Held {
  /// What all changes of each contact come to.
  var sums: [Int64: ContactGroup.Sum] {
    var sums: [Int64: ContactGroup.Sum] = [:]
    for change in changes { sums[change.contact, default: .init()].add(change) }
    return sums
  }

  /// What segments are told, of contacts that changed and of those that did not.
  func topics(devicesOf owners: Set<Int64>) -> [(contacts: [Int64], topics: Set<ChangeTopic>)] {
    let sums = sums
    return [true, false].compactMap { isChanged in
      let contacts = sums.keys.filter { sums[$0]?.isChanged == isChanged }.sorted()
      var topics = contacts.reduce(into: Set<ChangeTopic>()) { topics, contact in
        topics.formUnion(sums[contact]?.topics ?? [])
      }
      if !owners.isDisjoint(with: contacts) { topics.insert(.devices) }
      return topics.isEmpty ? nil : (contacts, topics)
    }
  }
}
