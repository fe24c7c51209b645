import Foundation
import Testing

@testable import Imports

/// The cases of the specification, section 11, as examples.
@Suite(.serialized) struct ExampleTests {
  static let mapping = ["firstname": "firstname", "email": "email"]

  @Test(
    "IMP-41, IMP-47, IMP-49, IMP-71, IMP-74, cases 1 and 2: bad rows are reported with their line, the others are imported once"
  )
  func goodAndBadRows() async throws {
    try await ImportBed.with { bed in
      let file =
        "firstname,email\nAda,ada@example.com\n\nGrace,not-an-email\nAlan,alan@example.com\n"
      let first = try await bed.importing(file)
      #expect(first.status == .imported)
      #expect(first.lineCount == 4)
      #expect(first.counts == "2 0 2")
      let (total, rows) = try await bed.service.failures(first.id)
      #expect(total == 2)
      #expect(rows.map(\.line) == [3, 4])
      #expect(rows.map(\.error) == ["empty line", "email: not a valid e-mail address"])

      let again = try await bed.importing(file)
      #expect(again.counts == "0 2 2")
      #expect(try await bed.texts("SELECT count(*)::text FROM contacts") == ["2"])
    }
  }

  @Test("IMP-42, IMP-43, cases 3 and 4: empty keeps, NULL clears")
  func emptyKeepsAndNullClears() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,firstname,lastname\na@example.com,Ada,Lovelace\n")
      _ = try await bed.importing("email,firstname,lastname\na@example.com,,NULL\n")
      #expect(
        try await bed.texts("SELECT concat(firstname, '|', lastname) FROM contacts") == ["Ada|"])
    }
  }

  @Test("IMP-44, case 5: with skip-if-exists only empty fields are filled")
  func skipIfExists() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,firstname,lastname\na@example.com,Ada,\n")
      let options = ImportOptions(defaults: .init(skipIfExists: true))
      _ = try await bed.importing(
        "email,firstname,lastname\na@example.com,Augusta,Byron\n", options)
      #expect(
        try await bed.texts("SELECT concat(firstname, ' ', lastname) FROM contacts") == [
          "Ada Byron"
        ])
    }
  }

  @Test("IMP-40, IMP-50, case 6: a surplus value fails the row, a missing one is empty")
  func tooManyAndTooFewValues() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,city\nb@example.com,Berlin\n")
      let item = try await bed.importing("email,city\na@example.com,Paris,surplus\nb@example.com\n")
      #expect(item.counts == "0 1 1")
      #expect(
        try await bed.service.failures(item.id).rows.map(\.error)
          == ["row has more values than the header"])
      #expect(try await bed.texts("SELECT city FROM contacts") == ["Berlin"])
    }
  }

  @Test("IMP-05, case 7: a delimiter, a doubled quote and a line break within quotes")
  func quotedValues() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        "email,lastname\r\na@example.com,\"O'Brien, \"\"Jim\"\"\nand Sons\"\r\n")
      #expect(item.insertedCount == 1)
      #expect(
        try await bed.texts("SELECT lastname FROM contacts") == ["O'Brien, \"Jim\"\nand Sons"])
    }
  }

  @Test("IMP-14, IMP-56, CON-45, case 9: tags of the row and of the defaults are combined")
  func tags() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,tags\na@example.com,d|e\n")
      let options = ImportOptions(defaults: .init(tags: ["c", "-e"]))
      _ = try await bed.importing("email,tags\nA@example.com,a|B|b\n", options)
      let names = try await bed.texts(
        "SELECT t.tag FROM contact_tags ct JOIN tags t ON t.id = ct.tag_id ORDER BY lower(t.tag)")
      #expect(names == ["a", "B", "c", "d"])
    }
  }

  @Test("CON-54, IMP-30, case 10: do not e-mail, if the row has an address")
  func doNotEmail() async throws {
    try await ImportBed.with { bed in
      let head = "email,doNotEmail\n"
      let item = try await bed.importing(
        head + "a@example.com,yes\nb@example.com,maybe\nb@example.com,\n,yes\n", .init())
      #expect(item.counts == "3 0 1")
      #expect(
        try await bed.texts("SELECT error FROM import_failures") == ["doNotEmail: not a boolean"])
      let reasons: () async throws -> [String?] = {
        try await bed.texts(
          """
          SELECT concat(c.email, ' ', d.reason) FROM do_not_contact d
          JOIN contacts c ON c.id = d.contact_id ORDER BY 1
          """)
      }
      #expect(try await reasons() == ["a@example.com 3"])
      _ = try await bed.importing(head + "a@example.com,no\nb@example.com,1\n")
      #expect(try await reasons() == ["b@example.com 3"])
    }
  }

  @Test("IMP-51, IMP-54, case 11: companies by name, the last one is primary")
  func companies() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        "email,company\na@example.com,Acme\nb@example.com,ACME\na@example.com,Umbrella\n")
      #expect(item.counts == "2 1 0")
      #expect(
        try await bed.texts("SELECT companyname FROM companies ORDER BY id") == [
          "Acme", "Umbrella",
        ])
      #expect(
        try await bed.texts(
          """
          SELECT concat(c.email, ' ', c.company, ' ', o.companyname, ' ', l.is_primary)
          FROM contacts c JOIN contact_companies l ON l.contact_id = c.id
          JOIN companies o ON o.id = l.company_id ORDER BY c.id, o.id
          """) == [
            "a@example.com Umbrella Acme f", "a@example.com Umbrella Umbrella t",
            "b@example.com Acme Acme t",
          ])
    }
  }

  @Test("IMP-54: columns of the company; without a name no company is changed")
  func companyColumns() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        """
        email,companyname,companycity
        a@example.com,Acme,Berlin
        b@example.com,acme,
        c@example.com,,Paris
        d@example.com,Other,NULL

        """)
      #expect(item.status == .imported)
      #expect(item.mode == .ordered)
      #expect(item.insertedCount == 4)
      #expect(
        try await bed.texts(
          "SELECT concat(lower(companyname), ' ', companycity) FROM companies ORDER BY id")
          == ["acme Berlin", "other "])
      #expect(
        try await bed.texts(
          """
          SELECT string_agg(c.email, ' ' ORDER BY c.id) FROM contacts c
          JOIN contact_companies l ON l.contact_id = c.id GROUP BY l.company_id ORDER BY 1
          """) == ["a@example.com b@example.com", "d@example.com"])
    }
  }

  @Test("IMP-10, IMP-51: companies, found by their name")
  func companiesThemselves() async throws {
    try await ImportBed.with { bed in
      let options = ImportOptions(object: .company)
      let file = "companyname,companycity\nAcme,Berlin\nOther,Paris\nACME,Rome\n,Nowhere\n"
      let item = try await bed.importing(file, options)
      #expect(item.counts == "3 1 0")
      #expect(
        try await bed.texts(
          "SELECT concat(companyname, ' ', companycity) FROM companies ORDER BY id")
          == ["ACME Rome", "Other Paris", " Nowhere"])
    }
  }

  @Test("Import-export.md 6, case 17: points of new contacts only")
  func pointsOnlyForNewContacts() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing(
        "email,points\na@example.com,7\nb@example.com,0\na@example.com,9\n")
      _ = try await bed.importing("email,points\na@example.com,11\n")
      #expect(try await bed.texts("SELECT points::text FROM contacts ORDER BY id") == ["7", "0"])
      #expect(
        try await bed.texts("SELECT concat(type, ' ', delta) FROM points_log") == ["import 7"])
    }
  }

  @Test("IMP-14, IMP-55: owner, segment and stage of the row, else of the defaults")
  func segmentOwnerAndStage() async throws {
    try await ImportBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, email, password_hash, date_added)
        VALUES (5, 'kim', 'kim@example.com', '', now()), (6, 'lee', 'lee@example.com', '', now())
        """)
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, date_added)
        VALUES (4, 'VIP', 'VIP', 'vip', now())
        """)
      let options = ImportOptions(defaults: .init(owner: 5, list: 4, stage: "Lead"))
      let item = try await bed.importing(
        "email,owner,stage\na@example.com,,Customer\nb@example.com,LEE,\nc@example.com,nobody,\n",
        options)
      #expect(item.insertedCount == 3)
      #expect(
        try await bed.texts(
          """
          SELECT concat(owner_id, ' ', s.name, ' ', m.manually_added) FROM contacts c
          JOIN stages s ON s.id = c.stage_id
          JOIN segment_members m ON m.contact_id = c.id AND m.segment_id = 4 ORDER BY c.id
          """) == ["5 Customer t", "6 Lead t", "5 Lead t"])
    }
  }

  @Test("IMP-71: failed rows are returned as a file, to be corrected and imported again")
  func correctAndImportAgain() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing("email,city\na@,Berlin\nb@example.com,\"Pa\nris\"\n")
      var file: [UInt8] = []
      try await bed.service.writeFailures(item.id) { file += $0 }
      let text = String(decoding: file, as: UTF8.self)
      #expect(
        text == "email,city,_line,_error\r\na@,Berlin,2,email: not a valid e-mail address\r\n")
      let mended = try await bed.importing(
        text.replacingOccurrences(of: "a@,", with: "a@b.example,"))
      #expect(mended.insertedCount == 1)
    }
  }

  @Test("Import-export.md 6: addresses, of which an invalid one fails its row")
  func ipAddresses() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        "email,ip\na@example.com,\"192.0.2.1, 2001:db8::1\"\nb@example.com,192.0.2.1\nc@example.com,nonsense\n"
      )
      #expect(item.counts == "2 0 1")
      #expect(try await bed.texts("SELECT count(*)::text FROM contact_ips") == ["3"])
    }
  }
}
