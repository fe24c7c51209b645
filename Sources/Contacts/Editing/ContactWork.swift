import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Users

/// A change of one contact within its transaction.
struct ContactWork: Sendable {
  /// The error for a contact that has changed or gone before it could be locked.
  struct Moved: Error {}

  /// The error for definitions of fields that were not current.
  struct OutOfDate: Error {
    /// The current version.
    var version: Int64
  }

  let draft: ContactDraft
  let settings: ContactSettings
  let origin: ContactOrigin
  let fields: FieldSet
  let merger: ContactMerger
  let transaction: Transaction
  /// The instant at which the contact was active; nil if it was not, or that is told otherwise.
  var activeAt: Date? = nil

  var input: ContactInput { draft.input }
  var connection: PostgresConnection { transaction.connection }
  var now: Date { transaction.now }
  var author: Author { origin.author }

  /// The current records that the input refers to.
  struct References: Sendable {
    var stage: Stage?
    var address: IPAddress?
    var company: (id: Int64, name: String)?
  }

  /// What became of a contact.
  struct Outcome: Sendable {
    var id: Int64
    var isNew: Bool
    /// The contact, where it was read already.
    var contact: Contact?
  }

  /// Changes the contact that matches the identifiers, or creates one.
  func upsert() async throws -> Outcome {
    let found = try await findAlone()
    guard let id = found.match else { return try await insert(isShared: found.isTaken) }
    guard let stored = try await load(id),
      ContactIdentity.holds(
        draft.identifiers, matchesAny: settings.matchesAnyIdentifier, { stored.fields[$0] })
    else { throw Moved() }
    try origin.requireChangeable(stored)
    _ = try await update(stored, isTaken: found.isTaken)
    return Outcome(id: id, isNew: false)
  }

  /// Creates a contact even if another one has its identifiers.
  func insertBesideOthers() async throws -> Outcome {
    let found = try await find()
    return try await insert(isShared: found.match != nil || found.isTaken)
  }

  /// Changes a contact. Another one with its identifiers is merged into it (api.md 8.1, rule 4).
  ///
  /// - Returns: Whether anything changed; nil if there is no such contact.
  func edit(_ id: Int64) async throws -> Bool? {
    var found = try await findAlone(except: id)
    if let other = found.match {
      // Locked in the order of a merge, before anything else. A previous lock holder may have
      // changed one of the two so that they are no longer duplicates, and a merge cannot be undone.
      try await connection.query("SELECT lock_contact_buckets(\([id, other]))")
      let held = try await ContactLock.lock([id, other], deleting: true, on: connection)
      guard held.contains(id) else { return nil }
      guard held.contains(other), try await find(except: id).match == other else { throw Moved() }
      if origin.changeable != .all {
        for contact in [id, other] { try origin.requireChangeable(try await self.contact(contact)) }
      }
      try await merger.merge([MergePair(winner: id, loser: other)], by: author, in: transaction)
      found = try await find(except: id)
    }
    guard let stored = try await load(id) else { return nil }
    try origin.requireChangeable(stored)
    return try await update(stored, isTaken: found.isTaken)
  }

  /// Returns the contact of an outcome, as the transaction has left it.
  func contact(_ outcome: Outcome) async throws -> Contact {
    if let contact = outcome.contact { return contact }
    return try await contact(outcome.id)
  }

  /// Returns a contact that the transaction has locked.
  func contact(_ id: Int64) async throws -> Contact {
    guard let contact = try await ContactReader(fields).contact(id, on: connection) else {
      throw Moved()
    }
    return contact
  }

  /// Looks for another contact with the identifiers, before anything is written.
  ///
  /// - Throws: ``OutOfDate`` where the draft was made by definitions that have changed since.
  func find(except id: Int64? = nil) async throws -> ContactIdentity.Found {
    let (found, version) = try await ContactIdentity.find(
      draft.identifiers, matchesAny: settings.matchesAnyIdentifier, except: id, on: connection)
    guard version == fields.version else { throw OutOfDate(version: version) }
    return found
  }

  /// Returns the match while no other transaction can create a contact with these identifiers. A
  /// contact that shares an identifier leaves the unique index, so creators take turns.
  func findAlone(except id: Int64? = nil) async throws -> ContactIdentity.Found {
    let found = try await find(except: id)
    guard found.match == nil, found.isTaken else { return found }
    try await ContactIdentity.lock(draft.identifiers, on: connection)
    return try await find(except: id)
  }

  /// Locks and reads the record of a contact, without related records.
  ///
  /// Two statements in one round trip: a statement that waits for a lock sees the new row of the
  /// contact, but joins it to rows from before the wait, so that a new owner or stage would be
  /// missing.
  func load(_ id: Int64) async throws -> Contact? {
    let reader = ContactReader(fields)
    let results = try await connection.pipeline([
      "SELECT FROM contacts WHERE id = \(id) FOR NO KEY UPDATE",
      reader.select(id, isWhole: false),
    ])
    return try reader.contacts(results[1]).first
  }

  // MARK: A new contact

  func insert(isShared: Bool) async throws -> Outcome {
    let references = try await references(stored: nil)
    var delta = ContactDelta(draft, stored: nil, fields: fields.contact)
    if let company = references.company, let field = fields["company"] {
      delta.set(field, .init(value: .text(company.name), canonical: company.name))
    }
    delta.fillLocation(references.address, fields, settings.lists)
    let isKnown = delta.identifies(fields.contact)
    var columns: [SQL] = [
      "date_added", "created_by", "created_by_user", "identity_shared", "date_identified",
      "owner_id", "stage_id",
    ]
    var values: [SQL] = [
      "\(now)", "\(author.id)", "\(author.name)", "\(isShared)", "\(isKnown ? now : nil)",
      "\(owner)", "\(references.stage?.id)",
    ]
    for column in delta.columns {
      columns.append("\(identifier: column.name)")
      values.append(column.sql)
    }
    // The last activity is a field too, which a client may give.
    if let activeAt, !delta.columns.contains(where: { $0.name == "last_active" }) {
      columns.append("last_active")
      values.append("\(activeAt)")
    }
    let insertion: SQL = """
      INSERT INTO contacts (\(sql: columns.joined(separator: ", ")))
      VALUES (\(sql: values.joined(separator: ", "))) RETURNING id
      """
    let reader = ContactReader(fields)
    // Without anything beside it, the contact is read on the same way.
    let results = try await connection.pipeline(
      input.isAlone && references.company == nil
        ? [insertion, reader.select("SELECT currval('contacts_id_seq') AS id, 1 AS place")]
        : [insertion])
    let id: Int64 = try results[0][0].decode(at: 0)
    let contact = results.count > 1 ? try reader.wholeContacts(results[1]).first : nil
    let children = try await writeChildren(of: id, references)
    try await log(id, delta, references, stageChanges: references.stage != nil)
    var details = self.details(delta, children)
    details["source"] = .string(origin.source)
    if let name = origin.sourceName { details["sourceName"] = .string(name) }
    var entries = [AuditLog.Entry("create", "lead", id, details: .object(details))]
    if isKnown || children.identified { entries.append(.identified(id, details: sourceDetails)) }
    try await record(id, entries + children.entries, [.created])
    return Outcome(id: id, isNew: true, contact: contact)
  }

  // MARK: A contact that exists

  func update(_ stored: Contact, isTaken: Bool) async throws -> Bool {
    let references = try await references(stored: stored)
    let id = stored.id
    var delta = ContactDelta(draft, stored: stored, fields: fields.contact)
    delta.fillLocation(references.address, fields, settings.lists)
    let children = try await writeChildren(of: id, references)
    if let company = children.company { delta.setCompany(company) }
    let owner = self.owner(of: stored)
    let stage = stage(of: stored, references)
    let isKnown = stored.dateIdentified == nil && delta.identifies(fields.contact)

    var sets = delta.columns.map { "\(identifier: $0.name) = \(sql: $0.sql)" as SQL }
    var topics = delta.topics.union(children.topics)
    var details = self.details(delta, children)
    if owner != stored.owner?.id {
      sets.append("owner_id = \(owner)")
      topics.insert(.column("owner_id"))
      details["owner"] = .array([JSONValue(stored.owner?.id), JSONValue(owner)])
    }
    if stage != stored.stage?.id {
      sets.append("stage_id = \(stage)")
      topics.insert(.column("stage_id"))
      details["stage"] = .array([JSONValue(stored.stage?.id), JSONValue(stage)])
    }
    if isKnown {
      // The company's name may already have made it known.
      sets.append("date_identified = coalesce(date_identified, \(now))")
      topics.insert(.column("date_identified"))
    }
    guard !sets.isEmpty || children.isChanged else {
      await touch(id)
      return false
    }
    let isTouched = delta.columns.contains { $0.name == "last_active" }
    if let activeAt, !isTouched {
      sets.append("last_active = greatest(last_active, \(activeAt))")
      topics.insert(.column("last_active"))
    }
    if isTaken, delta.changesIdentity { sets.append("identity_shared = true") }
    sets += [
      "date_modified = \(now)", "modified_by = \(author.id)", "modified_by_user = \(author.name)",
    ]
    topics.insert(.column("date_modified"))
    await connection.sendWithNext(
      "UPDATE contacts SET \(sql: sets.joined(separator: ", ")) WHERE id = \(id)")
    try await log(
      id, delta, references, stageChanges: stage != stored.stage?.id, leaving: stored.stage)
    var entries: [AuditLog.Entry] = []
    if !details.isEmpty {
      details.merge(sourceDetails) { $1 }
      entries.append(.init("update", "lead", id, details: .object(details)))
    }
    if isKnown || children.identified { entries.append(.identified(id, details: sourceDetails)) }
    try await record(id, entries + children.entries, topics)
    if isTouched { await touch(id) }
    return true
  }

  /// Records that a contact was active of which nothing else changes.
  func touch(_ contact: Int64) async {
    guard let activeAt else { return }
    await ContactActivity.touchWithNext(contact, at: activeAt, in: transaction)
  }

  /// Writes audit entries and the mark for segments, sent along with the next read.
  private func record(
    _ id: Int64, _ entries: [AuditLog.Entry], _ topics: Set<ChangeTopic>
  ) async throws {
    if let statement = try AuditLog.statement(entries, by: author, now: now) {
      await connection.sendWithNext(statement)
    }
    await ContactChanges.markWithNext([id], topics, in: transaction)
  }

  /// The source and what of it caused the change, where the origin names it.
  private var sourceDetails: [String: JSONValue] {
    guard let name = origin.sourceName else { return [:] }
    return ["source": .string(origin.source), "sourceName": .string(name)]
  }

  /// Returns old and new values for the audit log (CON-12).
  private func details(
    _ delta: ContactDelta, _ children: ContactChildren
  ) -> [String: JSONValue] {
    var details = children.details
    var values = delta.audit
    if let (before, after) = children.companyNames, before != after {
      values["company"] = .array([JSONValue(before), JSONValue(after)])
    }
    if let audited = ContactDelta.audited(values) { details["fields"] = audited }
    return details
  }
}
