import Contacts
import Foundation
import JobQueue
import Segments
import Synchronization
import TestSupport
import Testing

@testable import Imports

/// Imports and concurrent writers of the same records.
@Suite struct RaceTests {
  /// Sets up a contact, a company and a tag; a lock makes the import wait after it has associated
  /// the contact with the company.
  private func withAssociation(
    _ meanwhile: @escaping @Sendable (ImportBed) async throws -> Void
  ) async throws -> [Set<String>] {
    try await ImportBed.with { bed in
      try await bed.pool.query(
        "INSERT INTO contacts (email, date_added) VALUES ('a@x.test', '2024-01-01Z')")
      try await bed.pool.query(
        "INSERT INTO companies (companyname, date_added) VALUES ('Acme', '2024-01-01Z')")
      try await bed.pool.query("INSERT INTO tags (tag, date_added) VALUES ('x', '2024-01-01Z')")
      let options = ImportOptions(defaults: ImportDefaults(tags: ["x"]))
      let item = try await bed.upload("email,company\na@x.test,Acme\n", options)
      try await bed.working {
        let other = try await bed.pool.transaction { connection in
          try await connection.query("INSERT INTO contact_tags VALUES (1, 1)")
          #expect(try await bed.waiting(1))
          let done = Mutex(false)
          let other = Task {
            try await meanwhile(bed)
            done.withLock { $0 = true }
          }
          #expect(try await bed.waiting(2) { done.withLock { $0 } })
          return other
        }
        try await other.value
        #expect(try await bed.ended(item.id).counts == "0 1 0")
      }
      return try await bed.pool.query(
        "SELECT topics FROM contact_changes WHERE 1 = ANY (contact_ids) ORDER BY id"
      ).map { Set(try $0.decode(at: 0, as: [String].self)) }
    }
  }

  @Test(
    "SEG-77: a company's new value marks a contact that an import is about to associate with it")
  func companyEdit() async throws {
    let marks = try await withAssociation { bed in
      var input = CompanyInput()
      input.values = ["companycity": .string("Graz")]
      _ = try await CompanyStore(
        transactions: TransactionRunner(bed.pool), fields: bed.fields, rules: { CompanyRules() }
      ).update(
        1, input, by: .system, now: bed.jobs.clock.now)
    }
    #expect(marks.last == ["company"])
  }

  @Test("SEG-77: so does a value that another import gives the company")
  func companyImport() async throws {
    let marks = try await withAssociation { bed in
      let item = try await bed.upload(
        "companyname,companycity\nAcme,Graz\n", ImportOptions(object: .company))
      #expect(try await bed.ended(item.id).counts == "0 1 0")
    }
    #expect(marks.last == ["company", "field:company"])
  }

  @Test("CON-60: a row and a request with the same new pair of identifiers create one contact")
  func identifiers() async throws {
    try await ImportBed.with { bed in
      try await bed.twoIdentifiers()
      try await bed.pool.query(
        "INSERT INTO contacts (email, mobile, date_added) VALUES ('a@x.test', '1', '2024-01-01Z')")
      let editor = ContactEditor(
        transactions: TransactionRunner(bed.pool), fields: bed.fields,
        tables: MergeTable.contacts + MergeTable.segments + MergeTable.imports)
      var input = ContactInput()
      input.values = ["email": .text("a@x.test"), "mobile": .text("2")]
      let request = input
      let origin = ContactOrigin(.system, source: "api", now: bed.jobs.clock.now)
      let item = try await bed.upload("email,mobile\na@x.test,2\n")
      try await bed.working {
        let answer = try await bed.pool.transaction { connection in
          // The import looks up contacts with one of the identifiers, and waits.
          try await connection.query("SELECT FROM contacts WHERE id = 1 FOR UPDATE")
          #expect(try await bed.waiting(1))
          let done = Mutex(false)
          let answer = Task {
            let isNew = try await editor.upsert(request, from: origin).isNew
            done.withLock { $0 = true }
            return isNew
          }
          #expect(try await bed.waiting(2) { done.withLock { $0 } })
          return answer
        }
        #expect(try await !answer.value)
        #expect(try await bed.ended(item.id).counts == "1 0 0")
      }
      #expect(try await bed.texts("SELECT mobile FROM contacts ORDER BY id") == ["1", "2"])
    }
  }
}

extension ImportBed {
  /// Makes the mobile number a unique identifier as well.
  func twoIdentifiers() async throws {
    try await pool.query("UPDATE fields SET is_unique_identifier = true WHERE alias = 'mobile'")
    try await pool.query(
      """
      CREATE UNIQUE INDEX contacts_identity_mobile ON contacts (lower("mobile" COLLATE "C"))
      WHERE NOT identity_shared AND mobile IS NOT NULL
      """)
  }

  /// Returns whether a number of sessions come to wait for a lock, or a condition holds.
  fileprivate func waiting(_ count: Int, unless isDone: () -> Bool = { false }) async throws -> Bool
  {
    try await eventually {
      let waiting = try await pool.query(
        """
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
      ).count
      return waiting >= count || isDone()
    }
  }
}
