import Foundation
import Postgres
import Testing

@testable import API

@Suite("/api/contacts")
struct ContactsAPITests {
  /// Three contacts, the first with every kind of related record.
  private static func fill(_ pool: PostgresPool) async throws {
    try await pool.withConnection { connection in
      try await connection.execute(
        script: """
          INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, '2024-01-01Z');
          INSERT INTO contacts (id, date_added, created_by, created_by_user, points, owner_id, stage_id,
              date_identified, last_active, firstname, email, city, attribution, attribution_date)
            VALUES (31, '2024-03-01 09:30Z', 1, 'Ada Admin', 3, 1, 1, '2024-03-01 09:30Z', NULL,
              'Kim', 'kim@example.com', 'Tokyo', 12.5, '2024-03-04 05:06:07Z');
          INSERT INTO contacts (id, date_added, firstname, email, city, last_active, date_identified)
            VALUES (32, '2024-03-02Z', 'Lee & "Sons"', 'lee@example.com', 'Oslo', '2024-05-01Z', '2024-03-02Z'),
              (33, '2024-03-03Z', NULL, NULL, NULL, '2024-04-01Z', NULL);
          INSERT INTO tags (tag, date_added) VALUES ('vip', '2024-01-01Z');
          INSERT INTO contact_tags (contact_id, tag_id) VALUES (31, 1);
          INSERT INTO ip_addresses (address, date_added) VALUES ('203.0.113.9', '2024-03-01Z');
          INSERT INTO contact_ips (contact_id, ip_id, date_added) VALUES (31, 1, '2024-03-01Z');
          INSERT INTO do_not_contact (contact_id, channel, reason, comments, date_added)
            VALUES (31, 'email', 2, '', '2024-03-02 10:00Z');
          INSERT INTO segments (name, public_name, alias, date_added)
            SELECT s, s, s, '2024-01-01Z' FROM unnest(ARRAY['early', 'late']) AS s;
          INSERT INTO segment_members (contact_id, segment_id, date_added)
            SELECT c, s.id, '2024-01-01Z' FROM segments s, generate_series(31, 32) AS c
            WHERE s.alias = 'early' OR c = 32;
          INSERT INTO import_rows (contact_id, import_id, row_number, action)
            VALUES (31, 1, 1, 1), (32, 1, 2, 2);
          """)
    }
  }

  @Test("One contact, exactly")
  func entity() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed.pool)
      let response = try await bed.server.request("GET", "/api/contacts/31")
      #expect(response.status == 200)
      let text = response.text
      #expect(
        text.hasPrefix(
          #"{"contact":{"isPublished":true,"dateAdded":"2024-03-01T09:30:00+00:00","dateModified":null,"#
            + #""createdBy":1,"createdByUser":"Ada Admin","modifiedBy":null,"modifiedByUser":null,"#
            + #""id":31,"points":3,"color":null,"fields":{"core":{"title":{"id":""#))
      #expect(
        text.contains(
          #""label":"First Name","alias":"firstname","type":"text","group":"core","object":"lead","#
            + #""is_fixed":"1","properties":[],"default_value":null,"value":"Kim","normalizedValue":"Kim"}"#
        ))
      #expect(text.contains(#""personal":[],"professional":[],"all":{"id":31,"title":null,"#))
      #expect(text.contains(#""attribution_date":"2024-03-04 05:06:07","attribution":12.5,"#))
      #expect(
        text.hasSuffix(
          #""lastActive":null,"owner":{"id":1,"username":"admin","firstName":"Ada","lastName":"Admin"},"#
            + #""ipAddresses":{"203.0.113.9":{"ipAddress":"203.0.113.9","id":1,"ipDetails":{"city":"","#
            + #""region":"","zipcode":"","country":"","latitude":"","longitude":"","isp":"","#
            + #""organization":"","timezone":"","extra":""}}},"#
            + #""tags":[{"id":1,"tag":"vip","description":null}],"utmtags":[],"#
            + #""stage":{"id":1,"name":"Lead","category":null,"weight":1,"description":null},"#
            + #""dateIdentified":"2024-03-01T09:30:00+00:00","preferredProfileImage":"gravatar","#
            + #""doNotContact":[{"id":1,"dateAdded":"2024-03-02T10:00:00+00:00","reason":2,"#
            + #""comments":"","channel":"email","channelId":null}],"frequencyRules":[]}}"#))
      let empty = try await bed.server.request("GET", "/api/contacts/33").text
      #expect(empty.contains(#""ipAddresses":[],"tags":[],"utmtags":[],"stage":null,"#))
      #expect(try await bed.server.request("GET", "/api/contacts/99").error["code"] == 404)
    }
  }

  @Test("Lists: a total in digits, an object keyed by id, in the order of the result")
  func lists() async throws {
    try await APIBed.with { bed in
      let none = try await bed.server.request("GET", "/api/contacts")
      #expect(none.text == #"{"total":"0","contacts":{}}"#)
      try await Self.fill(bed.pool)
      func ids(_ query: String) async throws -> [String] {
        let response = try await bed.server.request("GET", "/api/contacts?\(query)")
        #expect(response.status == 200, "\(query): \(response.text)")
        return response.json["contacts"]?.asObject?.keys ?? []
      }
      #expect(try await ids("") == ["32", "33", "31"])
      #expect(try await ids("orderBy=id") == ["31", "32", "33"])
      #expect(try await ids("orderBy=l.dateAdded&orderByDir=desc") == ["33", "32", "31"])
      #expect(try await ids("order[0][col]=email&order[0][dir]=DESC") == ["32", "31", "33"])
      #expect(try await ids("orderBy=id&start=1&limit=1") == ["32"])
      #expect(try await ids("limit=0") == ["32", "33", "31"])
      let unknown = try await bed.server.request("GET", "/api/contacts?orderBy=nothing")
      #expect(unknown.status == 400)
    }
  }

  private static let filters: [(query: String, expected: [String])] = [
    ("where[0][col]=email&where[0][expr]=eq&where[0][val]=KIM@example.com", ["31"]),
    ("where[0][col]=id&where[0][expr]=in&where[0][val]=31,33", ["31", "33"]),
    ("where[0][col]=id&where[0][expr]=in&where[0][val][]=32", ["32"]),
    ("where[0][col]=email&where[0][expr]=isNotEmpty", ["31", "32"]),
    ("where[0][col]=l.dateAdded&where[0][expr]=gte&where[0][val]=2024-03-02", ["32", "33"]),
    ("where[0][col]=firstname&where[0][expr]=like&where[0][val]=k%25", ["31"]),
    (
      "where[0][expr]=orX&where[0][val][0][col]=city&where[0][val][0][expr]=eq&where[0][val][0][val]=oslo"
        + "&where[0][val][1][col]=points&where[0][val][1][expr]=gt&where[0][val][1][val]=2",
      ["31", "32"]
    ),
    ("where[0][col]=points&where[0][expr]=between&where[0][val][]=1&where[0][val][]=5", ["31"]),
    ("where[0][col]=date_Added&where[0][expr]=gte&where[0][val]=2024-03-02", ["32", "33"]),
    ("search=ids:31,33", ["31", "33"]),
    ("search=import_action:inserted", ["31"]),
    ("search=import_action:updated", ["32"]),
    ("search=common:early%2Blate", ["32"]),
    ("search=common:early", ["31", "32"]),
    ("search=city:Tok", ["31"]),
    ("search=example", ["31", "32"]),
    ("search=%2Bexample", []),
    ("search=tag:vip", ["31"]),
    ("search=!tag:vip", ["32", "33"]),
    ("search=is:anonymous", ["33"]),
    ("search=(city:Oslo OR is:mine)".replacing(" ", with: "%20"), ["31", "32"]),
    ("search=dnc:email%20email:kim", ["31"]),
    ("search=%22lee%20%26%22", ["32"]),
    ("search=kim&where[0][col]=id&where[0][expr]=eq&where[0][val]=32", []),
    ("search=unknown:command", []),
  ]

  @Test("where and search")
  func filters() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed.pool)
      for (query, expected) in Self.filters {
        let response = try await bed.server.request("GET", "/api/contacts?orderBy=id&\(query)")
        #expect(response.status == 200, "\(query): \(response.text.prefix(300))")
        #expect((response.json["contacts"]?.asObject?.keys ?? []) == expected, "\(query)")
        #expect(response.json["total"] == .string(String(expected.count)), "\(query)")
      }
    }
  }

  private static let senseless = [
    "where[0][col]=nothing&where[0][expr]=eq", "where[0][col]=id", "where[0][expr]=eq",
    "where[0][col]=id&where[0][expr]=eq&where[0][val]=x",
    "where[0][col]=date_added&where[0][expr]=lt&where[0][val]=soon",
    "where[0][col]=id&where[0][expr]=sounds&where[0][val]=x",
    "where[0][col]=id&where[0][expr]=between&where[0][val]=1",
    "where[0][col]=id%22;drop%20table%20contacts&where[0][expr]=eq",
  ]

  @Test("Conditions that make no sense are 400")
  func senseless() async throws {
    try await APIBed.with { bed in
      for query in Self.senseless {
        let response = try await bed.server.request("GET", "/api/contacts?\(query)")
        #expect(response.status == 400, "\(query)")
      }
    }
  }

  @Test("minimal and select show less")
  func views() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed.pool)
      let minimal = try await bed.server.request("GET", "/api/contacts/31?minimal=1").json[
        "contact"]
      #expect(
        minimal?.asObject?.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "points", "color", "fields",
        ])
      let selected = try await bed.server.request(
        "GET", "/api/contacts/31?select[]=points&select[]=color&select[]=email")
      #expect(
        selected.text.hasPrefix(
          #"{"contact":{"id":31,"points":3,"fields":{"core":{"email":{"id":""#))
      #expect(
        selected.text.hasSuffix(
          #""social":[],"personal":[],"professional":[],"all":{"id":31,"email":"kim@example.com"}}}}"#
        ))
    }
  }

  @Test("The fields of contacts, without an envelope")
  func fields() async throws {
    try await APIBed.with { bed in
      let json = try await bed.server.request("GET", "/api/contacts/list/fields").json
      let first = json.asObject?.members.first?.value
      #expect(
        first?.asObject?.keys == ["id", "label", "alias", "type", "group", "order", "object"])
      #expect(json.asObject?.members.contains { $0.value["alias"] == "email" } == true)
    }
  }
}
