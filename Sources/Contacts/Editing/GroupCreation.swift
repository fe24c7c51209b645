import Fields
import JobQueue
import Postgres
import Primitives
import Users

/// Creates contacts by a few statements in one transaction, as many as are new for certain.
struct GroupCreation: Sendable {
  let changes: ContactChangeRunner

  /// A contact to be created.
  private struct New {
    /// The position among the inputs.
    var place: Int
    var draft: ContactDraft
    var delta: ContactDelta
    var id: Int64 = 0
  }

  /// Creates contacts that have nothing but values of fields.
  ///
  /// - Returns: The contact of each input; nil, and nothing written, where it is invalid, has a company, or where one of
  ///   its identifiers belongs to a contact or to an input before it.
  /// - Throws: `PostgresError`, after which none of them was created.
  func create(
    _ inputs: [ContactInput], from origin: ContactOrigin
  ) async throws -> [Contact?] {
    let settings = try await changes.settings()
    return try await changes.fields.read { definitions in
      var new = candidates(inputs, definitions, settings)
      var created = [Contact?](repeating: nil, count: inputs.count)
      guard !new.isEmpty else { return (created, nil) }
      do {
        let contacts = try await changes.transactions.transaction(at: origin.now) { transaction in
          new = try await claim(new, definitions, in: transaction)
          return try await write(new, from: origin, definitions, in: transaction)
        }
        for (new, contact) in zip(new, contacts) { created[new.place] = contact }
        return (created, nil)
      } catch let error as ContactWork.OutOfDate {
        return (created, error.version)
      }
    }
  }

  /// The inputs that are valid and share no identifier with one before them.
  private func candidates(
    _ inputs: [ContactInput], _ definitions: FieldSet, _ settings: ContactSettings
  ) -> [New] {
    var keys: Set<IdentifierKey> = []
    var new: [New] = []
    for (place, input) in inputs.enumerated() where input.refersToNothing {
      let draft = Result { () throws(InvalidInput) in
        try ContactDraft(input, mode: .upsert, fields: definitions, lists: settings.lists)
      }
      // An invalid one is told so by a transaction of its own.
      guard case .success(let draft) = draft, draft.company == .absent else { continue }
      let own = draft.identifiers.map { IdentifierKey(field: $0.field.id, key: $0.key) }
      guard keys.isDisjoint(with: own) else { continue }
      keys.formUnion(own)
      new.append(
        New(
          place: place, draft: draft,
          delta: ContactDelta(draft, stored: nil, fields: definitions.contact)))
    }
    return new
  }

  /// Returns those whose identifiers no contact has, with an id for each.
  ///
  /// - Throws: ``ContactWork/OutOfDate`` where the drafts were made by definitions that have changed since.
  private func claim(
    _ new: [New], _ definitions: FieldSet, in transaction: Transaction
  ) async throws -> [New] {
    let (taken, version, ids) = try await ContactIdentity.claim(
      new.map(\.draft.identifiers), on: transaction.connection)
    guard version == definitions.version else { throw ContactWork.OutOfDate(version: version) }
    var free = new.filter { new in
      !new.draft.identifiers.contains {
        taken.contains(IdentifierKey(field: $0.field.id, key: $0.key))
      }
    }
    for place in free.indices { free[place].id = ids[place] }
    return free
  }

  private func write(
    _ new: [New], from origin: ContactOrigin, _ definitions: FieldSet,
    in transaction: Transaction
  ) async throws -> [Contact] {
    guard !new.isEmpty else { return [] }
    // One statement for all that give the same fields.
    var groups: [[String]: [New]] = [:]
    for new in new { groups[new.delta.columns.map(\.name), default: []].append(new) }
    var statements = groups.values.map { group in
      ContactInsertionStore.insertion(
        group.map { ($0.id, $0.delta.identifies(definitions.contact), $0.delta.columns) },
        by: origin.author, now: origin.now)
    }
    let reader = ContactReader(definitions)
    statements.append(reader.select(ContactStatements.wanted(new.map(\.id))))
    let results = try await transaction.connection.pipeline(statements)
    let contacts = try reader.wholeContacts(results[results.count - 1])
    guard contacts.count == new.count else { throw ContactWork.Moved() }
    try await record(new, from: origin, definitions, in: transaction)
    return contacts
  }

  /// Writes the logs and the mark for segments, sent along with the commit.
  private func record(
    _ new: [New], from origin: ContactOrigin, _ definitions: FieldSet,
    in transaction: Transaction
  ) async throws {
    var entries: [AuditLog.Entry] = []
    for new in new {
      var details: [String: JSONValue] = ["source": .string(origin.source)]
      if let audited = new.delta.auditedFields { details["fields"] = audited }
      entries.append(.init("create", "lead", new.id, details: .object(details)))
      if new.delta.identifies(definitions.contact) { entries.append(.identified(new.id)) }
    }
    if let statement = try AuditLog.statement(entries, by: origin.author, now: origin.now) {
      await transaction.sendWithNext(statement)
    }
    let points = new.filter { $0.delta.points != 0 }.map { ($0.id, $0.delta.points) }
    if !points.isEmpty {
      await transaction.sendWithNext(
        PointsLog.statement(points, reason: origin.editedPoints, now: origin.now))
    }
    await ContactChanges.markWithNext(new.map(\.id), [.created], in: transaction)
  }
}
