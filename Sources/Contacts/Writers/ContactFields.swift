package import Fields
import Foundation
package import JobQueue
import Postgres
package import Users

/// Fields of sets of contacts, written by what the system does itself: actions of campaigns, simulations. A request
/// for one contact goes through ``ContactEditor``, an import through COPY; the rules are the same.
package enum ContactFields {
  /// New values of one field.
  package struct Change: Sendable {
    package var field: Field
    /// In canonical form by contact; nil clears, and contacts without an entry keep what they have.
    package var values: [Int64: String?]

    package init(_ field: Field, _ values: [Int64: String?]) {
      self.field = field
      self.values = values
    }
  }

  /// Writes values of fields with all that belongs to saving a contact: it becomes known by them (CON-02, CON-03),
  /// loses choices that are offered no longer (CON-26), and the audit log (CON-12), the points log (PTS-01) and
  /// the segments are told. Contacts that have the values already are left alone.
  ///
  /// The field `company` is that of ``CompanyLinks`` and is left out.
  ///
  /// - Parameters:
  ///   - changes: The values by field.
  ///   - contacts: Ids of contacts; unknown ones are left out. They stay locked until the transaction ends.
  ///   - fields: The definitions.
  ///   - reason: What the points log says of a change of points.
  ///   - sharesIdentity: Whether other contacts may have the same unique identifiers; otherwise one that another
  ///     contact has is a violated constraint.
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
