import Fields
import Postgres

/// Who a visitor is (tracking.md 4).
extension ContactWork {
  /// What decides of a contact whether others are merged with it.
  private struct Known: Equatable {
    /// Whether it is identified (CON-01).
    var isIdentified: Bool
    /// Whether it has another value of a given identifier: then it is another person.
    var differs: Bool

    /// Whether it may be the same person as the one with the given identifiers.
    var mayBeSame: Bool { !isIdentified || !differs }
  }

  /// The contact of a visitor, and the merges that lead there.
  private struct Plan {
    var contact: Int64?
    var merges: [MergePair] = []
  }

  /// Finds, merges or creates the visitor's contact and applies the input.
  ///
  /// - Returns: The contact; nil for an unknown visitor who is not to be created.
  func visit(_ visit: ContactVisit) async throws -> Int64? {
    let found = try await findAlone()
    if let match = found.match, visit.names(only: match) {
      // Nothing else tells of another contact that might be merged with it.
      try await apply(to: match, found)
      return match
    }
    let ids = Set(
      [visit.tracked, visit.recipient, visit.named, visit.neighbour, found.match]
        .compactMap(\.self))
    let known = try await self.known(ids)
    let plan = plan(visit, match: found.match, known)
    if !plan.merges.isEmpty {
      // Locked in the order of a merge, which cannot be undone: what was seen must still hold.
      let all = plan.merges.flatMap { [$0.winner, $0.loser] }
      try await connection.query("SELECT lock_contact_buckets(\(all))")
      _ = try await ContactLock.lock(Array(Set(all)), deleting: true, on: connection)
      guard try await find().match == found.match, try await self.known(ids) == known else {
        throw Moved()
      }
      for pair in plan.merges {
        try await merger.merge([pair], by: author, in: transaction)
      }
    }
    if let contact = plan.contact {
      try await apply(to: contact)
      return contact
    }
    guard visit.creates else { return nil }
    let creation = ContactWork(
      draft: try ContactDraft(input, mode: .upsert, fields: fields, lists: settings.lists),
      settings: settings, origin: origin, fields: fields, merger: merger, transaction: transaction,
      activeAt: activeAt)
    return try await creation.insert(isShared: found.isTaken).id
  }

  private func plan(_ visit: ContactVisit, match: Int64?, _ known: [Int64: Known]) -> Plan {
    var plan = Plan(contact: visit.tracked.flatMap { known[$0] == nil ? nil : $0 })
    if let recipient = visit.recipient, known[recipient] != nil, recipient != plan.contact {
      if let tracked = plan.contact, known[tracked]?.isIdentified == false {
        plan.merges.append(MergePair(winner: recipient, loser: tracked))
      }
      plan.contact = recipient
    }
    if let named = visit.named, known[named] != nil {
      if let tracked = plan.contact, tracked != named,
        visit.isSamePerson || known[tracked]?.isIdentified == false
      {
        plan.merges.append(MergePair(winner: named, loser: tracked))
      }
      plan.contact = named
      if let match, match != named, known[named]?.mayBeSame == true {
        plan.merges.append(MergePair(winner: match, loser: named))
        plan.contact = match
      }
      return plan
    }
    guard !draft.identifiers.isEmpty else {
      // An address alone is nobody's identity: it never merges contacts (CON-64).
      plan.contact = plan.contact ?? visit.neighbour.flatMap { known[$0] == nil ? nil : $0 }
      return plan
    }
    guard let match else {
      // Two people at one browser stay two.
      if let contact = plan.contact, known[contact]?.mayBeSame == false { plan.contact = nil }
      return plan
    }
    if let contact = plan.contact, contact != match, known[contact]?.mayBeSame == true {
      plan.merges.append(MergePair(winner: match, loser: contact))
    }
    plan.contact = match
    return plan
  }

  /// Applies the input to a contact, and holds its row: what hangs on the contact is written next. With OR, identifiers that another contact has are left out: a request must not take
  /// them away. The address is one of many: those of contacts that exist are recorded with their visits.
  ///
  /// - Parameters:
  ///   - contact: The contact.
  ///   - found: Set where the contact is what the search for the identifiers has found.
  private func apply(to contact: Int64, _ found: ContactIdentity.Found? = nil) async throws {
    var rest = input
    rest.ipAddress = nil
    guard !draft.changes.isEmpty || draft.company != .absent || !rest.isAlone else {
      guard try await !ContactLock.lock([contact], on: connection).isEmpty else { throw Moved() }
      await touch(contact)
      return
    }
    var isTaken: Bool
    if let found {
      isTaken = found.isTaken
    } else {
      let others = try await findAlone(except: contact)
      isTaken = others.match != nil || others.isTaken
    }
    guard let stored = try await load(contact),
      found == nil
        || ContactIdentity.holds(
          draft.identifiers, matchesAny: settings.matchesAnyIdentifier, { stored.fields[$0] })
    else { throw Moved() }
    if isTaken, settings.matchesAnyIdentifier {
      for (field, _) in draft.identifiers { rest.values[field.alias] = nil }
      isTaken = false
    }
    let work = ContactWork(
      draft: try ContactDraft(rest, mode: .patch, fields: fields, lists: settings.lists),
      settings: settings, origin: origin, fields: fields, merger: merger, transaction: transaction,
      activeAt: activeAt)
    _ = try await work.update(stored, isTaken: isTaken)
  }

  private func known(_ ids: Set<Int64>) async throws -> [Int64: Known] {
    guard !ids.isEmpty else { return [:] }
    let differences = draft.identifiers.map { field, key -> SQL in
      "coalesce(\(sql: SQL(unsafeText: field.identityExpression)) <> \(key), false)"
    }
    let differs: SQL = differences.isEmpty ? "false" : differences.joined(separator: " OR ")
    let rows = try await connection.query(
      """
      SELECT id, date_identified IS NOT NULL, (\(sql: differs)) FROM contacts
      WHERE id = ANY (\(ids.sorted()))
      """)
    var known: [Int64: Known] = [:]
    for row in rows {
      known[try row.decode(at: 0)] = Known(
        isIdentified: try row.decode(at: 1), differs: try row.decode(at: 2))
    }
    return known
  }
}
