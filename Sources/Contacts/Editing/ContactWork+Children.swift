import Postgres
package import Primitives
import Users

/// The changes of a contact's related records.
struct ContactChildren: Sendable {
  /// The changes for the audit log.
  var details: [String: JSONValue] = [:]
  /// Additional audit entries.
  var entries: [AuditLog.Entry] = []
  /// The topics of the change, for segments.
  var topics: Set<ChangeTopic> = []
  /// Whether anything changed.
  var isChanged = false
  /// The field `company` before and after, if companies changed.
  var companyNames: (before: String?, after: String?)?
  /// Whether a company's name made the contact known.
  var identified = false

  /// The field `company` after the change, if companies changed and it is not empty.
  var company: String? { companyNames?.after }
}

extension ContactWork {
  /// Writes the related records of a contact whose row is locked or new.
  func writeChildren(of id: Int64, _ references: References) async throws -> ContactChildren {
    var children = ContactChildren()
    try await writeCompanies(of: id, references, &children)
    // Before each is written by a statement of its own.
    for (member, count, limit) in [
      ("tags", input.addedTags.count + input.removedTags.count, 2 * ContactBoundStore.tags),
      ("doNotContact", input.doNotContact.count, 2 * ContactBoundStore.channels),
      ("frequencyRules", input.frequencyRules.count, 2 * ContactBoundStore.channels),
    ] where count > limit {
      throw InvalidInput(member, "\(count) at once: at most \(limit) are allowed")
    }
    let tags = try await ContactTags.write(
      [id], adding: input.addedTags, removing: input.removedTags, in: transaction)
    if let refusal = tags[id]?.refusal { throw InvalidInput("tags", refusal) }
    if let change = tags[id] {
      children.isChanged = true
      children.topics.insert(.tags)
      children.details["tags"] = .object([
        "added": .array(change.added.map(JSONValue.string)),
        "removed": .array(change.removed.map(JSONValue.string)),
      ])
    }
    try await writeDoNotContact(of: id, &children)
    for (channel, rule) in input.frequencyRules.sorted(by: { $0.key < $1.key }) {
      let changed = try await FrequencyRules.set(rule, channel: channel, for: [id], in: transaction)
      guard !changed.isEmpty else { continue }
      children.isChanged = true
      children.details["frequencyRules", default: .array([])].append(.string(channel))
    }
    if !tags.isEmpty || !input.doNotContact.isEmpty || !input.frequencyRules.isEmpty {
      try await ContactBoundStore.check(id, on: transaction.connection)
    }
    if let address = input.ipAddress,
      try await !IPAddresses.add([(id, address)], in: transaction).isEmpty
    {
      children.isChanged = true
      children.entries.append(.addressAdded(address, to: id))
    }
    return children
  }

  private func writeCompanies(
    of id: Int64, _ references: References, _ children: inout ContactChildren
  ) async throws {
    var changes: [CompanyLinks.Change] = []
    if let wanted = input.companies {
      changes += try await translatingCompanyErrors {
        try await companies.replace(id, by: wanted)
      }
      if !changes.isEmpty { children.details["companies"] = .array(wanted.map(JSONValue.integer)) }
    }
    if let company = references.company {
      changes += try await companies.setPrimary([id], to: company.id)
    } else if draft.company == .cleared {
      changes += try await companies.removePrimary([id])
    }
    guard let first = changes.first, let last = changes.last else { return }
    children.isChanged = true
    children.companyNames = (first.before, last.after)
    children.identified = changes.contains(where: \.identified)
  }

  private func writeDoNotContact(of id: Int64, _ children: inout ContactChildren) async throws {
    for entry in input.doNotContact {
      let isChanged: Bool
      if let reason = entry.reason {
        let outcomes = try await DoNotContactStore.add(
          [id], channel: entry.channel, reason: reason, comments: entry.comments,
          channelID: entry.channelID, in: transaction)
        isChanged = outcomes[id] == .changed
      } else {
        isChanged = try await !DoNotContactStore.remove(
          [id], channel: entry.channel, in: transaction
        ).isEmpty
      }
      guard isChanged else { continue }
      children.isChanged = true
      children.details["doNotContact", default: .array([])].append(
        DoNotContactAudit.details(
          channel: entry.channel, reason: entry.reason, comments: entry.comments))
    }
  }

  /// Writes entries into the logs of points and stages, sent along with the next statement.
  func log(
    _ id: Int64, _ delta: ContactDelta, _ references: References, stageChanges: Bool,
    leaving old: Stage? = nil
  ) async throws {
    if delta.points != 0 {
      await connection.sendWithNext(
        PointsLog.statement([(id, delta.points)], reason: origin.editedPoints, now: now))
    }
    if stageChanges, let stage = references.stage ?? old {
      let isRemoval = references.stage == nil
      await connection.sendWithNext(
        """
        INSERT INTO stage_log (contact_id, stage_id, event_name, action_name, date_added)
        VALUES (\(id), \(references.stage?.id), \(ContactStages.eventName(stage)),
          \(isRemoval ? ContactStages.removed : ContactStages.changed), \(now))
        """)
    }
  }
}

/// The audit details of do-not-contact entries.
package enum DoNotContactAudit {
  /// Returns the details of an entry that was set or, without a reason, removed on a channel.
  package static func details(
    channel: String, reason: DoNotContactReason?, comments: String?
  ) -> JSONValue {
    .object([
      "channel": .string(channel), "reason": .integer(Int64(reason?.rawValue ?? 0)),
      "comments": JSONValue(comments),
    ])
  }
}

extension JSONValue {
  /// Adds an element to an array.
  fileprivate mutating func append(_ element: JSONValue) {
    if case .array(let elements) = self { self = .array(elements + [element]) }
  }
}
