import Foundation
package import Postgres
import Primitives
import Users

extension ContactGroup {
  /// Writes contacts of a claim, in one round trip; logs and marks go with the next statement.
  ///
  /// - Parameters:
  ///   - claim: The claim.
  ///   - places: The positions of the new ones that are wanted.
  ///   - held: Those that exist.
  ///   - owners: The contacts that exist for which the further statements record devices.
  ///   - statements: Further statements for the same round trip, which find the contacts.
  /// - Returns: The rows of the further statements.
  /// - Throws: `PostgresError`, also where another transaction created one of them at this moment.
  package func write(
    _ claim: Claim, at places: Set<Int>, _ held: Held = Held(), devicesOf owners: Set<Int64> = [],
    also statements: [SQL] = []
  ) async throws -> [PostgresRows] {
    let new = claim.new.filter { places.contains($0.given.place) }
    let own = updates(held) + insertions(new) + sightings(new, held)
    guard !own.isEmpty || !statements.isEmpty else { return [] }
    let results = try await transaction.pipeline(own + statements)
    try await log(new, held)
    if !new.isEmpty {
      await ContactChanges.markWithNext(new.map(\.id), [.created], in: transaction)
    }
    for (contacts, topics) in held.topics(devicesOf: owners) {
      await ContactChanges.markWithNext(contacts, topics, in: transaction)
    }
    return Array(results.dropFirst(own.count))
  }

  /// The statements that insert contacts: one for all that give the same fields.
  private func insertions(_ new: [New]) -> [SQL] {
    var groups: [String: [New]] = [:]
    for new in new {
      groups[new.delta.columns.map(\.name).joined(separator: ","), default: []].append(new)
    }
    return groups.sorted { $0.key < $1.key }.map { _, group in
      ContactInsertionStore.insertion(
        group.sorted { $0.order.lexicographicallyPrecedes($1.order) }.map {
          .init(
            id: $0.id, isKnown: $0.delta.identifies(definitions.contact),
            activeAt: $0.given.contact.activeAt, values: $0.delta.columns)
        }, by: origin.author, now: transaction.now)
    }
  }

  /// The statements that change contacts that exist: one for those whose values change, one for those that were active.
  private func updates(_ held: Held) -> [SQL] {
    var update = ColumnUpdate()
    var identified: [Bool] = []
    var active: [Date?] = []
    var others: [Int64: Date] = [:]
    for (id, sum) in held.sums.sorted(by: { $0.key < $1.key }) {
      if sum.isChanged {
        update.add(id, sum.columns)
        identified.append(sum.isIdentified)
        active.append(sum.activeAt)
      } else if let activeAt = sum.activeAt {
        others[id] = activeAt
      }
    }
    var statements: [SQL] = []
    if !update.ids.isEmpty {
      statements.append(
        ContactFieldStore.statement(
          update, identified: identified, active: active, author: origin.author,
          now: transaction.now))
    }
    if !others.isEmpty { statements.append(ContactActivityStore.statement(others)) }
    return statements
  }

  /// The statements that record the addresses at which contacts were seen.
  private func sightings(_ new: [New], _ held: Held) -> [SQL] {
    let all = new.map { ($0.id, $0.given) } + held.changes.map { ($0.contact, $0.given) }
    return IPAddresses.linking(
      all.compactMap { id, given in given.contact.input.ipAddress.map { (id, $0) } },
      now: transaction.now)
  }

  /// Writes the audit log and the points log, sent along with the next statement.
  private func log(_ new: [New], _ held: Held) async throws {
    var entries: [AuditLog.Entry] = []
    for new in new {
      var details: [String: JSONValue] = ["source": .string(origin.source)]
      if let audited = new.delta.auditedFields { details["fields"] = audited }
      entries.append(.init("create", "lead", new.id, details: .object(details)))
      if new.delta.identifies(definitions.contact) { entries.append(.identified(new.id)) }
      if let address = new.given.contact.input.ipAddress {
        entries.append(.addressAdded(address, to: new.id))
      }
    }
    for change in held.changes {
      if let fields = change.delta.auditedFields {
        let details: JSONValue = .object(["fields": fields])
        entries.append(.init("update", "lead", change.contact, details: details))
      }
      if change.isIdentified { entries.append(.identified(change.contact)) }
    }
    if let statement = try AuditLog.statement(entries, by: origin.author, now: transaction.now) {
      await transaction.sendWithNext(statement)
    }
    let points =
      new.map { ($0.id, $0.delta.points) } + held.changes.map { ($0.contact, $0.delta.points) }
    let changed = points.filter { $0.1 != 0 }
    if !changed.isEmpty {
      await transaction.sendWithNext(
        PointsLog.statement(changed, reason: origin.editedPoints, now: transaction.now))
    }
  }
}
