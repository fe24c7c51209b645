import Fields
import Foundation
import Testing

@testable import Imports

/// What files of people and of other programs hold, and what becomes of it.
@Suite struct RealFileTests {
  /// Imports a file and returns counts and what is stored in a few fields, by contact.
  private static func stored(
    _ text: String, _ columns: String = "concat_ws('|', email, firstname, company)",
    _ options: ImportOptions = ImportOptions(), in bed: ImportBed
  ) async throws -> (counts: String, rows: [String?]) {
    let item = try await bed.importing(text, options)
    let rows = try await bed.pool.query(
      "SELECT \(sql: .init(unsafeText: columns)) FROM contacts ORDER BY id")
    return (item.counts, try rows.map { try $0.decode(at: 0, as: String?.self) })
  }

  @Test(
    "IMP-40, CON-62: blanks of Unicode and invisible characters around values are no part of them")
  func blanks() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,firstname,company\na@x.test,Max,Acme GmbH\n")
      let (counts, rows) = try await Self.stored(
        "\u{200B}email,firstname\u{A0},company,birthday\n"
          + "a@x.test\u{A0},Maxim\u{A0},Acme GmbH\u{A0},\n\u{FEFF}a@x.test,\u{200E}Maxi\u{2069},,\n"
          + "\u{A0},\u{200B},\u{3000},\n\u{A0}\nb\u{200B}b@x.test,B,,\n\u{AD}c@x.test\u{2028},C,,\n",
        in: bed)
      #expect(counts == "1 2 3")
      #expect(rows == ["a@x.test|Maxi|Acme GmbH", "c@x.test|C"])
      #expect(try await bed.texts("SELECT companyname FROM companies") == ["Acme GmbH"])
      #expect(
        try await bed.texts("SELECT error FROM import_failures ORDER BY row_number") == [
          "empty line", "empty line", "email: not a valid e-mail address",
        ])
    }
  }

  @Test("IMP-40: surplus cells that are empty do no harm, others fail their row")
  func surplus() async throws {
    try await ImportBed.with { bed in
      let (counts, rows) = try await Self.stored(
        "email,firstname\nt1@x.test,A,\nt2@x.test,B,,\nt3@x.test,C, ,\"\u{A0}\"\nt4@x.test,D,,x\n,,y\n",
        in: bed)
      #expect(counts == "3 0 2")
      #expect(rows == ["t1@x.test|A", "t2@x.test|B", "t3@x.test|C"])
      #expect(
        Set(try await bed.texts("SELECT error FROM import_failures"))
          == ["row has more values than the header"])
    }
  }

  @Test(
    "IMP-04, IMP-05, IMP-06: what comes before the header is passed over",
    arguments: [
      ",,\nemail,firstname\na@x.test,A\n", "\n , \n\nemail,firstname\na@x.test,A\n",
      "\"sep=,\"\nemail,firstname\na@x.test,A\n", "SEP=;\r\nemail;firstname\r\na@x.test;A\r\n",
      "\u{200B}email,firstname\na@x.test,A\n", "\u{FEFF}\u{FEFF}\"email\",firstname\na@x.test,A\n",
    ])
  func beginnings(text: String) async throws {
    try await ImportBed.with { bed in
      for chunk in [1, 65_536] {
        let item = try await bed.upload(text, chunk: chunk)
        #expect(item.headers == ["email", "firstname"])
        #expect(item.lineCount == 1)
      }
    }
  }

  @Test(
    "IMP-04, IMP-74: the table begins where parser.firstLine says, and lines count from the file's first"
  )
  func firstLine() async throws {
    try await ImportBed.with { bed in
      let (counts, rows) = try await Self.stored(
        "Our \"people, 2024\n\nemail,firstname\na@x.test,A\nbad,B\n", "email",
        ImportOptions(parser: .init(firstLine: 3)), in: bed)
      #expect(counts == "1 0 1")
      #expect(rows == ["a@x.test"])
      #expect(try await bed.texts("SELECT line::text FROM import_failures") == ["5"])
    }
  }

  @Test("IMP-09: a file without a header keeps its first contact")
  func noHeader() async throws {
    try await ImportBed.with { bed in
      let text = "h1@hl.test,A\nh2@hl.test,B,\n"
      for header in [nil, false] {
        let options = ImportOptions(
          fields: ["column_1": "email", "column_2": "firstname"], parser: .init(header: header))
        let item = try await bed.importing(text, options)
        #expect(item.parser.header == false)
        #expect(item.lineCount == 2)
      }
      #expect(
        try await bed.texts("SELECT concat(email, firstname) FROM contacts ORDER BY id")
          == ["h1@hl.testA", "h2@hl.testB"])
      let said = try await bed.upload(
        "h1@hl.test\nh2@hl.test\n",
        ImportOptions(fields: ["h1@hl.test": "email"], parser: .init(header: true)))
      #expect(said.lineCount == 1 && said.parser.header == true)
    }
  }

  @Test(
    "IMP-30, IMP-47: yes and no by their first letters; other words fail their row and change nothing"
  )
  func booleans() async throws {
    try await ImportBed.with { bed in
      try await bed.pool.query("ALTER TABLE contacts ADD COLUMN optin boolean")
      try await bed.pool.query(
        """
        INSERT INTO fields (object, alias, label, type, column_type, date_added)
        SELECT object, 'optin', 'Opt in', 'boolean', 'boolean', date_added FROM fields
        WHERE alias = 'email'
        """)
      let words = ["Y", "T", "n", "F", "ja", "x", "maybe", "2", "-"]
      let file = "email,optin,doNotEmail\n" + words.map { "\($0)@x.test,\($0),\n" }.joined()
      let people = words.map { "\($0)@x.test,1,\n" }.joined()
      _ = try await bed.importing("email,optin,doNotEmail\n" + people)
      let item = try await bed.importing(file)
      #expect(item.counts == "0 4 5")
      #expect(
        try await bed.texts("SELECT optin::text FROM contacts ORDER BY id")
          == ["true", "true", "false", "false"] + Array(repeating: "true", count: 5))
      let barred = try await bed.importing(
        "email,doNotEmail\n" + words.map { "\($0)@x.test,\($0)\n" }.joined())
      #expect(barred.counts == "0 4 5")
      #expect(
        try await bed.texts(
          """
          SELECT c.email FROM do_not_contact d JOIN contacts c ON c.id = d.contact_id ORDER BY c.id
          """) == ["Y@x.test", "T@x.test"])
    }
  }

  @Test("IMP-31, CON-29: dates of Outlook, Shopify, LinkedIn and others, in the order that is said")
  func dates() async throws {
    try await ImportBed.with { bed in
      let file = """
        email,last_active
        a@x.test,0.0.00
        b@x.test,0/0/00
        c@x.test,2024-01-15 10:00:00 UTC
        d@x.test,01/15/2024 10:30 AM
        e@x.test,"Jan 15, 2024"
        f@x.test,1/2/2024

        """
      let columns = "concat(email, ' ', last_active AT TIME ZONE 'UTC')"
      let (counts, rows) = try await Self.stored(file, columns, in: bed)
      #expect(counts == "5 0 1")
      #expect(
        rows == [
          "a@x.test ", "b@x.test ", "c@x.test 2024-01-15 10:00:00", "d@x.test 2024-01-15 10:30:00",
          "e@x.test 2024-01-15 00:00:00",
        ])
      let error = try await bed.texts("SELECT error FROM import_failures").first
      #expect(error??.contains("parser.dateOrder") == true)
      for (order, day) in [(DateOrder.dayMonthYear, "2024-02-01"), (.monthDayYear, "2024-01-02")] {
        _ = try await bed.importing(
          "email,last_active\nf@x.test,1/2/2024\n", ImportOptions(parser: .init(dateOrder: order)))
        #expect(
          try await bed.texts(
            "SELECT last_active::date::text FROM contacts WHERE email = 'f@x.test'")
            == [day])
      }
    }
  }

  @Test(
    "IMP-46: numbers by the decimal mark that is said, or that the file's delimiter makes likely")
  func numbers() async throws {
    try await ImportBed.with { bed in
      let cases: [(String, DecimalMark?, String?)] = [
        ("email;attribution\na@x.test;1.234,56\n", nil, "1234.56"),
        ("email;attribution\na@x.test;1,234\n", nil, "1.23"),
        ("email,attribution\na@x.test,\"$1,200.00\"\n", nil, "1200"),
        ("email,attribution\na@x.test,\"1,5\"\n", .comma, "1.5"),
        ("email,attribution\na@x.test,1.500\n", .comma, "1500"),
        ("email,attribution\na@x.test,\"1,500\"\n", .point, "1500"),
        ("email,attribution\na@x.test,\"1,700\"\n", nil, nil),
      ]
      for (file, mark, expected) in cases {
        let item = try await bed.importing(
          file, ImportOptions(parser: .init(decimalMark: mark)))
        #expect(item.ignoredCount == (expected == nil ? 1 : 0), "\(file)")
        guard let expected else { continue }
        #expect(
          try await bed.texts("SELECT trim_scale(attribution::numeric)::text FROM contacts")
            == [expected], "\(file)")
      }
    }
  }

  @Test("IMP-46: an address may stand behind its name or in a link")
  func addresses() async throws {
    try await ImportBed.with { bed in
      let (counts, rows) = try await Self.stored(
        "email\nMax <a@x.test>\n<a@x.test>\nmailto:a@x.test\nb@x.test <c@x.test>\n", "email",
        in: bed)
      #expect(counts == "1 2 1")
      #expect(rows == ["a@x.test"])
    }
  }

  @Test("IMP-02: encodings of the world, by their name or by their letters")
  func encodings() async throws {
    try await ImportBed.with { bed in
      let text = "email,firstname\na@x.test,Łukasz\n"
      let bytes: [UInt8] = text.unicodeScalars.map { $0 == "Ł" ? 0xA3 : UInt8($0.value) }
      for encoding in ["windows-1250", "iso-8859-2", "auto"] {
        let item = try await bed.upload(bytes, ImportOptions(parser: .init(encoding: encoding)))
        _ = try await bed.working { try await bed.ended(item.id) }
        #expect(try await bed.texts("SELECT firstname FROM contacts") == ["Łukasz"])
      }
      let error = await #expect(throws: ImportError.self) { try await bed.upload(bytes) }
      #expect(error?.message.contains("windows-1250") == true)
    }
  }

  @Test("A thousand columns are imported, failed rows keep them")
  func wide() async throws {
    try await ImportBed.with { bed in
      let names = ["email"] + (2...1000).map { "c\($0)" }
      let row = ["bad"] + (2...1000).map { "v\($0)" }
      let item = try await bed.importing(
        names.joined(separator: ",") + "\n" + row.joined(separator: ",") + "\n")
      #expect(item.counts == "0 0 1")
      let failed = try await bed.service.failures(item.id).rows
      #expect(failed.first?.data.last?.value == "v1000")
    }
  }
}
