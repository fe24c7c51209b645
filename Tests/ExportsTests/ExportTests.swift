import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing
import Users

@testable import Exports

/// The content and format of exports (import-export.md part B).
@Suite struct ExportTests {
  @Test("EXP-09: id and all published fields, headed by their aliases")
  func allColumns() async throws {
    try await ExportBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query("UPDATE fields SET is_published = false WHERE alias = 'fax'")
      let lines = try await bed.csv(ExportOptions())
      #expect(lines.count == 3)
      #expect(lines[0].hasPrefix("id,title,firstname,lastname,company,position,email,mobile,"))
      #expect(!lines[0].contains("fax"))
      #expect(lines[1].hasPrefix("1,,Name 1,,,,user1@example.com,"))
    }
  }

  @Test("EXP-10: each type has its form, instants in UTC, missing values empty")
  func values() async throws {
    try await ExportBed.with { bed in
      let store = bed.fields
      for (alias, type) in [
        ("vip", FieldType.boolean), ("colours", .multiselect), ("born", .date), ("rating", .number),
      ] {
        var field = NewField(label: alias, type: type)
        field.properties = Self.options(type)
        _ = try await store.create(field, by: .system, now: Date())
      }
      try await bed.person([
        "firstname": "Ada, \"Countess\"\nof Lovelace", "points": "-5", "attribution": "1234567.50",
        "attribution_date": "2024-03-01 10:30:00.9+01", "vip": "true", "colours": "{red,blue}",
        "born": "1815-12-10", "rating": "0.1",
      ])
      try await bed.person(["vip": "false"])
      let columns = [
        "firstname", "points", "attribution", "attribution_date", "vip", "colours", "born",
        "rating",
      ]
      let lines = try await bed.csv(ExportOptions(columns: columns))
      #expect(lines[0] == columns.joined(separator: ","))
      #expect(
        lines[1] == "\"Ada, \"\"Countess\"\"\nof Lovelace\",-5,1234567.50,2024-03-01 09:30:00,1,"
          + "red|blue,1815-12-10,0.1")
      #expect(lines[2] == ",0,,,0,,,")

      let json = try await bed.exporting(ExportOptions(format: .jsonl, columns: columns))
      let text = String(decoding: json.file, as: UTF8.self).split(separator: "\n")
      #expect(
        text[1] == #"{"firstname":null,"points":0,"attribution":null,"attribution_date":null,"#
          + #""vip":false,"colours":null,"born":null,"rating":null}"#)
      #expect(
        text[0].hasSuffix(#""vip":true,"colours":["red","blue"],"born":"1815-12-10","rating":0.1}"#)
      )
    }
  }

  private static func options(_ type: FieldType) -> Primitives.JSONValue {
    switch type {
    case .multiselect: .object(["list": .array([.string("red"), .string("blue")])])
    case .boolean: .object(["yes": .string("Yes"), "no": .string("No")])
    default: .array([])
    }
  }

  @Test("Attributes that are not fields are exported when named, under the import's names")
  func attributes() async throws {
    try await ExportBed.with { bed in
      let id = try await bed.person(["email": "a@example.com"])
      try await bed.pool.query(
        """
        WITH stage AS (
          INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, now()) RETURNING id),
        tag AS (
          INSERT INTO tags (tag, date_added) VALUES ('b', now()), ('a', now()) RETURNING id),
        link AS (INSERT INTO contact_tags SELECT \(id), id FROM tag),
        barred AS (
          INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
          VALUES (\(id), 'email', 3, now()))
        UPDATE contacts SET stage_id = (SELECT id FROM stage) WHERE id = \(id)
        """)
      let columns = ["email", "stage", "tags", "owner", "doNotEmail", "dateAdded", "ip"]
      let lines = try await bed.csv(ExportOptions(columns: columns))
      #expect(
        lines == [columns.joined(separator: ","), "a@example.com,Lead,a|b,,1,2024-01-01 00:00:00,"])
      let json = try await bed.exporting(
        ExportOptions(format: .jsonl, columns: ["tags", "doNotEmail"]))
      #expect(
        String(decoding: json.file, as: UTF8.self)
          == "{\"tags\":[\"a\", \"b\"],\"doNotEmail\":true}\n")
    }
  }

  @Test(
    "An unknown or repeated column is refused by name", arguments: ["nosuch", "email"])
  func badColumn(_ name: String) async throws {
    try await ExportBed.with { bed in
      try await bed.people(1)
      let error = await #expect(throws: ExportError.self) {
        try await bed.service.create(ExportOptions(columns: ["email", name]), by: ExportBed.user)
      }
      #expect(error?.field == "columns")
      #expect(error?.message.contains("\"\(name)\"") == true)
      #expect(try await bed.pool.query("SELECT FROM exports").isEmpty)
      #expect(try await bed.pool.query("SELECT FROM jobs").isEmpty)
    }
  }

  @Test("EXP-06, EXP-22: search, where, ids and order; case 1")
  func selections() async throws {
    try await ExportBed.with { bed in
      for (city, points) in [("Berlin", "1"), ("Paris", "2"), ("Berlin", "3"), ("Berlin", "2")] {
        try await bed.person(["city": city, "points": points])
      }
      func ids(_ selection: ContactSelection, orderBy: String? = nil, _ dir: String? = nil)
        async throws -> [String]
      {
        Array(
          try await bed.csv(
            ExportOptions(
              selection: selection, columns: ["id"], orderBy: orderBy, orderByDir: dir)
          ).dropFirst())
      }
      #expect(try await ids(ContactSelection(search: "city:berlin")) == ["1", "3", "4"])
      #expect(
        try await ids(ContactSelection(search: "city:berlin"), orderBy: "points", "DESC")
          == ["3", "4", "1"])
      #expect(try await ids(ContactSelection(ids: [4, 2, 99])) == ["2", "4"])
      #expect(try await ids(ContactSelection(search: "city:berlin", ids: [1, 2])) == ["1"])
      #expect(try await ids(ContactSelection(), orderBy: "id", "desc") == ["4", "3", "2", "1"])
    }
  }

  @Test("EXP-06, case 5: anonymous visitors are left out unless the search asks for them")
  func visitors() async throws {
    try await ExportBed.with { bed in
      try await bed.person(["email": "a@example.com"])
      let visitor = try await bed.person([:], known: false)
      #expect(try await bed.csv(ExportOptions(columns: ["id"])) == ["id", "1"])
      let asked = ExportOptions(
        selection: ContactSelection(search: "is:anonymous"), columns: ["id"])
      #expect(try await bed.csv(asked) == ["id", "\(visitor)"])
    }
  }

  @Test(
    "EXP-07, EXP-23, case 4: members added manually are in a segment's export, barred ones are not")
  func segments() async throws {
    try await ExportBed.with { bed in
      try await bed.people(3)
      try await bed.pool.query(
        """
        WITH segment AS (INSERT INTO segments (name, public_name, alias, date_added)
          VALUES ('VIP', 'VIP', 'vip', now()) RETURNING id)
        INSERT INTO segment_members
          (contact_id, segment_id, manually_added, manually_removed, date_added)
        SELECT n, id, n = 2, n = 3, now() FROM segment, generate_series(1, 3) AS n
        """)
      for selection in [ContactSelection(segment: 1), ContactSelection(search: "segment:vip")] {
        let lines = try await bed.csv(ExportOptions(selection: selection, columns: ["id"]))
        #expect(lines == ["id", "1", "2"])
      }
      await #expect(
        throws: ExportError(.invalid, "segment: there is no segment 9", field: "segment")
      ) {
        try await bed.service.create(
          ExportOptions(selection: ContactSelection(segment: 9)), by: ExportBed.user)
      }
    }
  }

  @Test("EXP-12: formulas are neutralised, and the export has their number")
  func formulas() async throws {
    try await ExportBed.with { bed in
      try await bed.person(["firstname": "=HYPERLINK(\"http://x\")", "points": "-3"])
      let options = ExportOptions(columns: ["firstname", "points"])
      let made = try await bed.exporting(options)
      #expect(
        String(decoding: made.file, as: UTF8.self)
          == "firstname,points\r\n\"'=HYPERLINK(\"\"http://x\"\")\",-3\r\n")
      #expect(made.export.options.neutralises)
      #expect(made.export.neutralisedCount == 1)
      let raw = try await bed.exporting(ExportOptions(columns: ["firstname", "points"], raw: true))
      #expect(String(decoding: raw.file, as: UTF8.self).contains("\n\"=HYPERLINK"))
      #expect(!raw.export.options.neutralises)
      #expect(raw.export.neutralisedCount == 0)
    }
  }

  @Test("EXP-11: a byte-order mark and gzip on request")
  func forms() async throws {
    try await ExportBed.with { bed in
      try await bed.people(3)
      let marked = try await bed.exporting(
        ExportOptions(columns: ["email"], byteOrderMark: true))
      #expect(Array(marked.file.prefix(3)) == [0xEF, 0xBB, 0xBF])
      let packed = try await bed.exporting(ExportOptions(columns: ["email"], gzip: true))
      #expect(packed.export.fileName.hasSuffix(".csv.gz"))
      #expect(
        try Archive.gunzip(packed.file)
          == "email\r\nuser1@example.com\r\nuser2@example.com\r\nuser3@example.com\r\n")
      await #expect(throws: ExportError.self) {
        try await bed.service.create(
          ExportOptions(format: .xlsx, gzip: true), by: ExportBed.user)
      }
      await #expect(throws: ExportError.self) {
        try await bed.service.create(
          ExportOptions(format: .jsonl, byteOrderMark: true), by: ExportBed.user)
      }
    }
  }

  @Test("EXP-21: a workbook has as many sheets as needed, without a limit")
  func workbook() async throws {
    var settings = ExportSettings()
    settings.rowsPerSheet = 1_000
    settings.partBytes = 10_000
    try await ExportBed.with(settings) { bed in
      try await bed.people(2_500)
      let made = try await bed.exporting(ExportOptions(format: .xlsx, columns: ["id", "email"]))
      #expect(made.export.status == .ready, "\(String(describing: made.export.error))")
      #expect(made.export.rowCount == 2_500)
      let last = try Sheet(3, of: made.file)
      #expect(last.rows.count == 501)
      #expect(last.rows.last == ["A": "2500", "B": "user2500@example.com"])
    }
  }

  @Test("EXP-14: the file is one state of the database, whatever happens while it is written")
  func snapshot() async throws {
    var settings = ExportSettings()
    settings.batchBytes = 16_384
    settings.partBytes = 16_384
    try await ExportBed.with(settings) { bed in
      try await bed.people(40_000)
      let export = try await bed.service.create(
        ExportOptions(columns: ["id", "email", "firstname"]), by: ExportBed.user)
      let done = try await bed.working {
        _ = try await eventually(within: .seconds(30)) {
          try await bed.service.store.get(export.id).processedCount > 0
        }
        // All are renamed, half are deleted, others are added.
        try await bed.pool.query("UPDATE contacts SET firstname = 'changed'")
        try await bed.pool.query("DELETE FROM contacts WHERE id % 2 = 0")
        try await bed.person(["email": "new@example.com"])
        return try await bed.ended(export.id)
      }
      #expect(done.rowCount == 40_000)
      let lines = String(decoding: try await bed.file(done.id), as: UTF8.self)
        .components(separatedBy: "\r\n")
      #expect(lines.count == 40_002)
      #expect(!lines.contains { $0.hasSuffix("changed") })
      #expect(lines[40_000] == "40000,user40000@example.com,Name 40000")
      #expect(done.fileSize == Int64(lines.joined(separator: "\r\n").utf8.count))
    }
  }

  @Test("EXP-18: request and completion are audited with user, filter and count")
  func audit() async throws {
    try await ExportBed.with { bed in
      try await bed.people(3)
      let query: Primitives.JSONValue = .object(["search": .string("name:x or user")])
      _ = try await bed.exporting(
        ExportOptions(selection: ContactSelection(search: "user1 or user2"), query: query))
      let rows = try await bed.pool.query(
        """
        SELECT action, user_id, details->'query'->>'search' AS search, details->>'count' AS count
        FROM audit_log WHERE object = 'export' ORDER BY id
        """)
      let lines = try rows.map { row in
        "\(try row.decode("action", as: String.self)) \(try row.decode("user_id", as: Int64.self)) "
          + "\(try row.decode("search", as: String?.self) ?? "-") "
          + "\(try row.decode("count", as: String?.self) ?? "-")"
      }
      #expect(lines == ["create 7 name:x or user -", "ready 7 name:x or user 2"])
    }
  }
}
