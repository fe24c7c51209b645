import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import API

/// Own exports imported again (EXP-10).
@Suite struct RoundTripTests {
  /// Texts that look like marks of files, formulas, other values or markup.
  private static let hostile = [
    "NULL", "null", "'NULL", "=1+1", "'=1+1", "''=1+1", "+49 30 1", "'+49", "-", "'-", "'--",
    "@home",
    "'@home", "'", "''", "'a", "a'=", "a,b", "a;b", "a|b", "a\tb", "\"", "\"\"", "a\"b", "'\"=",
    "two\nlines", "two\r\nlines", "back\\slash", "\\", "\\N", "0", "00", "1e5", "TRUE",
    "2024-01-02",
    "1/2/2024", "x<y", "Max <max@acme.test>", "<http://x.test/>", "R&R", "&amp;", "%", "#", "#N/A",
    "sep=;", "日本", "é", "e\u{301}", "🦆", "'=\tx", "'\tx", "a\u{b}b", "{a,b}", "[\"a\"]",
    "4.9E+11", "45306", "Total", "UNSUB_TIME", "a@x.test; b@x.test", "\"VIP\",\"Customer\"",
    "1.234,56", "1,234.56", "👩‍👩‍👧", "مرحبا", "\"'=1\"", String(repeating: "'", count: 60),
  ]

  private static let instants = [
    "2020-02-02 20:49:59+00", "2024-10-27 00:30:00+00", "2024-10-27 01:30:00+00",
    "2024-03-31 01:00:00+00", "1901-01-01 00:00:00+00", "2999-12-31 23:59:59+00",
    "1969-12-31 23:59:59+00", "2024-06-15 12:00:00+00",
  ]

  @Test(
    "EXP-10: an own export imported again changes nothing, with raw or not, whatever the zone and the values",
    arguments: ["GMT", "Europe/Paris", "America/New_York", "Asia/Kolkata", "any", "any other"],
    [true, false])
  func changesNothing(place: String, raw: Bool) async throws {
    let seed = TestVariable.number("MARTLET_TEST_SEED") ?? UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let zones = TimeZone.knownTimeZoneIdentifiers.sorted()
    let zone =
      place.hasPrefix("any") ? try #require(zones.randomElement(using: &random)) : place
    var rows: [[String: String?]] = []
    for number in 0..<100 {
      var row: [String: String?] = ["email": "user\(number)@own.test"]
      func hostile(_ fields: String...) {
        for field in fields {
          row[field] =
            number < Self.hostile.count && field == "lastname"
            ? Self.hostile[number] : Self.hostile.randomElement(using: &random)
        }
      }
      hostile(
        "firstname", "lastname", "mobile", "city", "a_text", "a_textarea", "a_lookup", "a_tel")
      row["a_html"] = ["<p>x <b>y</b></p>", "'=1", "NULL", "a &lt; b", "=1"].randomElement(
        using: &random)
      row["a_number"] = [
        "-5", "0", "1234567.5", "-0.25", "1e-7", "1.234", "-1234.5678901", "1000",
      ].randomElement(using: &random)
      row["a_boolean"] = ["true", "false"].randomElement(using: &random)
      row["a_select"] = ["=gold", "NULL", "a,b", "'=x", "'"].randomElement(using: &random)
      row["a_multiselect"] = ["{=x}", "{NULL}", "{a,b}", "{'=x,a}", "{'NULL',b}"]
        .randomElement(using: &random)
      row["a_date"] = ["2020-02-29", "1890-01-01", "2999-12-31"].randomElement(using: &random)
      row["a_datetime"] = Self.instants.randomElement(using: &random)
      row["a_time"] = ["00:00:00", "23:59:59"].randomElement(using: &random)
      row["a_url"] = ["http://x.test/?a=1&b=2", "x.test", "'=x"].randomElement(using: &random)
      row["a_country"] = ["Germany", "Côte d'Ivoire"].randomElement(using: &random)
      row["a_timezone"] = "Europe/Paris"
      row["a_locale"] = "pt_BR"
      row["a_region"] = Self.hostile.randomElement(using: &random)
      row["last_active"] = Self.instants.randomElement(using: &random)
      for field in row.keys where field != "email" && Int.random(in: 0..<10, using: &random) == 0 {
        row[field] = .some(nil)
      }
      rows.append(row)
    }
    let people = rows
    try await APIBed.with(
      withWorker: true, timeZone: try #require(TimeZone(identifier: zone))
    ) { bed in
      try await Self.addFields(bed)
      for (number, row) in people.enumerated() { try await Self.insert(row, number, bed) }
      let dump: @Sendable () async throws -> [String] = {
        try await bed.texts(
          """
          SELECT row_to_json(c)::text || coalesce((SELECT string_agg(t.tag, '|' ORDER BY t.tag)
            FROM contact_tags l JOIN tags t ON t.id = l.tag_id WHERE l.contact_id = c.id), '')
          FROM contacts c ORDER BY id
          """)
      }
      let before = try await dump()
      let fields = try await bed.fields.current().contact.map(\.alias)
      let columns =
        ["id"] + fields + [
          "tags", "stage", "doNotEmail", "dateAdded", "dateModified", "dateIdentified",
        ]
      let body: API.JSONValue = [
        "raw": .bool(raw), "columns": .array(columns.map(API.JSONValue.string)),
        "delimiter": .string([",", ";", "\t", "|"].randomElement() ?? ","),
      ]
      let created = try await bed.call(
        "POST", "/exports/new", String(decoding: body.rendered, as: UTF8.self))
      #expect(created.status == 202, "\(created.text)")
      _ = try await eventually(within: .seconds(60)) {
        try await bed.call("GET", "/exports/1").json["export"]?["statusName"] == "ready"
      }
      let file = try await bed.server.request("GET", "/api/exports/1/download")
      let sent = try await bed.server.request(
        "POST", "/api/imports?originalFile=again.csv", headers: ["Content-Type: text/csv"],
        body: file.body)
      #expect(sent.status == 202, "\(sent.text)")
      let end = try await bed.end(of: 1)
      #expect(
        end["updatedCount"] == .int(people.count) && end["ignoredCount"] == 0, "seed \(seed) \(end)"
      )
      let after = try await dump()
      for (old, new) in zip(before, after) {
        #expect(old == new, "zone \(zone), raw \(raw), seed \(seed)")
      }
      #expect(before.count == after.count)
    }
  }

  private static func addFields(_ bed: APIBed) async throws {
    for type in FieldType.allCases where type != .email {
      try await bed.addField("a \(type.rawValue)", type) { field in
        switch type {
        case .select: field.properties = choices("=gold", "NULL", "a,b", "'=x", "'")
        case .multiselect: field.properties = choices("=x", "NULL", "a", "b", "'=x", "'NULL'")
        case .boolean: field.properties = .object(["no": .string("No"), "yes": .string("Yes")])
        case .number: field.properties = .object(["scale": .integer(7)])
        default: break
        }
      }
    }
  }

  private static func insert(_ row: [String: String?], _ number: Int, _ bed: APIBed) async throws {
    var columns: [SQL] = ["date_added", "date_modified", "date_identified"]
    var values: [SQL] = ["'2024-05-01 22:30:00+00'", "NULL", "'2024-10-27 00:30:00+00'"]
    for (name, value) in row {
      guard let value, let field = try await bed.fields.current()[name] else { continue }
      columns.append("\(identifier: name)")
      values.append("\(value)::text::\(sql: SQL(unsafeText: field.columnType))")
    }
    try await bed.pool.query(
      """
      INSERT INTO contacts (\(sql: columns.joined(separator: ", ")))
      VALUES (\(sql: values.joined(separator: ", ")))
      """)
    guard number % 5 == 0 else { return }
    let tag = [
      "=tag", "NULL", "'=x", "-", "\"VIP\",\"Customer\"", "a,b;c", "''x",
    ][number / 5 % 7]
    try await bed.pool.query(
      """
      WITH t AS (
        INSERT INTO tags (tag, date_added) VALUES (\(tag), now()) ON CONFLICT (tag) DO UPDATE SET tag = excluded.tag
        RETURNING id
      )
      INSERT INTO contact_tags (contact_id, tag_id)
      SELECT (SELECT max(id) FROM contacts), id FROM t
      """)
  }
}
