import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import Segments
import Testing
import Users

@testable import Campaigns

@Suite("Actions follow the rules for every change of a contact")
struct ContactWriterTests {
  /// Returns the actions in the audit log of a record, with the changes: `update {"fields": …}`.
  private static func audit(
    _ bed: CampaignBed, _ object: String = "lead", _ id: Int64 = 1
  ) async throws -> [String] {
    try await bed.pool.query(
      """
      SELECT action || ' ' || details::text FROM audit_log
      WHERE object = \(object) AND object_id = \(id) ORDER BY id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the first column of a query's only row, as text.
  private static func text(_ bed: CampaignBed, _ query: SQL) async throws -> String? {
    try await bed.pool.query("SELECT (\(sql: query))::text").first?.decode(at: 0)
  }

  @Test(
    "CON-02, CON-03, CON-12: a name identifies an anonymous contact, and is logged")
  func identifies() async throws {
    try await CampaignBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, date_added, city, modified_by_user)
        SELECT n, \(CampaignBed.start), 'Rome', 'somebody' FROM generate_series(1, 2) AS n
        """)
      let campaign = try await bed.campaign([
        E.action("set", "lead.updatelead", ["firstname": "Ada", "city": "Berlin"])
      ])
      try await bed.add([1], to: campaign.id)
      #expect(
        try await Self.text(
          bed, "SELECT date_identified = \(bed.now) FROM contacts WHERE id = 1") == "true")
      #expect(
        try await Self.audit(bed) == [
          #"update {"fields": {"city": ["Rome", "Berlin"], "firstname": [null, "Ada"]}}"#,
          "identified {}",
        ])
      // The system made the change, not the user of the previous change.
      #expect(
        try await Self.text(bed, "SELECT modified_by_user FROM contacts WHERE id = 1") == nil)
      #expect(
        try await Self.text(bed, "SELECT date_identified FROM contacts WHERE id = 2") == nil)
    }
  }

  @Test("CON-46: an action gives no contact more than 500 tags; it fails for good, others go on")
  func boundsTags() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.pool.query(
        "INSERT INTO tags (tag, date_added) SELECT 't' || n, now() FROM generate_series(1, 500) AS n"
      )
      try await bed.pool.query(
        "INSERT INTO contact_tags (contact_id, tag_id) SELECT 1, id FROM tags")
      let campaign = try await bed.campaign([
        E.action("tag", "lead.changetags", ["add_tags": ["one more"]])
      ])
      try await bed.add([1, 2], to: campaign.id)
      #expect(
        try await Self.text(bed, "SELECT count(*) FROM contact_tags WHERE contact_id = 1")
          == "500")
      #expect(
        try await Self.text(bed, "SELECT count(*) FROM contact_tags WHERE contact_id = 2") == "1")
      let story = try await bed.story(campaign.id)
      #expect(story.contains { $0.contains("failed") }, "\(story)")
    }
  }

  @Test("A word that is neither yes nor no is refused when the event is saved")
  func refusesOddTruth() async throws {
    try await CampaignBed.with { bed in
      let odd: [JSONValue] = ["maybe", 7, ["yes"]]
      for value in odd {
        await #expect(throws: CampaignError.self, "\(value)") {
          _ = try await bed.campaign([
            E.action("note", "user.notify", ["title": "x", "users": [1], "to_owner": value])
          ])
        }
      }
    }
  }

  @Test(
    "CON-12: no change, or only of the last activity, leaves no trace in the audit log")
  func leavesNoTrace() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.action("same", "lead.updatelead", ["email": "1@example.com"]),
        E.action("active", "lead.updatelead", ["last_active": "2023-01-02 03:04:05"]),
      ])
      try await bed.add([1], to: campaign.id)
      #expect(try await Self.audit(bed).isEmpty)
      #expect(
        try await Self.text(bed, "SELECT last_active IS NULL FROM contacts WHERE id = 1") == "false"
      )
    }
  }

  @Test("PTS-01: an action that sets points writes the change into their log")
  func logsPoints() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.pool.query("UPDATE contacts SET points = 3 WHERE id = 1")
      let campaign = try await bed.campaign([
        E.action("set", "lead.updatelead", ["points": "10"]),
        E.action("clear", "lead.updatelead", ["_clear": ["points"]], under: "set", after: (1, "h")),
      ])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.run(for: 7_200)
      let rows = try await bed.pool.query(
        "SELECT contact_id || ' ' || type || ' ' || delta FROM points_log ORDER BY id")
      #expect(
        try rows.map { try $0.decode(at: 0, as: String.self) } == [
          "1 campaign 7", "2 campaign 10", "1 campaign -10", "2 campaign -10",
        ])
      #expect(try await bed.points(1) == 0)
    }
  }

  @Test("CON-26: choices no longer offered are removed by the change of another field")
  func dropsLostChoices() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let fields = FieldStore(pool: bed.pool)
      func choices(_ names: String...) -> JSONValue {
        .object([
          "list": .array(names.map { .object(["label": .string($0), "value": .string($0)]) })
        ])
      }
      var made: [Field] = []
      for (label, type) in [("One", FieldType.select), ("Many", .multiselect)] {
        var field = NewField(object: .contact, label: label, type: type)
        field.properties = choices("gold", "iron")
        made.append(try await fields.create(field, by: .system, now: bed.now))
      }
      try await bed.pool.query(
        "UPDATE contacts SET one = 'iron', many = '{gold,iron}' WHERE id = 1")
      for field in made {
        var edit = FieldEdit()
        edit.properties = choices("gold")
        _ = try await fields.update(field.id, edit, by: .system, now: bed.now)
      }
      try await bed.pool.query("UPDATE contacts SET one = 'gold' WHERE id = 2")
      let campaign = try await bed.campaign([
        E.action("set", "lead.updatelead", ["city": "Berlin"])
      ])
      try await bed.add([1, 2], to: campaign.id)
      let rows = try await bed.pool.query(
        "SELECT coalesce(one, '-') || ' ' || coalesce(many::text, '-') FROM contacts ORDER BY id")
      #expect(try rows.map { try $0.decode(at: 0, as: String.self) } == ["- {gold}", "gold -"])
    }
  }

  @Test("CON-30: if contacts have one company, campaigns set that one")
  func oneCompany() async throws {
    var settings = CampaignBed.localCalls
    settings.companies.allowsSeveral = false
    try await CampaignBed.with(settings: settings) { bed in
      try await bed.contacts(3)
      try await bed.pool.query(
        """
        INSERT INTO companies (id, companyname, date_added)
        SELECT n, 'Company ' || n, \(bed.now) FROM generate_series(1, 4) AS n
        """)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        let links = CompanyLinks(rules: CompanyRules(), in: transaction)
        _ = try await links.assign([1, 2, 3], to: [1])
      }
      let add = try await bed.campaign([
        E.action("add", "lead.addtocompany", ["company": .integer(2)])
      ])
      let set = try await bed.campaign([
        E.action("set", "lead.updatelead", ["company": "Company 3"])
      ])
      let move = try await bed.campaign([
        E.action("move", "lead.updatecompany", ["companyname": "Company 4"])
      ])
      try await bed.add([1], to: add.id)
      try await bed.add([2], to: set.id)
      try await bed.add([3], to: move.id)
      let rows = try await bed.pool.query(
        "SELECT contact_id || ' ' || company_id FROM contact_companies ORDER BY contact_id, company_id"
      )
      #expect(try rows.map { try $0.decode(at: 0, as: String.self) } == ["1 2", "2 3", "3 4"])
      // A change of the company is one of the contact (CON-12).
      #expect(try await Self.audit(bed) == [#"update {"company": ["Company 1", "Company 2"]}"#])
    }
  }

  @Test(
    "CON-39: a change of score applies to every company, once per contact, up to the limit"
  )
  func scoresCompanies() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      try await bed.pool.query(
        """
        INSERT INTO companies (id, companyname, score, date_added)
        VALUES (1, 'One', 0, \(bed.now)), (2, 'Two', 1999999995, \(bed.now)), (3, 'Three', 0, \(bed.now))
        """)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        let links = CompanyLinks(rules: CompanyRules(), in: transaction)
        _ = try await links.assign([1, 2], to: [1])
        _ = try await links.assign([1], to: [2])
      }
      let campaign = try await bed.campaign([
        E.action("score", "lead.scorecontactscompanies", ["score": .integer(7)])
      ])
      try await bed.add([1, 2, 3], to: campaign.id)
      let rows = try await bed.pool.query("SELECT score FROM companies ORDER BY id")
      #expect(try rows.map { try $0.decode(at: 0, as: Int.self) } == [14, 2_000_000_000, 0])
      #expect(
        try await bed.story(campaign.id, 3) == ["score#1 executed @0 (the contact has no company)"])
    }
  }

  @Test("CON-12, CON-26: a change of a company is logged, and removes its obsolete choices")
  func updatesCompanies() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.pool.query(
        """
        INSERT INTO companies (id, companyname, companycity, companyindustry, modified_by_user, date_added)
        VALUES (1, 'One', 'Rome', 'Alchemy', 'somebody', \(bed.now))
        """)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        _ = try await CompanyLinks(rules: CompanyRules(), in: transaction)
          .assign([1], to: [1])
      }
      let campaign = try await bed.campaign([
        E.action("set", "lead.updatecompany", ["companycity": "Berlin"])
      ])
      try await bed.add([1], to: campaign.id)
      #expect(
        try await Self.audit(bed, "company") == [
          #"update {"companycity": ["Rome", "Berlin"], "companyindustry": ["Alchemy", null]}"#
        ])
      #expect(
        try await Self.text(
          bed,
          "SELECT companyindustry IS NULL AND modified_by_user IS NULL FROM companies WHERE id = 1")
          == "true")
    }
  }

  @Test("CON-12: a change of owner is logged with its author; a deleted owner changes nothing")
  func changesOwners() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, password_hash, date_added)
        VALUES (7, 'ada', '', \(bed.now))
        """)
      try await bed.pool.query(
        "UPDATE contacts SET modified_by_user = 'somebody', owner_id = CASE WHEN id = 2 THEN 7 END")
      let campaign = try await bed.campaign([
        E.action("own", "lead.changeowner", ["owner": [.integer(7)]])
      ])
      try await bed.add([1, 2], to: campaign.id)
      #expect(try await Self.audit(bed) == [#"update {"owner": [null, 7]}"#])
      #expect(try await Self.audit(bed, "lead", 2).isEmpty)
      let rows = try await bed.pool.query(
        "SELECT owner_id || ' ' || coalesce(modified_by_user, '-') FROM contacts ORDER BY id")
      #expect(try rows.map { try $0.decode(at: 0, as: String.self) } == ["7 -", "7 somebody"])
    }
  }

  @Test("CON-34: an invalid company name fails permanently for its contact")
  func refusesCompanyNames() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.pool.query("UPDATE contacts SET address1 = repeat('x', 600) WHERE id = 1")
      try await bed.pool.query("UPDATE contacts SET address1 = 'Acme' WHERE id = 2")
      let campaign = try await bed.campaign([
        E.action("set", "lead.updatelead", ["company": "{contactfield=address1}"])
      ])
      try await bed.add([1, 2], to: campaign.id)
      #expect(try await Self.text(bed, "SELECT company FROM contacts WHERE id = 2") == "Acme")
      #expect(try await bed.story(campaign.id, 1).first?.hasPrefix("set#1 failed") == true)
    }
  }

  @Test("CAM-360: empty members leave values as they are, of contacts and of companies")
  func leavesByEmptyMembers() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.pool.query(
        """
        UPDATE contacts SET firstname = 'Anna', lastname = 'Alt', city = 'Ulm', points = 40,
          address1 = CASE id WHEN 1 THEN 'Weg 1' END
        """)
      let campaign = try await bed.campaign([
        E.action(
          "set", "lead.updatelead",
          [
            "lastname": "Neu", "firstname": "", "email": "", "points": "", "city": .null,
            "state": "  ", "mobile": [], "address2": "{contactfield=address1}",
          ]),
        E.action("company", "lead.updatelead", ["company": "Acme"]),
        E.action(
          "fill", "lead.updatecompany", ["companycity": "Bonn", "companyphone": "1"],
          after: (1, "h")),
        E.action(
          "leave", "lead.updatecompany",
          ["companycity": "", "companyphone": .null, "companyname": "", "companyzipcode": "9"],
          after: (2, "h")),
      ])
      try await bed.pool.query("UPDATE contacts SET address2 = 'kept' WHERE id = 2")
      try await bed.add([1, 2], to: campaign.id)
      try await bed.run(for: 8_000)
      let rows = try await bed.pool.query(
        """
        SELECT concat_ws(' ', firstname, lastname, city, points, email, address2) FROM contacts
        ORDER BY id
        """)
      #expect(
        try rows.map { try $0.decode(at: 0, as: String.self) } == [
          "Anna Neu Ulm 40 1@example.com Weg 1", "Anna Neu Ulm 40 2@example.com kept",
        ])
      #expect(
        try await Self.text(
          bed, "SELECT concat_ws(' ', companycity, companyphone, companyzipcode) FROM companies")
          == "Bonn 1 9")
    }
  }

  @Test("CAM-360: what _clear names is erased, of contacts and of companies")
  func clears() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.pool.query("UPDATE contacts SET city = 'Ulm', points = 3, firstname = 'Anna'")
      let campaign = try await bed.campaign([
        E.action("company", "lead.updatelead", ["company": "Acme"]),
        E.action("fill", "lead.updatecompany", ["companycity": "Bonn"], after: (1, "h")),
        E.action("empty", "lead.updatecompany", ["_clear": ["companycity"]], after: (2, "h")),
        E.action(
          "clear", "lead.updatelead", ["_clear": ["city", "points", "company"], "city": "Rome"],
          after: (3, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 12_000)
      #expect(
        try await Self.text(
          bed, "SELECT concat_ws(' ', firstname, city, points, company) FROM contacts") == "Anna 0")
      #expect(try await Self.text(bed, "SELECT companycity IS NULL FROM companies") == "true")
      for (member, value) in [
        ("_clear", ["nothing"] as JSONValue), ("_clear", .integer(1)), ("other", ""),
      ] {
        await #expect(throws: CampaignError.self) {
          try await bed.campaign([E.action("set", "lead.updatelead", [member: value])])
        }
      }
      await #expect(throws: CampaignError.self) {
        try await bed.campaign([
          E.action("set", "lead.updatecompany", ["_clear": ["companyname"]])
        ])
      }
    }
  }

  @Test("CAM-455: dates in the words of filters count from the moment of execution")
  func relativeDates() async throws {
    var settings = CampaignBed.localCalls
    settings.timeZone = try #require(TimeZone(identifier: "Europe/Berlin"))
    try await CampaignBed.with(settings: settings) { bed in
      try await bed.contacts(1)
      let fields = FieldStore(pool: bed.pool)
      for (label, type) in [("Birthday", FieldType.date), ("Seen", .datetime), ("Due", .datetime)] {
        _ = try await fields.create(
          NewField(object: .contact, label: label, type: type), by: .system, now: bed.now)
      }
      let campaign = try await bed.campaign([
        E.action(
          "set", "lead.updatelead",
          [
            "birthday": "today", "seen": "now", "due": "+3 days",
            "city": "{date=first day of next month} {datetime=now} {date=soon}",
            "firstname": "today",
          ]),
        E.action(
          "later", "lead.updatelead",
          ["birthday": "last month", "seen": "tomorrow", "due": "{datetime=now}"], after: (1, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      let seen: SQL = """
        SELECT concat_ws('|', birthday, seen, due, city, firstname) FROM contacts WHERE id = 1
        """
      // 10:00 UTC on 2023-11-15 is 11:00 in Berlin.
      #expect(
        try await Self.text(bed, seen)
          == "2023-11-15|2023-11-15 10:00:00+00|2023-11-18 10:00:00+00|"
          + "2023-12-01 2023-11-15 10:00:00 {date=soon}|today")
      try await bed.run(for: 3_600)
      #expect(
        try await Self.text(bed, "SELECT concat_ws('|', birthday, seen, due) FROM contacts")
          == "2023-10-01|2023-11-15 23:00:00+00|2023-11-15 11:00:00+00")
      await #expect(throws: CampaignError.self) {
        try await bed.campaign([E.action("set", "lead.updatelead", ["birthday": "Today"])])
      }
    }
  }
}
