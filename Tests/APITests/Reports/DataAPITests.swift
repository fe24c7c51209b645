import Reports
import TestSupport
import Testing

@testable import API

@Suite("/api/data (API page, 10)") struct DataAPITests {
  @Test("Every widget of the list answers, on an empty and on a filled system")
  func all() async throws {
    var configuration = APIConfiguration()
    configuration.requestsPerMinute = 0
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      let types = try await bed.send("GET", "/api/data").json
      #expect(types["success"] == 1 && types["types"]?.asObject?.count == 10)
      let keys = types["types"]?.elements?.flatMap { $0.asObject?.keys ?? [] } ?? []
      #expect(Set(keys) == Set(WidgetType.allCases.map(\.rawValue)))
      for isFilled in [false, true] {
        if isFilled {
          try await bed.pool.withConnection { try await $0.execute(script: Self.rows) }
        }
        for key in keys {
          for query in ["", "?dataFormat=raw&timeUnit=d&timezone=America/Chicago&limit=5"] {
            let answer = try await bed.send("GET", "/api/data/\(key)\(query)")
            #expect(answer.status == 200, "\(key)\(query): \(answer.text)")
            let json = answer.json
            #expect(json.asObject?.keys == ["success", "cached", "execution_time", "data"])
            #expect(json["success"] == 1 && json["cached"] == false)
            #expect(json["data"]?.isEmptyContainer == false, "\(key): \(answer.text)")
            guard query.isEmpty, let data = json["data"]?.asObject else { continue }
            let isChart = data.keys == ["chartType", "chartHeight", "chartData"]
            #expect(isChart || data.keys == ["headItems", "bodyItems"], "\(key)")
            guard isChart else { continue }
            #expect(data["chartData"]?.asObject?.keys == ["labels", "datasets"])
            #expect(data["chartHeight"] == 220)
          }
        }
      }
    }
  }

  /// Something of each kind, some days ago.
  private static let rows = """
    INSERT INTO contacts (id, date_added, date_identified, country, firstname) VALUES
      (1, now() - interval '3 days', now() - interval '3 days', 'Italy', 'Ann'),
      (2, now() - interval '2 days', NULL, NULL, NULL);
    INSERT INTO page_hits (hit, contact_id, at, left_at, url) VALUES
      (gen_random_uuid(), 1, now() - interval '1 day', now(), 'https://example.com');
    INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
      VALUES (1, 'api', 'API', 'plus', 5, now() - interval '1 day');
    INSERT INTO stage_log (contact_id, event_name, action_name, date_added)
      VALUES (1, 'x', 'x', now() - interval '1 day');
    INSERT INTO campaign_member_hours (campaign_id, hour, slot, added)
      VALUES (1, date_trunc('hour', now()), 1, 4);
    INSERT INTO emails (id, name, subject, date_added) VALUES (1, 'News', 'x', now());
    INSERT INTO email_sends (hash, email_id, contact_id, queued_at, sent_at, state, is_marketing,
      counts_once, source_kind, idempotency_key)
      VALUES (gen_random_uuid(), 1, 1, now(), now(), 3, true, true, 'x', 'x');
    """

  @Test("Figures by the asked steps, raw or as a chart; tables have cells")
  func forms() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.pool.withConnection { connection in
        try await connection.execute(
          script: """
            INSERT INTO contacts (id, date_added, owner_id) VALUES (1, '2024-03-01 05:00Z', 1),
              (2, '2024-03-01 06:30Z', 2), (3, '2024-03-03Z', 1);
            """)
      }
      let window = "dateFrom=2024-03-01&dateTo=2024-03-03&timezone=America/Chicago&timeUnit=d"
      let chart = try await bed.send("GET", "/api/data/created.leads.in.time?\(window)&height=200")
      #expect(chart.json["data"]?["chartHeight"] == 120)
      #expect(
        chart.json["data"]?["chartData"]?["labels"] == ["2024-03-01", "2024-03-02", "2024-03-03"])
      // Chicago is six hours behind.
      #expect(
        chart.json["data"]?["chartData"]?["datasets"]?.elements?.first == [
          "label": "All contacts", "data": [1, 1, 0],
        ])
      let raw = try await bed.send(
        "GET", "/api/data/created.leads.in.time?\(window)&dataFormat=raw&dataset[]=Anonymous")
      #expect(
        raw.json["data"] == [
          "Anonymous": ["2024-03-01": 1, "2024-03-02": 1, "2024-03-03": 0]
        ], "\(raw.text)")
      let yearly = try await bed.send(
        "GET", "/api/data/created.leads.in.time?dateFrom=2023-01-01&dateTo=2024-12-31")
      #expect(yearly.json["data"]?["chartData"]?["labels"] == ["2023", "2024"])
      let table = try await bed.send("GET", "/api/data/created.leads?\(window)&limit=1")
      #expect(
        table.json["data"]?["bodyItems"] == [
          [
            ["value": "Visitor 3"], ["value": .null], ["value": "2024-03-02 18:00:00"],
            ["value": 3],
          ]
        ], "\(table.text)")
      let bare = try await bed.send("GET", "/api/data/top.owners?\(window)&dataFormat=raw")
      #expect(bare.json["data"]?["headItems"] == ["Owner", "Contacts", "Id"])
      #expect(bare.json["data"]?["bodyItems"]?.elements?.map { $0.elements?.last } == [1, 2])
      let report = try await bed.send("GET", "/api/data/report?\(window)&filter[reportId]=5")
      #expect(report.json["data"]?["bodyItems"]?.elements?.count == 2)
    }
  }

  @Test("What cannot be is refused by its name")
  func refusals() async throws {
    try await APIBed.with { (bed) async throws in
      for (query, member) in [
        ("timezone=Moon/Tycho", "timezone"), ("timeUnit=y", "timeUnit"), ("timeUnit=s", "timeUnit"),
        ("dateFrom=soon", "dateFrom"), ("dateFrom=2024-02-01&dateTo=2024-01-01", "dateFrom"),
        ("dateFrom=0000-01-01&dateTo=9999-12-31", "dateFrom"),
        ("filter[assetId]=x", "filter[assetId]"), ("filter[assetId]=-1", "filter[assetId]"),
        ("filter[reportId][]=1", "filter[reportId]"),
      ] {
        let answer = try await bed.send("GET", "/api/data/popular.assets?\(query)")
        #expect(
          answer.status == 400 && answer.error["details"]?[member] != nil,
          "\(query): \(answer.text)")
      }
      for query in [
        "limit=-1", "limit=99999999999999999999", "height=-5", "height=9223372036854775807",
        "filter=x", "filter[unknown]=x", "dataset=x", "dataFormat=", "timezone=",
      ] {
        #expect(
          try await bed.send("GET", "/api/data/popular.assets?\(query)").status == 200, "\(query)")
      }
      #expect(try await bed.send("GET", "/api/data/no.such.widget").status == 404)
      #expect(try await bed.send("GET", "/api/data/report?filter[reportId]=99").status == 404)
    }
  }

  @Test("A widget shows what its user may see")
  func own() async throws {
    try await APIBed.with { (bed) async throws in
      let lee = try await bed.user("lee", may: ["lead:leads": ["viewown"]])
      _ = try await bed.contact(#"{"email":"mine@example.com","owner":\#(lee)}"#)
      _ = try await bed.contact(#"{"email":"other@example.com","owner":1}"#)
      func rows(_ user: String, _ type: String) async throws -> Int? {
        try await bed.call(as: user, "GET", "/data/\(type)").json["data"]?["bodyItems"]?.elements?
          .count
      }
      #expect(try await rows("lee", "created.leads") == 1)
      #expect(try await rows("admin", "created.leads") == 2)
      #expect(try await rows("lee", "recent.activity") == 0)
      #expect((try await rows("admin", "recent.activity") ?? 0) > 0)
      for type in ["created.emails", "report", "points.in.time", "events.in.time", "top.lists"] {
        #expect(try await bed.call(as: "lee", "GET", "/data/\(type)").status == 403, "\(type)")
      }
    }
  }
}
