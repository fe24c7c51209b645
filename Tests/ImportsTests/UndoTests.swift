import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Imports

/// Undoing an import (IMP-75).
@Suite struct UndoTests {
  private static func settings(step: Int) -> ImportSettings {
    var settings = ImportSettings()
    settings.undoStep = step
    settings.limits.partRecords = 3
    return settings
  }

  private func undone(_ id: Int64, in bed: ImportBed) async throws -> ImportUndo {
    _ = try await eventually(within: .seconds(60)) {
      try await bed.service.store.get(id).undo?.dateEnded != nil
    }
    return try #require(try await bed.service.store.get(id).undo)
  }

  @Test(
    "IMP-75: contacts that the import made are removed, those it only changed stay",
    arguments: [1, 2, 1_000])
  func removes(step: Int) async throws {
    try await ImportBed.with(Self.settings(step: step)) { bed in
      _ = try await bed.importing("email,firstname\nold@x.test,Old\n")
      let item = try await bed.importing(
        """
        email,firstname,tags,company,points,doNotEmail,stage
        a@x.test,A,vip,Acme,5,1,Lead
        old@x.test,New,,,,,
        b@x.test,B,,,,,
        a@x.test,AA,,,,,
        c@x.test,C,,,,,
        bad,,,,,,

        """)
      #expect(item.counts == "3 2 1")
      let undo = try await bed.working {
        let asked = try await bed.service.undo(item.id, by: ImportActor(id: 7, name: "Undoer"))
        #expect(asked.undo?.removedCount == 0)
        return try await self.undone(item.id, in: bed)
      }
      #expect(undo.removedCount == 3 && undo.keptCount == 0)
      #expect(
        try await bed.texts("SELECT concat(email, ' ', firstname) FROM contacts") == [
          "old@x.test New"
        ])
      for table in [
        "contact_tags", "contact_companies", "points_log", "do_not_contact", "stage_log",
      ] {
        let rows = try await bed.pool.query("SELECT FROM \(identifier: table)")
        #expect(rows.isEmpty, "\(table)")
      }
      #expect(
        try await bed.texts(
          "SELECT concat(user_name, ' ', action) FROM audit_log WHERE object = 'lead'")
          == Array(repeating: "Undoer delete", count: 3))
      // The same file makes the same contacts again.
      #expect(try await bed.importing("email,firstname\na@x.test,A\n").counts == "1 0 0")
    }
  }

  @Test(
    "IMP-75: a contact to whom something has happened since is kept",
    arguments: [
      "UPDATE contacts SET firstname = 'Z', date_modified = now() + interval '1 hour' WHERE email = 'a@x.test'",
      "UPDATE contacts SET last_active = now() + interval '1 hour' WHERE email = 'a@x.test'",
      """
      INSERT INTO do_not_contact_log (contact_id, channel, reason, date_added)
      SELECT id, 'email', 1, now() FROM contacts WHERE email = 'a@x.test'
      """,
      """
      INSERT INTO audit_log (bundle, object, object_id, action, date_added)
      SELECT 'lead', 'lead', id, 'update', now() FROM contacts WHERE email = 'a@x.test'
      """,
      """
      INSERT INTO import_rows (contact_id, import_id, row_number, action)
      SELECT id, 99, 1, 2 FROM contacts WHERE email = 'a@x.test'
      """,
      """
      INSERT INTO contact_merges (old_id, contact_id, date_added)
      SELECT 999999, id, now() FROM contacts WHERE email = 'a@x.test'
      """,
    ])
  func keeps(touch: String) async throws {
    try await ImportBed.with(Self.settings(step: 2)) { bed in
      let item = try await bed.importing("email,firstname\na@x.test,A\nb@x.test,B\nc@x.test,C\n")
      try await bed.pool.query(SQL(unsafeText: touch))
      let undo = try await bed.working {
        _ = try await bed.service.undo(item.id, by: ImportBed.actor)
        return try await self.undone(item.id, in: bed)
      }
      #expect(undo.removedCount == 2 && undo.keptCount == 1)
      #expect(try await bed.texts("SELECT email FROM contacts") == ["a@x.test"])
    }
  }

  @Test("IMP-75: what has not ended, is undone already, or made companies is refused")
  func refuses() async throws {
    try await ImportBed.with { bed in
      let draft = try await bed.upload("email\na@x.test\n", ImportOptions(autoStart: false))
      let companies = try await bed.importing(
        "companyname\nAcme\n", ImportOptions(object: .company, allowDuplicates: true))
      let done = try await bed.importing("email\nb@x.test\n")
      _ = try await bed.service.undo(done.id, by: ImportBed.actor)
      for (id, word) in [
        (draft.id, "draft"), (companies.id, "companies"), (done.id, "already"), (999, "no import"),
      ] {
        let error = await #expect(throws: ImportError.self) {
          try await bed.service.undo(id, by: ImportBed.actor)
        }
        #expect(error?.message.contains(word) == true, "\(error as Any)")
      }
      // A record that is deleted takes its undoing with it; the job ends.
      try await bed.service.delete(done.id)
      try await bed.working {
        let isDone = try await eventually {
          try await bed.texts("SELECT name FROM jobs") == []
        }
        #expect(isDone)
      }
      #expect(try await bed.texts("SELECT email FROM contacts") == ["b@x.test"])
    }
  }

  @Test("IMP-75: a cancelled import, and a step that is taken twice, remove each contact once")
  func repeated() async throws {
    try await ImportBed.with(Self.settings(step: 2)) { bed in
      let item = try await bed.importing(
        "email\n" + (1...9).map { "user\($0)@x.test\n" }.joined())
      _ = try await bed.service.undo(item.id, by: ImportBed.actor)
      // As left by a worker that died after its second step.
      try await bed.pool.query(
        """
        DELETE FROM contacts WHERE id IN (SELECT id FROM contacts ORDER BY id LIMIT 4)
        """)
      try await bed.pool.query(
        """
        UPDATE import_undos SET removed_count = 4,
          last_id = (SELECT first_id + 3 FROM import_blocks WHERE import_id = \(item.id))
        """)
      let undo = try await bed.working(workers: 2) { try await self.undone(item.id, in: bed) }
      #expect(undo.removedCount == 9 && undo.keptCount == 0)
      #expect(try await bed.texts("SELECT email FROM contacts") == [])
    }
  }
}
