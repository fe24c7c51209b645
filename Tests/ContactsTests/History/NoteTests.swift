import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct NoteTests {
  private let author = Author(id: 1, name: "Ada Admin")

  private func withContacts(_ body: (NoteStore, PostgresPool) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await database.pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 2)")
      try await body(NoteStore(transactions: TransactionRunner(database.pool)), database.pool)
    }
  }

  /// contacts.md 7: a note is written, changed and deleted, each with an entry in the audit log.
  @Test func writesChangesAndDeletes() async throws {
    try await withContacts { (notes, pool) async throws in
      let made = try await notes.create(
        NoteDraft(contactID: 1, text: "<b>Called</b><script>x</script>"), by: author, now: testNow)
      #expect(made.text == "<b>Called</b>" && made.type == .general && made.dateTime == nil)
      #expect(made.createdByUser == "Ada Admin" && made.dateModified == nil)
      let later = testNow.addingTimeInterval(60)
      let changed = try await notes.update(
        made.id, NoteDraft(type: "call", dateTime: later), by: author, now: later)
      #expect(changed?.text == "<b>Called</b>" && changed?.type == .call)
      #expect(changed?.dateTime == later && changed?.dateModified == later)
      let replaced = try await notes.update(
        made.id, NoteDraft(contactID: 2, text: "x"), replacing: true, by: author, now: later)
      #expect(replaced?.contactID == 2 && replaced?.type == .general && replaced?.dateTime == nil)
      #expect(try await notes.delete(made.id, by: author, now: later)?.id == made.id)
      #expect(try await notes.note(made.id) == nil)
      #expect(try await notes.delete(made.id, by: author, now: later) == nil)
      #expect(try await notes.update(made.id, NoteDraft(text: "x"), by: author, now: later) == nil)
      let actions = try await pool.query(
        "SELECT action FROM audit_log WHERE object = 'note' ORDER BY id"
      ).map { try $0.decode(at: 0, as: String.self) }
      #expect(actions == ["create", "update", "update", "delete"])
    }
  }

  @Test(
    "CON-58: an unknown type, an empty text, a missing contact are field errors; nothing is written"
  )
  func refusesBadNotes() async throws {
    try await withContacts { (notes, _) async throws in
      for (draft, member) in [
        (NoteDraft(contactID: 1, text: "x", type: "sms"), "type"),
        (NoteDraft(contactID: 1), "text"), (NoteDraft(contactID: 1, text: " <p> </p>"), "text"),
        (NoteDraft(contactID: 1, text: "a\0b"), "text"), (NoteDraft(text: "x"), "lead"),
        (NoteDraft(contactID: 77, text: "x"), "lead"),
        (NoteDraft(contactID: 1, text: String(repeating: "x", count: 1 << 21)), "text"),
      ] {
        await #expect {
          _ = try await notes.create(draft, by: author, now: testNow)
        } throws: { ($0 as? InvalidInput)?.problems.map(\.member) == [member] }
      }
      #expect(try await notes.page(limit: 10).total == 0)
    }
  }

  @Test(
    "CON-58, CON-59: notes come newest first, are deleted with the contact, or move to the winner")
  func followsTheContact() async throws {
    try await withContacts { (notes, pool) async throws in
      for (minute, contact) in [1, 2, 1].enumerated() {
        _ = try await notes.create(
          NoteDraft(contactID: Int64(contact), text: "note \(minute)"), by: author,
          now: testNow.addingTimeInterval(Double(minute)))
      }
      let first = try await notes.page(where: "contact_id = 1", limit: 1)
      #expect(first.total == 2 && first.notes.map(\.text) == ["note 2"])
      let merger = ContactMerger(
        fields: FieldStore(pool: pool), tables: MergeWorld.tables, companies: { CompanyRules() })
      try await merger.merge(1, into: 2, by: author, now: testNow, with: TransactionRunner(pool))
      let moved = try await notes.page(where: "contact_id = 2", limit: 9).notes.map(\.text)
      #expect(moved == ["note 2", "note 1", "note 0"])
      try await pool.query("SELECT delete_contacts(ARRAY[2])")
      #expect(try await notes.page(limit: 9).total == 0)
    }
  }
}
