package import Fields
import Foundation
package import JobQueue
import Postgres
package import Users

/// Writes fields of sets of contacts on behalf of the system: campaign actions, simulations.
/// Requests for one contact go through ``ContactEditor``, imports through COPY; the rules are the
/// same.
package enum ContactFields {
  /// New values of one field.
  package struct Change: Sendable {
    package var field: Field
    /// The values in canonical form by contact; nil clears, and contacts without an entry keep
    /// their value.
    package var values: [Int64: String?]

    package init(_ field: Field, _ values: [Int64: String?]) {
      self.field = field
      self.values = values
    }
  }

  /// Writes field values like any other save of a contact: it may become known (CON-02, CON-03),
  /// values no longer offered as choices are dropped (CON-26), and the audit log (CON-12), the
  /// points log (PTS-01) and marks for segments are written. Contacts that already have the values
  /// are left alone.
  ///
  /// The field `company` belongs to ``CompanyLinks`` and is ignored.
  ///
  /// - Parameters:
  ///   - changes: The values by field.
  ///   - contacts: Ids of contacts; unknown ones are left out. They stay locked until the transaction ends.
  ///   - fields: The field definitions.
  ///   - reason: The reason for a change of points in the points log.
  ///   - sharesIdentity: Whether other contacts may have the same unique identifiers; otherwise a
  ///     duplicate violates a constraint.
  ///   - author: The author of the change.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that changed, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func write(
    _ changes: [Change], to contacts: [Int64], fields: FieldSet, reason: PointsReason,
    sharesIdentity: Bool = false, author: Author, in transaction: Transaction
  ) async throws -> [Int64] {
    let changes = changes.filter { $0.field.alias != "company" }
    guard !changes.isEmpty, !contacts.isEmpty else { return [] }
    let written = Set(changes.map(\.field.alias))
    let read = fields.contact.filter {
      written.contains($0.alias) || $0.hasChoices || $0.identifiesContact
    }
    var update = ColumnUpdate()
    var identified: [Bool] = []
    var points: [(contact: Int64, delta: Int)] = []
    var entries: [AuditLog.Entry] = []
    var topics: Set<ChangeTopic> = [.column("date_modified")]
    for stored in try await ContactFieldStore.lock(
      contacts, reading: read, on: transaction.connection)
    {
      var delta = ContactDelta(stored.values)
      for change in changes {
        guard let canonical = change.values[stored.id] else { continue }
        delta.set(change.field, canonical: canonical)
      }
      delta.dropLostChoices(of: read.filter { !written.contains($0.alias) })
      let isIdentified = !stored.isIdentified && delta.identifies(read)
      guard !delta.columns.isEmpty || isIdentified else { continue }
      update.add(stored.id, delta.columns)
      identified.append(isIdentified)
      topics.formUnion(delta.topics)
      if isIdentified { topics.insert(.column("date_identified")) }
      if delta.points != 0 { points.append((stored.id, delta.points)) }
      if let details = delta.auditedFields {
        entries.append(.init("update", "lead", stored.id, details: .object(["fields": details])))
      }
      if isIdentified { entries.append(.identified(stored.id)) }
    }
    guard !update.ids.isEmpty else { return [] }
    try await ContactFieldStore.write(
      update, identified: identified, sharesIdentity: sharesIdentity, author: author,
      in: transaction)
    try await PointsLog.write(points, reason: reason, in: transaction)
    try await AuditLog.write(entries, by: author, in: transaction)
    try await ContactChanges.mark(update.ids, topics, in: transaction)
    return update.ids
  }
}
