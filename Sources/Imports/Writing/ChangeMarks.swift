import Contacts
import JobQueue
import Postgres

/// Marks the contacts that rows have created or changed for segments, in sets (segments.md SEG-77).
struct ChangeMarks {
  let run: ImportRun
  let layout: Layout
  let operations: Operations

  func write(in transaction: Transaction) async throws {
    let existing = operations.touched(new: false).map { operations.targets[$0].id }
    guard layout.object == .contact else {
      return try await markContacts(of: existing, in: transaction)
    }
    let new = operations.touched(new: true).map { operations.targets[$0].id }
    try await ContactChanges.mark(new, [.created], in: transaction)
    try await ContactChanges.mark(existing, topics, in: transaction)
  }

  /// The topics that rows of this layout can change in an existing contact.
  private var topics: Set<ChangeTopic> {
    var topics = Set(layout.values.map { ChangeTopic.column($0.column) })
    for attribute in ["date_modified", "date_identified", "owner_id"] {
      topics.insert(.column(attribute))
    }
    if layout.tagsSlot != nil || !run.defaults.tags.isEmpty { topics.insert(.tags) }
    if layout.companySlot != nil { topics.formUnion([.company, .column("company")]) }
    if layout.doNotEmailSlot != nil { topics.insert(.doNotContact) }
    if layout.stageSlot != nil || run.defaults.stage != nil { topics.insert(.column("stage_id")) }
    return topics
  }

  /// Marks the contacts whose primary company rows have changed.
  private func markContacts(of companies: [Int64], in transaction: Transaction) async throws {
    guard !companies.isEmpty else { return }
    let contacts: [Int64] = try await transaction.query(
      """
      SELECT contact_id FROM contact_companies
      WHERE company_id = ANY (\(companies)) AND is_primary ORDER BY contact_id
      """
    ).map { try $0.decode(at: 0) }
    try await ContactChanges.mark(contacts, [.company, .column("company")], in: transaction)
  }
}
