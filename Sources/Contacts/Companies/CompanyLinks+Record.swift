import Primitives
package import Users

extension CompanyLinks {
  /// Records changes of contacts: who changed them and when, and the audit entries (CON-12,
  /// CON-03). For callers that write nothing else of the contacts.
  ///
  /// - Throws: `PostgresError`.
  package func record(_ changes: [Change], by author: Author) async throws {
    guard !changes.isEmpty else { return }
    let contacts = changes.map(\.contact)
    try await connection.query(Statements.markModified(contacts, by: author, now: now))
    try await ContactChanges.mark(contacts, [.column("date_modified")], in: transaction)
    var entries: [AuditLog.Entry] = []
    for change in changes {
      if change.before != change.after {
        let values = [change.before, change.after].map { $0.map(JSONValue.string) ?? .null }
        entries.append(
          .init("update", "lead", change.contact, details: .object(["company": .array(values)])))
      }
      if change.identified { entries.append(.identified(change.contact)) }
    }
    try await AuditLog.write(entries, by: author, in: transaction)
  }

  /// Locks contacts in the order of their ids; all must exist.
  ///
  /// - Throws: ``CompanyError/unknownContacts(_:)``; `PostgresError`.
  func requireContacts(_ contacts: [Int64]) async throws {
    let rows = try await connection.query(
      "SELECT id FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE")
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    let unknown = Set(contacts).subtracting(known)
    guard unknown.isEmpty else { throw CompanyError.unknownContacts(unknown.sorted()) }
  }
}
