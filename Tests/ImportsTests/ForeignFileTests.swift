import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import Segments
import TestSupport
import Testing
import Users

@testable import Imports

/// Files of other programs, which mean something else by the same names.
@Suite struct ForeignFileTests {
  private func people(_ bed: ImportBed) async throws -> [String?] {
    try await bed.texts("SELECT concat_ws(' ', id, email, firstname) FROM contacts ORDER BY id")
  }

  @Test(
    "IMP-07: a column id of another program selects nobody here, whatever it holds, and is remarked",
    arguments: [
      "id,email,firstname\n1,stranger@own.test,Stranger\n",
      "Id,email,firstname\nl:123,stranger@own.test,Stranger\n",
      "email,ID,firstname\nstranger@own.test,0b5f3a5e-3c62-4f3a-9d2b-0d6a1c3f7f10,Stranger\n",
      "id,email,firstname,Plan name\n1,stranger@own.test,Stranger,x\n",
    ])
  func foreignIDs(file: String) async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,firstname\nowner-a@own.test,Anna\n")
      let item = try await bed.importing(file)
      #expect(item.counts == "1 0 0", "\(item)")
      #expect(
        item.remarks.contains { $0.lowercased().contains("\"id\" is left out") }, "\(item.remarks)")
      #expect(
        try await people(bed).map { $0?.drop { $0 != " " } } == [
          " owner-a@own.test Anna", " stranger@own.test Stranger",
        ])
    }
  }

  @Test("IMP-07: a file of ids and names alone is refused, with the reason")
  func onlyForeignIDs() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email,firstname\nowner-a@own.test,Anna\n")
      let error = await #expect(throws: ImportError.self) {
        try await bed.upload("id,firstname\n1,Stranger\n")
      }
      #expect(error?.code == .mapping)
      #expect(error?.message.contains("map it to id") == true, "\(error as Any)")
      let item = try await bed.importing(
        "id,firstname\n1,Annie\n", ImportOptions(fields: ["id": "id", "firstname": "firstname"]))
      #expect(item.counts == "0 1 0")
      #expect(try await people(bed) == ["1 owner-a@own.test Annie"])
    }
  }

  @Test("IMP-50: a row does not give its contact the identifier of another one, and names that one")
  func takenIdentifiers() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing(
        "email,firstname\na@own.test,Anna\nb@own.test,Bea\nc@own.test,Cleo\n")
      let options = ImportOptions(
        fields: ["id": "id", "email": "email", "firstname": "firstname"])
      let item = try await bed.importing(
        """
        id,email,firstname
        1,B@own.test,Stolen
        1,a@own.test,Annie
        3,d@own.test,Dea
        2,d@own.test,Taken
        2,c@own.test,Free
        99,b@own.test,Bee

        """, options)
      #expect(item.counts == "1 3 2", "\(item)")
      let failures = try await bed.service.failures(item.id).rows
      #expect(failures.map(\.row) == [1, 4])
      #expect(failures[0].error.contains("email: contact 2 has this value"), "\(failures)")
      #expect(failures[1].error.contains("contact 3"), "\(failures)")
      // Row 6 finds nobody under its address any more, since row 5 gave contact 2 another one.
      #expect(
        try await people(bed).map { $0?.drop { $0 != " " } } == [
          " a@own.test Annie", " c@own.test Free", " d@own.test Dea", " b@own.test Bee",
        ])
    }
  }

  @Test(
    "IMP-50: it is so for any unique identifier, also where several rows of a part are at fault")
  func takenIdentifiersOfOwnFields() async throws {
    for anyIdentifier in [false, true] {
      var settings = ImportSettings()
      settings.matchesAnyIdentifier = anyIdentifier
      try await ImportBed.with(settings) { bed in
        var field = NewField(label: "Ext id")
        field.isUniqueIdentifier = true
        _ = try await bed.fields.create(field, by: .system, now: bed.jobs.clock.now)
        _ = try await bed.importing(
          "email,ext_id\na@own.test,X1\nb@own.test,X2\nc@own.test,X3\n")
        let item = try await bed.importing(
          "id,ext_id,email\n1,x2,\n1,X2,a@own.test\n2,X2,b@own.test\n3,X1,c@own.test\n3,X9,\n",
          ImportOptions(fields: ["id": "id", "ext_id": "ext_id", "email": "email"]))
        #expect(item.counts == "0 2 3", "\(item)")
        #expect(
          try await bed.texts("SELECT ext_id FROM contacts ORDER BY id") == ["X1", "X2", "X9"])
      }
    }
  }

  @Test(
    "IMP-07: the columns of other programs' files are known by their names",
    arguments: [
      // Mailchimp
      (
        "Email Address,First Name,Last Name,Address,Phone Number,TAGS",
        "email firstname lastname address1 phone tags"
      ),
      // Outlook
      (
        "Title,First Name,Last Name,Company,Job Title,Business Street,Business City,Business Postal Code,Business Country/Region,Business Phone,Mobile Phone,E-mail Address,Web Page",
        "title firstname lastname company position address1 city zipcode country phone mobile email website"
      ),
      (
        "Anrede,Vorname,Nachname,Firma,Position,Straße geschäftlich,Ort geschäftlich,Postleitzahl geschäftlich,Land/Region geschäftlich,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,Webseite",
        "title firstname lastname company position address1 city zipcode country phone mobile email website"
      ),
      (
        "Prénom,Nom,Société,Rue (bureau),Ville (bureau),Code postal (bureau),Pays/Région (bureau),Téléphone (bureau),Tél. mobile,Adresse de messagerie",
        "firstname lastname company address1 city zipcode country phone mobile email"
      ),
      // Google
      (
        "Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Value,Address 1 - Street,Address 1 - City,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Organization 1 - Name,Organization 1 - Title,Website 1 - Value",
        "firstname lastname - email phone address1 city state zipcode country company position website"
      ),
      (
        "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value",
        "firstname lastname company position - email phone"
      ),
      // WooCommerce
      (
        "billing_first_name,billing_last_name,billing_company,billing_address_1,billing_address_2,billing_city,billing_postcode,billing_country,billing_state,billing_email,billing_phone",
        "firstname lastname company address1 address2 city zipcode country state email phone"
      ),
      (
        "Email (Billing),First Name (Billing),Postcode (Billing),Country Code (Billing)",
        "email firstname zipcode country"
      ),
      // LinkedIn
      (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "firstname lastname - email company position -"
      ),
      // HubSpot
      (
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Job Title,Street Address,City,State/Region,Postal Code,Country/Region,Website URL",
        "- firstname lastname email phone mobile position address1 city state zipcode country website"
      ),
      // Shopify
      (
        "First Name,Last Name,Email,Default Address Company,Default Address Address1,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Tags",
        "firstname lastname email company address1 city state country zipcode phone tags"
      ),
      // German, French, Spanish
      (
        "Vorname;Name;E-Mail;Telefonnummer;Handy;Strasse;PLZ;Ort;Land",
        "firstname lastname email phone mobile address1 zipcode city country"
      ),
      (
        "Nom,Prénom,Courriel,Téléphone,Code Postal,Ville,Pays",
        "lastname firstname email phone zipcode city country"
      ),
      (
        "Nombre,Apellidos,Correo electrónico,Teléfono,Ciudad,País",
        "firstname lastname email phone city country"
      ),
      ("E-mail,Phone", "email phone"),
      // Martlet's own names come before the usual ones, wherever they stand.
      ("E-mail 1 - Value,email,Mobil,mobile", "- email - mobile"),
    ])
  func usualNames(header: String, targets: String) async throws {
    try await ImportBed.with { bed in
      let columns = header.split(separator: header.contains(";") ? ";" : ",").map(String.init)
      let catalog = try await bed.service.catalog(.contact)
      let mapping = Mapping.guess(headers: columns, catalog: catalog)
      let found = columns.map { mapping.fields[$0] ?? "-" }
      #expect(found.joined(separator: " ") == targets)
    }
  }

  @Test("IMP-07: the columns of a file of companies are known by their usual names")
  func companyColumns() async throws {
    try await ImportBed.with { bed in
      let companies = Mapping.guess(
        headers: ["Name", "Phone Number", "Postal Code", "Industry"],
        catalog: try await bed.service.catalog(.company))
      #expect(
        companies.fields == [
          "Name": "companyname", "Phone Number": "companyphone", "Postal Code": "companyzipcode",
          "Industry": "companyindustry",
        ])
    }
  }

  @Test(
    "IMP-46: what no option and no list has is left out, counted and listed; the row is imported")
  func leftOutCells() async throws {
    try await ImportBed.with { bed in
      var plan = NewField(label: "Plan", type: .select)
      plan.properties = Self.options([("gold", "Gold plan"), ("silver", "silver")])
      _ = try await bed.fields.create(plan, by: .system, now: bed.jobs.clock.now)
      var interests = NewField(label: "Interests", type: .multiselect)
      interests.properties = Self.options([("music", "Music"), ("art", "Art")])
      _ = try await bed.fields.create(interests, by: .system, now: bed.jobs.clock.now)
      let item = try await bed.importing(
        """
        email,plan,interests,country
        a@x.test,Gold plan,"Music,music_arts",DE
        b@x.test,GOLD,music;art,Atlantis
        c@x.test,bronze,"x,y",UK
        bad,bronze,music,DE

        """)
      #expect(item.counts == "3 0 1")
      #expect(item.leftOutCount == 5)
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', email, plan, interests::text, country) FROM contacts ORDER BY id")
          == [
            "a@x.test gold {music} Germany", "b@x.test gold {music,art}",
            "c@x.test United Kingdom",
          ])
      let warnings = try await bed.service.warnings(item.id)
      #expect(warnings.total == 3)
      #expect(warnings.rows.map(\.row) == [1, 2, 3] && warnings.rows.map(\.line) == [2, 3, 4])
      #expect(warnings.rows[0].text == "interests: \"music_arts\": not one of the options")
      #expect(warnings.rows[1].text == "country: \"Atlantis\": not a known country")
      #expect(warnings.rows[2].text.split(separator: "\n").count == 3)
      try await bed.service.delete(item.id)
      #expect(try await bed.texts("SELECT text FROM import_warnings") == [])
    }
  }

  @Test("IMP-46: warnings of rows that wait for other parts are counted once")
  func contestedWarnings() async throws {
    var settings = ImportSettings()
    settings.limits.partRecords = 2
    try await ImportBed.with(settings) { bed in
      let rows = (0..<9).map { "\($0 % 3)@x.test,Atlantis\n" }.joined()
      let item = try await bed.importing("email,country\n" + rows)
      #expect(item.counts == "3 6 0")
      #expect(item.leftOutCount == 9)
      #expect(try await bed.service.warnings(item.id, limit: 30).rows.map(\.row) == Array(1...9))
    }
  }

  private static func options(_ options: [(String, String)]) -> JSONValue {
    .object([
      "list": .array(
        options.map { .object(["value": .string($0.0), "label": .string($0.1)]) })
    ])
  }

  @Test(
    "CON-43: tags are separated as the file says; without a word of it the row has a warning",
    arguments: [
      (",", "\"vip, horeca\"", ["horeca", "vip"]), (";", "vip;horeca;", ["horeca", "vip"]),
      (" ::: ", "* A ::: * B ::: C", ["A", "B", "C"]), (",", "\"-old,new\"", ["new"]),
      (",", "\"\"\"VIP\"\",\"\"Customer\"\"\"", ["Customer", "VIP"]),
      (nil, "vip|horeca", ["horeca", "vip"]), (nil, "\"vip, horeca\"", ["vip, horeca"]),
      (nil, "* A ::: B", ["* A ::: B"]),
    ] as [(String?, String, [String])])
  func tagSeparators(separator: String?, cell: String, tags: [String]) async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        "email,tags,city\na@x.test,\(cell),Linz\n",
        ImportOptions(parser: .init(delimiter: ",", tagSeparator: separator)))
      #expect(item.counts == "1 0 0")
      #expect(
        try await bed.texts("SELECT tag FROM tags JOIN contact_tags ON id = tag_id ORDER BY tag")
          .compactMap { $0 } == tags)
      let warnings = try await bed.service.warnings(item.id).rows
      #expect(warnings.isEmpty == (separator != nil || cell.contains("|")), "\(warnings)")
      #expect(item.leftOutCount == 0)
    }
  }

  @Test("CON-43: a separator that is none is refused")
  func badTagSeparator() async throws {
    try await ImportBed.with { bed in
      for separator in ["", "123456789"] {
        let error = await #expect(throws: ImportError.self) {
          try await bed.upload(
            "email\na@x.test\n", ImportOptions(parser: .init(tagSeparator: separator)))
        }
        #expect(error?.problems.map(\.field) == ["parser.tagSeparator"])
      }
    }
  }

  @Test("CON-54: a file takes back what was set by hand, no unsubscription and no bounce")
  func doNotEmailTakesBackLittle() async throws {
    try await ImportBed.with { bed in
      _ = try await bed.importing("email\n1@x.test\n2@x.test\n3@x.test\n4@x.test\n")
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        SELECT id, 'email', id, now() FROM contacts WHERE id <= 3
        """)
      _ = try await bed.importing(
        "email,doNotEmail\n1@x.test,0\n2@x.test,no\n3@x.test,false\n4@x.test,off\n")
      #expect(
        try await bed.texts(
          "SELECT concat(contact_id, ' ', reason) FROM do_not_contact ORDER BY contact_id")
          == ["1 1", "2 2"])
    }
  }

  @Test("IMP-43, CON-54: a file's word for an attribute comes before a field of a similar alias")
  func exactNamesWin() async throws {
    try await ImportBed.with { bed in
      // A field that is older than the rule.
      try await bed.pool.query("ALTER TABLE contacts ADD COLUMN donotemail text")
      try await bed.pool.query(
        """
        INSERT INTO fields (object, alias, label, type, column_type, "group", position, is_required,
          is_visible, is_short_visible, is_listable, is_publicly_updatable, char_length_limit,
          properties, is_published, date_added)
        VALUES ('lead', 'donotemail', 'Do not mail', 'text', 'text', 'core', 99, false, true, false,
          true, false, 64, '[]', true, now())
        """)
      let explicit = ImportOptions(fields: ["email": "email", "doNotEmail": "doNotEmail"])
      _ = try await bed.importing("email,doNotEmail\nal3@al.test,1\n", explicit)
      _ = try await bed.importing("email,doNotEmail\nal4@al.test,1\n")
      _ = try await bed.importing("email,donotemail\nal5@al.test,1\n")
      #expect(
        try await bed.texts("SELECT contact_id::text FROM do_not_contact ORDER BY 1").count == 2)
      #expect(
        try await bed.texts("SELECT email FROM contacts WHERE donotemail = '1'") == ["al5@al.test"])
    }
  }

  @Test(
    "IMP-43: one apostrophe before a sign of a formula is the guard of an export; NULL in quotes is a name"
  )
  func marksOfExports() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(
        """
        email,mobile,lastname,city
        a@x.test,'+49 170 1234567,"NULL",'=SUM(1)
        b@x.test,'-,NULL,''@home
        c@x.test,'123,'s-Gravenhage,"'+x"
        d@x.test,1,"Null",'

        """)
      #expect(item.counts == "4 0 0", "\(item)")
      #expect(
        try await bed.texts(
          "SELECT concat_ws('#', mobile, coalesce(lastname, '~'), city) FROM contacts ORDER BY id")
          == [
            "+49 170 1234567#NULL#=SUM(1)", "-#~#'@home", "'123#'s-Gravenhage#+x", "1#Null#'",
          ])
    }
  }

  @Test("IMP-43: a failed row that is imported again still has NULL as a text where it was one")
  func failedRowsKeepTheirQuotes() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing("email,lastname,city\nbad,\"NULL\",NULL\n")
      var file: [UInt8] = []
      try await bed.service.writeFailures(item.id) { file += $0 }
      let text = String(decoding: file, as: UTF8.self)
      #expect(text.contains("bad,\"NULL\",NULL,2,"), "\(text)")
    }
  }
}
