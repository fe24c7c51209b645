package import Foundation
package import JobQueue
package import Postgres
package import Users

/// Notes in the database (contacts.md 7). Writers lock the contact's row, so that no note is left
/// behind when the contact is deleted or merged.
package struct NoteStore: Sendable {
  private let transactions: TransactionRunner
  private var pool: PostgresPool { transactions.postgres }

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// The columns for ``note(_:)``, of a table or alias `notes`.
  package static let columns: SQL = """
    notes.id, notes.contact_id, notes.text, notes.type, notes.date_time, notes.date_added,
    notes.date_modified, notes.created_by, notes.created_by_user, notes.modified_by,
    notes.modified_by_user
    """

  /// Returns a page of notes and the total number.
  ///
  /// - Parameters:
  ///   - condition: A condition on the columns of `notes`.
  ///   - order: The `ORDER BY` clause; by default newest first (CON-58).
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  /// - Throws: `PostgresError`.
  package func page(
    where condition: SQL = "true", order: SQL = "ORDER BY date_added DESC, id DESC", start: Int = 0,
    limit: Int
  ) async throws -> (notes: [Note], total: Int) {
    try await pool.page(
      Self.columns, from: "notes", where: condition, order: order, start: start, limit: limit
    ) { rows, _ in try rows.map(Self.note) }
  }

  /// Returns the note with an id; `nil` if it does not exist.
  package func note(_ id: Int64) async throws -> Note? {
    try await pool.query("SELECT \(sql: Self.columns) FROM notes WHERE id = \(id)")
      .first.map(Self.note)
  }

  /// Creates a note.
  ///
  /// - Throws: ``InvalidInput`` for a missing or unknown contact, an unknown type or an empty text.
  package func create(_ draft: NoteDraft, by author: Author, now: Date) async throws -> Note {
    let type = try draft.checkedType(or: .general)
    let text = try draft.checkedText(or: nil)
    return try await transactions.transaction(at: now) { transaction in
      let contact = try await Self.holder(draft.contactID, on: transaction.connection)
      let rows = try await transaction.query(
        """
        INSERT INTO notes (contact_id, text, type, date_time, date_added, created_by,
          created_by_user)
        VALUES (\(contact), \(text), \(type.rawValue), \(draft.dateTime ?? nil), \(now),
          \(author.id), \(author.name))
        RETURNING \(sql: Self.columns)
        """)
      let note = try Self.note(rows[0])
      try await Self.audit("create", note, by: author, in: transaction)
      return note
    }
  }

  /// Changes a note: the given members, or all of them.
  ///
  /// - Parameter replacing: Whether omitted members get their defaults. The contact stays.
  /// - Returns: The updated note; `nil` if it does not exist.
  /// - Throws: ``InvalidInput`` as ``create(_:by:now:)``.
  package func update(
    _ id: Int64, _ draft: NoteDraft, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Note? {
    try await transactions.transaction(at: now) { transaction in
      guard let old = try await Self.locked(id, moving: draft.contactID, on: transaction.connection)
      else {
        return nil
      }
      let type = try draft.checkedType(or: replacing ? .general : old.type)
      let text = try draft.checkedText(or: replacing ? nil : old.text)
      let dateTime = draft.dateTime ?? (replacing ? nil : old.dateTime)
      let contact = draft.contactID ?? old.contactID
      let rows = try await transaction.query(
        """
        UPDATE notes SET contact_id = \(contact), text = \(text), type = \(type.rawValue),
          date_time = \(dateTime), date_modified = \(now), modified_by = \(author.id),
          modified_by_user = \(author.name)
        WHERE id = \(id) RETURNING \(sql: Self.columns)
        """)
      guard let note = try rows.first.map(Self.note) else { return nil }
      try await Self.audit("update", note, by: author, in: transaction)
      return note
    }
  }

  /// Deletes a note.
  ///
  /// - Returns: The deleted note; `nil` if it did not exist.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Note? {
    try await transactions.transaction(at: now) { transaction in
      let rows = try await transaction.query(
        "DELETE FROM notes WHERE id = \(id) RETURNING \(sql: Self.columns)")
      guard let note = try rows.first.map(Self.note) else { return nil }
      try await Self.audit("delete", note, by: author, in: transaction)
      return note
    }
  }

  /// Returns the note after locking its contact and the one it moves to, and then the note.
  private static func locked(
    _ id: Int64, moving other: Int64?, on connection: PostgresConnection
  ) async throws -> Note? {
    while true {
      let owner: Int64? = try await connection.query(
        "SELECT contact_id FROM notes WHERE id = \(id)"
      ).first?.decode(at: 0)
      guard let owner else { return nil }
      let wanted = Set([owner, other ?? owner]).sorted()
      let found = try await ContactLock.lock(wanted, on: connection)
      if let other, !found.contains(other) { throw unknown(other) }
      let note = try await connection.query(
        "SELECT \(sql: columns) FROM notes WHERE id = \(id) FOR UPDATE"
      ).first.map(note)
      // A merge may have moved it meanwhile.
      if note == nil || note.map({ wanted.contains($0.contactID) }) == true { return note }
    }
  }

  private static func holder(
    _ contact: Int64?, on connection: PostgresConnection
  ) async throws -> Int64 {
    guard let contact else {
      throw InvalidInput("lead", "a note needs the number of a contact")
    }
    guard try await !ContactLock.lock([contact], on: connection).isEmpty else {
      throw unknown(contact)
    }
    return contact
  }

  private static func unknown(_ contact: Int64) -> InvalidInput {
    InvalidInput("lead", "there is no contact \(contact)")
  }

  private static func audit(
    _ action: String, _ note: Note, by author: Author, in transaction: Transaction
  ) async throws {
    let entry = AuditLog.Entry(
      action, "note", note.id, bundle: "lead",
      details: .object([
        "contact": .integer(note.contactID), "type": .string(note.type.rawValue),
      ]))
    try await AuditLog.write([entry], by: author, in: transaction)
  }

  /// Decodes a note from a row of ``columns``.
  package static func note(_ row: PostgresRow) throws -> Note {
    let type: String = try row.decode("type")
    return Note(
      id: try row.decode("id"), contactID: try row.decode("contact_id"),
      text: try row.decode("text"), type: NoteType(rawValue: type) ?? .general,
      dateTime: try row.decode("date_time"), dateAdded: try row.decode("date_added"),
      dateModified: try row.decode("date_modified"), createdBy: try row.decode("created_by"),
      createdByUser: try row.decode("created_by_user"),
      modifiedBy: try row.decode("modified_by"),
      modifiedByUser: try row.decode("modified_by_user"))
  }
}
