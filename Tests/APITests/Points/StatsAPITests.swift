import Campaigns
import Mail
import Points
import Segments
import TestSupport
import Testing

import struct Contacts.StatsTable

@testable import API

@Suite("/api/stats (API page, 8.14)") struct StatsAPITests {
  private static let tables = """
    asset_downloads audit_log campaign_lead_event_log campaign_leads channel_url_trackables \
    companies_leads dynamic_content_lead_data dynamic_content_stats email_stat_replies email_stats \
    email_stats_devices focus_stats form_submissions ip_addresses lead_categories \
    lead_companies_change_log lead_devices lead_donotcontact lead_event_log lead_frequencyrules \
    lead_lists_leads lead_points_change_log lead_stages_change_log lead_utmtags page_hits \
    page_redirects point_lead_action_log point_lead_event_log push_notification_stats \
    sms_message_stats stage_lead_action_log tweet_stats video_hits webhook_logs
    """

  /// The tables as their modules describe them.
  private static let described =
    StatsTable.contacts + StatsTable.segments + StatsTable.points + StatsTable.mail
    + StatsTable.campaigns + StatsTable.absent

  @Test("Exactly 34 tables, columns in alphabetical order; an unknown table gets the same answer")
  func overview() async throws {
    try await APIBed.with { (bed) async throws in
      let names = Self.tables.split(separator: " ").map(String.init)
      #expect(names.count == 34)
      let answer = try await bed.send("GET", "/api/stats").json
      #expect(answer["availableTables"] == .array(names.map(JSONValue.string)))
      #expect(answer["tableColumns"]?.asObject?.keys == names)
      for (name, columns) in answer["tableColumns"]?.asObject?.members ?? [] {
        let columns = columns.elements?.compactMap(\.text) ?? []
        #expect(columns == columns.sorted() && Set(columns).count == columns.count, "\(name)")
      }
      #expect(
        answer["tableColumns"]?["lead_points_change_log"] == [
          "action_name", "date_added", "delta", "event_name", "id", "ip_id", "lead_id", "type",
        ])
      #expect(try await bed.send("GET", "/api/stats/users").json == answer)
    }
  }

  @Test("Every table is read, its rows have all columns, every value a text or null")
  func readsAll() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.fillStats()
      let filled: Set = [
        "audit_log", "campaign_lead_event_log", "campaign_leads", "channel_url_trackables",
        "companies_leads", "email_stat_replies", "email_stats", "ip_addresses", "lead_categories",
        "lead_devices",
        "lead_donotcontact", "lead_event_log", "lead_frequencyrules", "lead_lists_leads",
        "lead_points_change_log", "lead_stages_change_log", "lead_utmtags",
        "page_redirects", "point_lead_action_log", "point_lead_event_log",
      ]
      for table in Self.described {
        let answer = try await bed.send("GET", "/api/stats/\(table.name)").json
        let rows = try #require(answer["stats"]?.elements, "\(table.name)")
        #expect(answer["errors"] == nil)
        #expect(answer["total"] == .string(String(rows.count)), "\(table.name)")
        #expect(rows.isEmpty != filled.contains(table.name), "\(table.name)")
        for row in rows {
          #expect(row.asObject?.keys == table.columns.map(\.name))
          for (column, value) in row.asObject?.members ?? [] {
            #expect(value == .null || value.isText, "\(table.name).\(column): \(value)")
          }
        }
        // Each column can be compared and ordered by.
        for column in table.columns {
          let query =
            "where[0][col]=\(column.name)&where[0][expr]=isNotNull"
            + "&order[0][col]=\(column.name)&order[0][dir]=DESC"
          let answer = try await bed.send("GET", "/api/stats/\(table.name)?\(query)").json
          #expect(answer["stats"] != nil, "\(table.name).\(column.name): \(answer)")
        }
      }
    }
  }

  @Test("Booleans are 0 and 1, dates have blanks, numbers are digits")
  func writesValues() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.fillStats()
      let lists = try await bed.send("GET", "/api/stats/lead_lists_leads").json["stats"]
      #expect(
        lists?.elements?.first
          == [
            "date_added": "2024-03-01 09:30:00", "lead_id": "1", "leadlist_id": "7",
            "manually_added": "1", "manually_removed": "0",
          ])
      let points = try await bed.send("GET", "/api/stats/lead_points_change_log").json
      // A change of a score is not a change of points.
      #expect(points["total"] == "3")
      #expect(
        points["stats"]?.elements?.first
          == [
            "action_name": "plus", "date_added": "2024-03-01 09:30:00", "delta": "1",
            "event_name": "API", "id": "1", "ip_id": nil, "lead_id": "1", "type": "api",
          ])
    }
  }

  @Test("Done and planned events of campaigns, and e-mails that are sent in the end")
  func leavesOut() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.fillStats()
      let log = try await bed.send("GET", "/api/stats/campaign_lead_event_log").json["stats"]
      #expect(log?.elements?.map { $0["event_id"] } == ["5", "7", "8", "9"])
      #expect(log?.elements?.map { $0["is_scheduled"] } == ["1", "0", "0", "0"])
      #expect(log?.elements?.map { $0["non_action_path_taken"] } == ["0", "1", "0", "0"])
      #expect(log?.elements?.map { $0["date_triggered"] == .null } == [true, false, true, true])
      let metadata = try log?.elements?.map { row in
        try row["metadata"]?.text.map { try JSONParser.parse($0.utf8) }
      }
      #expect(
        metadata == [
          nil, nil, ["reason": "left"], ["a": 1, "errors": "no such stage", "failed": 1],
        ])
      let stats = try await bed.send("GET", "/api/stats/email_stats").json["stats"]?.elements
      #expect(stats?.count == 1)
      #expect(stats?.first?["date_sent"] == "2024-03-01 09:30:00")
      #expect(stats?.first?["tracking_hash"] == "00112233445566778899aabbccddeeff")
    }
  }

  @Test("where, order, start and limit; a page without a limit has 100 rows")
  func pages() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.fillStats()
      func deltas(_ query: String) async throws -> [String] {
        let answer = try await bed.send("GET", "/api/stats/lead_points_change_log?\(query)").json
        return answer["stats"]?.elements?.compactMap { $0["delta"]?.text } ?? []
      }
      #expect(try await deltas("order[0][col]=delta&order[0][dir]=DESC") == ["3", "2", "1"])
      #expect(try await deltas("start=1&limit=1") == ["2"])
      #expect(
        try await deltas("where[0][col]=delta&where[0][expr]=gte&where[0][val]=2") == ["2", "3"])
      #expect(
        try await deltas("where[0][col]=dateAdded&where[0][expr]=lt&where[0][val]=2020-01-01") == []
      )
      try await bed.pool.query(
        """
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
        SELECT 2, 'api', 'x', 'x', n, '2024-03-01Z' FROM generate_series(1, 150) n
        """)
      #expect(try await deltas("").count == 100)
      #expect(try await deltas("start=100").count == 53)
      #expect(try await deltas("limit=0").count == 153)
    }
  }

  @Test("Whatever is asked, the answer is rows or a reported error")
  func survivesNonsense() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    try await APIBed.with { (bed) async throws in
      try await bed.fillStats()
      var random = SeededGenerator(seed: seed)
      let values = [
        "", "1", "-1.5", "99999999999999999999", "x", "%25", "2024-03-01", "%00", "true",
      ]
      let expressions = [
        "eq", "neq", "lt", "gte", "like", "in", "between", "isEmpty", "isNotNull", "nonsense",
      ]
      for _ in 0..<150 {
        let table = Self.described.randomElement(using: &random)
        let column = table?.columns.randomElement(using: &random)?.name ?? ""
        let query =
          "where[0][col]=\(column)&where[0][expr]=\(expressions.randomElement(using: &random) ?? "")"
          + "&where[0][val]=\(values.randomElement(using: &random) ?? "")"
          + "&order[0][col]=\(column)&start=\(Int.random(in: -2...3, using: &random))"
        let answer = try await bed.send("GET", "/api/stats/\(table?.name ?? "")?\(query)")
        let isTold =
          answer.status == 200
          && (answer.json["stats"] != nil || answer.error["message"]?.text?.isEmpty == false)
        #expect(isTold, "seed \(seed): \(query) → \(answer.text.prefix(300))")
      }
    }
  }

  @Test("An error in a clause is reported with status 200")
  func tellsErrors() async throws {
    try await APIBed.with { (bed) async throws in
      for query in [
        "where[0][col]=nothing&where[0][expr]=eq&where[0][val]=1",
        "where[0][col]=delta&where[0][expr]=almost&where[0][val]=1",
        "where[0][col]=delta&where[0][expr]=eq&where[0][val]=many", "order[0][col]=nothing",
      ] {
        let answer = try await bed.send("GET", "/api/stats/lead_points_change_log?\(query)")
        #expect(answer.status == 200, "\(query)")
        #expect(answer.error["message"]?.text?.isEmpty == false, "\(query): \(answer.text)")
        #expect(answer.json["stats"] == nil)
      }
    }
  }
}

extension APIBed {
  /// A row at least in each table that is written here.
  fileprivate func fillStats() async throws {
    try await pool.withConnection { try await $0.execute(script: Self.rows) }
  }

  private static let rows = """
    INSERT INTO contacts (id, date_added) VALUES (1, '2024-03-01 09:30Z'), (2, '2024-03-01Z');
    INSERT INTO audit_log (bundle, object, object_id, action, details, date_added)
      VALUES ('lead', 'lead', 1, 'update', '{"a":[1,2]}', '2024-03-01Z');
    INSERT INTO contact_companies VALUES (1, 3, true, '2024-03-01Z');
    INSERT INTO ip_addresses (address, details, date_added) VALUES ('203.0.113.9', '{}', '2024-03-01Z');
    INSERT INTO contact_categories (contact_id, category_id, date_added) VALUES (1, 4, '2024-03-01Z');
    INSERT INTO devices (contact_id, client_info, device, date_added)
      VALUES (1, '{"name":"x"}', 'smartphone', '2024-03-01Z');
    INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
      VALUES (1, 'email', 3, '2024-03-01Z');
    INSERT INTO segment_history (contact_id, segment_id, entered, cause, at)
      VALUES (1, 7, true, 2, '2024-03-01Z');
    INSERT INTO frequency_rules (contact_id, channel, frequency_number, date_added)
      VALUES (1, 'email', 3, '2024-03-01Z');
    INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      VALUES (1, 7, true, '2024-03-01 09:30Z');
    INSERT INTO points_log
      (contact_id, type, event_name, action_name, delta, group_id, date_added)
      VALUES (1, 'api', 'API', 'plus', 1, NULL, '2024-03-01 09:30Z'),
        (1, 'api', 'API', 'plus', 2, NULL, '2024-03-01Z'),
        (1, 'api', 'API', 'plus', 9, 5, '2024-03-01Z'),
        (2, 'api', 'API', 'plus', 3, NULL, '2024-03-01Z');
    INSERT INTO stage_log (contact_id, stage_id, event_name, action_name, date_added)
      VALUES (1, 2, '2: Lead', 'x', '2024-03-01Z');
    INSERT INTO utm_tags (contact_id, query, date_added) VALUES (1, '{"a":"b"}', '2024-03-01Z');
    INSERT INTO point_action_log (contact_id, action_id, act, date_fired)
      VALUES (1, 2, '', '2024-03-01Z'), (1, 3, 'hit 1', '2024-03-01Z');
    INSERT INTO campaign_members (contact_id, campaign_id, date_added) VALUES (1, 3, '2024-03-01Z');
    INSERT INTO campaign_log
      (contact_id, event_id, rotation, campaign_id, base_at, fire_at, executed_at, state, path)
      VALUES (1, 5, 1, 3, '2024-03-01Z', '2024-03-02Z', NULL, 0, NULL),
        (1, 6, 1, 3, '2024-03-01Z', NULL, NULL, 1, NULL),
        (1, 7, 1, 3, '2024-03-01Z', NULL, '2024-03-01Z', 3, false);
    INSERT INTO campaign_log
      (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state, error, note,
        cancel_reason, metadata)
      VALUES (1, 8, 1, 3, '2024-03-01Z', '2024-03-02Z', 5, NULL, NULL, 'left', NULL),
        (1, 9, 1, 3, '2024-03-01Z', '2024-03-02Z', 4, 'no such stage', 'x', NULL, '{"a": 1}');
    INSERT INTO links (key, channel_id, url, date_added)
      VALUES ('k1', 4, 'https://x.test', '2024-03-01Z');
    INSERT INTO email_sends (hash, email_id, family_id, contact_id, queued_at, state, is_marketing,
      counts_once, source_kind, idempotency_key, address, token_values)
      VALUES ('00112233-4455-6677-8899-aabbccddeeff', 4, 4, 1, '2024-03-01 09:30Z', 3, true, true,
        'email', 'a', 'kim@x.test', '{"a":"b"}'),
        (gen_random_uuid(), 4, 4, 2, '2024-03-01Z', 6, true, false, 'email', 'b', 'x', NULL);
    INSERT INTO email_replies (send_id, at) VALUES (1, '2024-03-01Z');
    INSERT INTO email_opens (act, send_id, at, in_browser)
      VALUES (gen_random_uuid(), 1, '2024-03-01Z', true);
    INSERT INTO point_trigger_log (contact_id, event_id, date_fired)
      VALUES (1, 2, '2024-03-01Z');
    """
}

extension JSONValue {
  fileprivate var isText: Bool { if case .string = self { true } else { false } }
}
