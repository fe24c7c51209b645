import Contacts
import Foundation
import Segments
import TestSupport
import Testing

@testable import Imports

/// Rules of the specification without an example there.
@Suite struct RuleTests {
  @Test("IMP-50, IMP-53: an id means its contact or that one's winner; an unknown one is ignored")
  func ids() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email\na@x.test\nb@x.test\nc@x.test\n")
      try await ContactMerger(
        fields: bed.fields, tables: MergeTable.contacts + MergeTable.segments + MergeTable.imports,
        companies: { CompanyRules() }
      ).merge(1, into: 2, by: .system, now: bed.jobs.clock.now, with: bed.jobs.transactions)
      let item = try await bed.importing(
        "id,email,city\n1,,Winner\n99,c@x.test,By address\n98,d@x.test,New\n3,,DeferredReference\n",
        ImportOptions(fields: ["id": "id", "email": "email", "city": "city"]))
      #expect(item.counts == "1 3 0")
      #expect(
        try await bed.texts("SELECT concat(email, ' ', city) FROM contacts ORDER BY email")
          == ["b@x.test Winner", "c@x.test DeferredReference", "d@x.test New"])
    }
  }

  @Test(
    "IMP-45, CON-06: a field's default applies to new contacts without a value, and to no others")
  func defaults() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email\nold@x.test\n")
      try await bed.pool.query("UPDATE fields SET default_value = 'Linz' WHERE alias = 'city'")
      _ = try await bed.importing(
        "email,city\nold@x.test,\nnew@x.test,\nown@x.test,Graz\nnull@x.test,NULL\n")
      _ = try await bed.importing("email\nunmapped@x.test\n")
      #expect(
        try await bed.texts("SELECT concat(email, ' ', city) FROM contacts ORDER BY id") == [
          "old@x.test ", "new@x.test Linz", "own@x.test Graz", "null@x.test ",
          "unmapped@x.test Linz",
        ])
    }
  }

  @Test(
    "IMP-55, SEG-103, SEG-107, case 16: the default segment contains the contacts of rows, barred or not"
  )
  func defaultSegment() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing(
        "email\nnone@x.test\nbarred@x.test\nfiltered@x.test\nother@x.test\n")
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, date_added)
        VALUES (4, 'VIP', 'VIP', 'vip', now())
        """)
      try await bed.pool.query(
        """
        INSERT INTO segment_members
        VALUES (2, 4, false, true, '2024-01-01Z'), (3, 4, false, false, '2024-01-01Z')
        """)
      let options = ImportOptions(defaults: .init(list: 4))
      _ = try await bed.importing(
        "email\nnone@x.test\nbarred@x.test\nfiltered@x.test\nbad\nnew@x.test\n", options)
      #expect(
        try await bed.texts(
          """
          SELECT concat(c.email, ' ', m.manually_added, m.manually_removed) FROM contacts c
          JOIN segment_members m ON m.contact_id = c.id ORDER BY c.id
          """) == [
            "none@x.test tf", "barred@x.test tf", "filtered@x.test tf", "new@x.test tf",
          ])
      #expect(
        try await bed.texts(
          "SELECT concat(contact_id, ' ', cause) FROM segment_history WHERE entered ORDER BY 1")
          == ["1 3", "2 3", "9 3"])
    }
  }

  @Test("IMP-66, IMP-73: only a draft is started; deleting an import leaves its contacts")
  func startAndDelete() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing("email\na@x.test\nbad\n")
      let error = await #expect(throws: ImportError.self) {
        try await bed.service.start(item.id, by: ImportBed.actor)
      }
      #expect(error?.code == .conflict)
      #expect(try await bed.service.store.get(item.id).counts == "1 0 1")
      #expect(try await bed.texts("SELECT contact_id::text FROM import_log") == ["1"])
      try await bed.service.delete(item.id)
      #expect(try await bed.texts("SELECT email FROM contacts") == ["a@x.test"])
      for table in ["imports", "import_parts", "import_failures", "import_log"] {
        let isGone = try await eventually {
          try await bed.pool.query("SELECT FROM \(identifier: table)").isEmpty
        }
        #expect(isGone, "\(table)")
      }
    }
  }

  @Test("IMP-58: an address in a row does not locate its contact")
  func addresses() async throws {
    try await ImportBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO ip_addresses (address, details, date_added)
        VALUES ('203.0.113.9', '{"city": "Graz", "country": "Austria"}', now())
        """)
      let item = try await bed.importing(
        "email,ip\na@x.test,203.0.113.9\nb@x.test,203.0.113.10\n",
        ImportOptions(fields: ["email": "email", "ip": "ip"]))
      #expect(item.counts == "2 0 0")
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws(' ', c.email, c.city, c.country, host(a.address)) FROM contacts c
          JOIN contact_ips l ON l.contact_id = c.id JOIN ip_addresses a ON a.id = l.ip_id
          ORDER BY c.id
          """) == ["a@x.test 203.0.113.9", "b@x.test 203.0.113.10"])
      // The new address has no details either.
      #expect(
        try await bed.texts("SELECT details::text FROM ip_addresses WHERE address = '203.0.113.10'")
          == [nil])
    }
  }

  @Test("IMP-61: speed is rows processed per second, until the present or the end")
  func speed() async throws {
    try await ImportBed.with { bed in
      var item = try await bed.upload("email\na@x.test\n", ImportOptions(autoStart: false))
      let start = item.dateAdded
      (item.insertedCount, item.updatedCount, item.ignoredCount) = (100, 40, 10)
      #expect(item.speed(at: start.addingTimeInterval(3)) == 0)
      item.dateStarted = start
      #expect(item.speed(at: start) == 0)
      #expect(item.speed(at: start.addingTimeInterval(3)) == 50)
      #expect(item.speed(at: start.addingTimeInterval(7)) == 21.43)
      item.dateEnded = start.addingTimeInterval(2)
      #expect(item.speed(at: start.addingTimeInterval(3600)) == 75)
    }
  }

  @Test("CON-54: the entry and its log name the import's user")
  func doNotContact() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,doNotEmail\na@x.test,yes\n")
      for table in ["do_not_contact", "do_not_contact_log"] {
        let comments = try await bed.texts("SELECT comments FROM \(identifier: table)")
        #expect(comments.count == 1 && comments[0]?.contains("Tester") == true, "\(comments)")
      }
    }
  }
}
