import Foundation
import Postgres
import Testing

@testable import API

@Suite("/api/contacts/{id}/activity")
struct ActivityAPITests {
  /// Thirty changes of points of contact 1, a minute apart, and one of contact 2.
  private static func fill(_ bed: APIBed) async throws {
    try await bed.insertContacts(1...2)
    try await bed.pool.query(
      """
      INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
      SELECT CASE n WHEN 30 THEN 2 ELSE 1 END, 'api', '=Name ' || n, 'api', n,
        '2024-03-02Z'::timestamptz + n * interval '1 minute'
      FROM generate_series(0, 30) AS n ORDER BY n
      """)
  }

  /// Sends to a deleted contact are in no history, and do no harm.
  @Test func leavesOutWhoIsGone() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.insertContacts(1...1)
      try await bed.pool.query(
        """
        INSERT INTO email_sends (hash, queued_at, sent_at, state, is_marketing, counts_once,
          source_kind, idempotency_key, contact_id)
        SELECT gen_random_uuid(), '2024-03-02Z', '2024-03-02Z', 3, false, false, 'direct', n::text,
          CASE n WHEN 1 THEN 1 END
        FROM generate_series(1, 2) AS n
        """)
      let all = try await bed.server.request(
        "GET", "/api/contacts/activity?filters[includeEvents][]=email.sent")
      #expect(all.status == 200, "\(all.text)")
      #expect(all.json["total"] == 1 && all.json["events"]?.elements?.count == 1)
    }
  }

  /// api.md 8.2: members, defaults, paging by page and by start.
  @Test func listsAndPages() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed)
      let first = try await bed.server.request("GET", "/api/contacts/1/activity").json
      #expect(first["total"] == 32 && first["page"] == 1 && first["limit"] == 25)
      #expect(first["maxPages"] == 2 && first["events"]?.elements?.count == 25)
      #expect(first["order"] == ["timestamp", "DESC"])
      #expect(first["filters"] == ["search": "", "includeEvents": [], "excludeEvents": []])
      #expect(first["types"]?["page.hit"] == "Page hit" && first["types"]?.elements?.count == 30)
      let event = first["events"]?.elements?.first
      #expect(event?["event"] == "point.gained" && event?["eventId"] == "point.gained30")
      #expect(event?["eventType"] == "Point gained" && event?["contactId"] == "1")
      #expect(event?["timestamp"] == "2024-03-02T00:29:00+00:00")
      #expect(event?["eventLabel"] == "=Name 29 / 29" && event?["details"]?["delta"] == 29)

      let second = try await bed.server.request("GET", "/api/contacts/1/activity?page=2").json
      #expect(second["events"]?.elements?.count == 7 && second["page"] == 2)
      #expect(
        second["events"]?.elements?.last?["details"] == ["createdBy": nil, "createdByUser": nil])
      let started = try await bed.server.request(
        "GET", "/api/contacts/1/activity?start=30&page=1&limit=10"
      ).json
      #expect(started["events"]?.elements?.count == 2 && started["page"] == 4)
      let beyond = try await bed.server.request(
        "GET", "/api/contacts/1/activity?start=9223372036854775807&limit=100000")
      #expect(beyond.status == 200 && beyond.json["events"] == [])
      let all = try await bed.server.request("GET", "/api/contacts/activity?limit=1").json
      #expect(all["total"] == 35 && all["events"]?.elements?.first?["contactId"] == "2")
      // CON-108: of all contacts it ends now.
      try await bed.pool.query(
        """
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
        VALUES (1, 'api', 'DeferredReference', 'api', 1, '2099-01-01Z')
        """)
      #expect(
        try await bed.server.request("GET", "/api/contacts/activity?limit=1").json["total"] == 35)
      let future = try await bed.server.request(
        "GET", "/api/contacts/activity?limit=1&filters[dateTo]=2100-01-01%2000:00:00"
      ).json
      #expect(
        future["total"] == 36
          && future["events"]?.elements?.first?["eventLabel"] == "DeferredReference / 1")
      #expect(try await bed.server.request("GET", "/api/contacts/9/activity").status == 404)
    }
  }

  @Test("CON-101, CON-102: filters, order and search; the old form has them at the top level")
  func filtersAndOrders() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed)
      func ids(_ query: String, path: String = "activity") async throws -> [String] {
        let answer = try await bed.server.request("GET", "/api/contacts/1/\(path)?\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["events"]?.elements?.compactMap { $0["eventId"]?.text } ?? []
      }
      let both = "filters[includeEvents][]=lead.create&filters[includeEvents][]=lead.identified"
      #expect(try await ids(both) == ["lead.identified1", "lead.create1"])
      #expect(try await ids("\(both)&filters[excludeEvents][]=lead.create") == ["lead.identified1"])
      let range = "filters[dateFrom]=2024-03-02%2000:05:00&filters[dateTo]=2024-03-02%2000:06:00"
      #expect(
        try await ids("\(range)&order[0]=&order[1]=ASC") == ["point.gained6", "point.gained7"])
      #expect(try await ids("filters[search]=name%2017") == ["point.gained18"])
      let old = "search=name&includeEvents[]=point.gained&orderBy=timestamp&orderByDir=ASC&limit=1"
      #expect(try await ids(old, path: "events") == ["point.gained1"])
      // A client of the old form that sends filters as the new one does.
      let nested = "filters[search]=&\(both)&order[0]=&order[1]=ASC&page=1"
      #expect(try await ids(nested, path: "events") == ["lead.create1", "lead.identified1"])
      for bad in ["order[0]=x", "order[1]=up", "filters[dateFrom]=soon"] {
        let answer = try await bed.server.request("GET", "/api/contacts/1/activity?\(bad)")
        #expect(answer.status == 400, "\(bad)")
      }
    }
  }

  @Test("CON-107, CON-105: the whole history as CSV, with formulas neutralised; the chart")
  func writesCSVAndCharts() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed)
      let answer = try await bed.server.request("GET", "/api/contacts/1/activity?format=csv")
      #expect(answer.headers["content-type"] == "text/csv; charset=utf-8")
      let lines = answer.text.split(separator: "\r\n")
      #expect(lines.count == 33)
      #expect(lines[0] == "timestamp,event,eventType,eventLabel,eventId,details")
      #expect(
        lines[1].hasPrefix("2024-03-02T00:29:00+00:00,point.gained,Point gained,'=Name 29 / 29,"))

      let now = Date()
      try await bed.pool.query(
        """
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
        VALUES (1, 'x', 'x', 'x', 5, \(now))
        """)
      let chart = try await bed.server.request("GET", "/api/contacts/1/engagements").json
      let sets = chart["engagements"]?["datasets"]?.elements
      #expect(sets?.last?["data"]?.elements?.last == 5 && sets?.first?["data"]?.elements?.last == 1)
      #expect((181...186).contains(chart["engagements"]?["labels"]?.elements?.count ?? 0))
      let bad = try await bed.server.request("GET", "/api/contacts/1/engagements?unit=year")
      #expect(bad.status == 400)
    }
  }
}

@Suite("/api/contacts/{id}/merge/{other}")
struct MergeAPITests {
  /// api.md 8.2: the winner is shown, the other one is gone (404); its id is unknown to the API.
  @Test func merges() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...3)
      try await bed.pool.query("UPDATE contacts SET points = id * 10, city = 'Rome' WHERE id = 2")
      let answer = try await bed.send("POST", "/api/contacts/1/merge/2", "")
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json["contact"]?["id"] == 1 && answer.json["contact"]?["points"] == 20)
      #expect(answer.json["contact"]?["fields"]?["all"]?["city"] == "Rome")
      #expect(try await bed.server.request("GET", "/api/contacts/2").status == 404)
      #expect(try await bed.server.request("GET", "/api/contacts").json["total"] == "2")
    }
  }

  @Test("CON-71: merging with itself is 409, with a missing contact 404")
  func refuses() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...2)
      #expect(try await bed.send("POST", "/api/contacts/1/merge/1", "").status == 409)
      #expect(try await bed.send("POST", "/api/contacts/1/merge/9", "").status == 404)
      #expect(try await bed.send("POST", "/api/contacts/9/merge/1", "").status == 404)
      #expect(try await bed.send("POST", "/api/contacts/1/merge/x", "").status == 404)
      #expect(try await bed.server.request("GET", "/api/contacts").json["total"] == "2")
    }
  }

  /// api.md 11.1: with a key the same request is answered again, not done again.
  @Test func heedsAnIdempotencyKey() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...2)
      let key = ["Idempotency-Key: m1"]
      let first = try await bed.send("POST", "/api/contacts/1/merge/2", "", headers: key)
      let again = try await bed.send("POST", "/api/contacts/1/merge/2", "", headers: key)
      #expect(first.status == 200 && again.status == 200 && again.body == first.body)
      #expect(again.headers["idempotency-replayed"] == "true")
      #expect(try await bed.send("POST", "/api/contacts/1/merge/2", "").status == 404)
    }
  }
}
