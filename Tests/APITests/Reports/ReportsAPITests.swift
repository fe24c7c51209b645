import Reports
import TestSupport
import Testing

@testable import API

@Suite("/api/reports (API page, 10)") struct ReportsAPITests {
  private static let entity = [
    "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
    "modifiedByUser", "id", "name", "description", "system", "isScheduled", "source", "columns",
    "filters", "tableOrder", "graphs", "groupBy", "settings", "aggregators", "scheduleUnit",
    "toAddress", "scheduleDay", "scheduleMonthFrequency",
  ]

  @Test("Report 1 is there on a new system, and is answered without an envelope")
  func first() async throws {
    try await APIBed.with { (bed) async throws in
      let list = try await bed.send("GET", "/api/reports").json
      #expect(list["total"] == 6 && list["reports"]?.elements?.count == 6)
      #expect(list["reports"]?.elements?.first?.asObject?.keys == Self.entity)
      let one = try await bed.send("GET", "/api/reports/1").json
      #expect(
        one.asObject?.keys == [
          "totalResults", "data", "dataColumns", "limit", "page", "dateFrom", "dateTo", "report",
        ])
      #expect(one["totalResults"] == 0 && one["data"] == [] && one["limit"] == 0)
      #expect(one["page"] == 1 && one["dataColumns"]?["id1"] == "l.id")
      #expect(one["report"]?.asObject?.keys == Self.entity)
      let custom = try await bed.send(
        "GET",
        "/api/reports/1?limit=5&page=2&dateFrom=2023-03-01T10:00:00%2B00:00&dateTo=2024-03-01"
      ).json
      #expect(custom["limit"] == 5 && custom["page"] == 2)
      #expect(custom["dateFrom"] == "2023-03-01T10:00:00+00:00")
      #expect(custom["dateTo"] == "2024-03-01T23:59:59+00:00")
      #expect(try await bed.send("GET", "/api/reports/99").status == 404)
    }
  }

  @Test("The sources come with their columns, fields of contacts among them")
  func sources() async throws {
    try await APIBed.with { (bed) async throws in
      let answer = try await bed.send("GET", "/api/reports/sources")
      #expect(answer.status == 200, "\(answer.text)")
      let sources = answer.json["sources"]?.elements ?? []
      let names = sources.compactMap { $0["name"]?.text }
      #expect(names.contains("form.submissions"))
      let leads = try #require(sources.first { $0["name"] == "leads" })
      #expect(leads["label"] == "Contacts")
      let columns = leads["columns"]?.elements ?? []
      #expect(columns.first { $0["name"] == "l.email" }?["type"] == "text")
      #expect(columns.first { $0["name"] == "l.points" }?["type"] == "integer")
      #expect(columns.first { $0["name"] == "l.date_added" }?["type"] == "instant")
    }
  }

  @Test("Create, read with rows, edit, delete, batches")
  func life() async throws {
    try await APIBed.with { (bed) async throws in
      for name in ["Ann", "Bob", "=cmd()"] {
        _ = try await bed.contact("{\"firstname\":\"\(name)\",\"city\":\"Rome\",\"points\":7}")
      }
      let made = try await bed.send(
        "POST", "/api/reports/new",
        #"{"name":"People","source":"leads","columns":["l.firstname","l.points","l.date_added"],"filters":[{"column":"l.city","condition":"eq","value":"rome","glue":"and"}],"tableOrder":[{"column":"l.firstname","direction":"DESC"}]}"#
      )
      #expect(made.status == 201, "\(made.text)")
      let id = made.json["report"]?["id"]?.integer ?? 0
      #expect(made.headers["location"] == "/api/reports/\(id)")
      let filter = made.json["report"]?["filters"]?.elements?.first
      #expect(filter?["condition"] == "eq" && filter?["glue"] == "and")
      let rows = try await bed.send("GET", "/api/reports/\(id)?limit=2").json
      #expect(rows["totalResults"] == 3 && rows["data"]?.elements?.count == 2)
      #expect(rows["data"]?.elements?.first?["firstname1"] == "Bob")
      #expect(rows["data"]?.elements?.first?["points1"] == 7)
      let second = try await bed.send("GET", "/api/reports/\(id)?limit=2&page=2").json
      #expect(second["data"]?.elements?.map { $0["firstname1"] } == ["=cmd()"])
      #expect(
        try await bed.send("GET", "/api/reports/\(id)?dateTo=2020-01-01").json["totalResults"] == 0)

      let file = try await bed.send("GET", "/api/reports/\(id)/export")
      #expect(file.headers["content-type"] == "text/csv; charset=utf-8")
      #expect(
        file.headers["content-disposition"] == "attachment; filename=\"report-\(id).csv\"")
      let lines = file.text.split(separator: "\r\n")
      #expect(lines.count == 4 && lines.last?.hasPrefix("'=cmd(),7,") == true, "\(file.text)")
      let workbook = try await bed.send("GET", "/api/reports/\(id)/export?format=xlsx")
      #expect(workbook.status == 200 && workbook.body.prefix(2) == [0x50, 0x4B])
      #expect(try await bed.send("GET", "/api/reports/\(id)/export?format=pdf").status == 400)

      let grouped = try await bed.send(
        "PATCH", "/api/reports/\(id)/edit",
        #"{"columns":["l.city"],"groupBy":["l.city"],"tableOrder":[],"aggregators":[{"column":"l.points","function":"SUM"}]}"#
      )
      #expect(grouped.json["report"]?["name"] == "People", "\(grouped.text)")
      let sum = try await bed.send("GET", "/api/reports/\(id)").json
      #expect(sum["data"] == [["city1": "Rome", "SUM l.points": 21]])
      #expect(sum["dataColumns"] == ["city1": "l.city"])
      let batch = try await bed.send(
        "POST", "/api/reports/batch/new",
        #"[{"name":"A","source":"emails","columns":["e.name"]},{"name":"B","source":"x"}]"#)
      #expect(batch.status == 201 && batch.json["statusCodes"] == [201, 400])
      #expect(
        try await bed.send("DELETE", "/api/reports/\(id)/delete").json["report"]?["id"] == .null)
      #expect(try await bed.send("GET", "/api/reports/\(id)").status == 404)
    }
  }

  @Test("What is wrong is refused by the name of the member")
  func refusals() async throws {
    try await APIBed.with { (bed) async throws in
      let bad: [(String, String)] = [
        (#"{"source":"leads","columns":["l.id"]}"#, "name"),
        (#"{"name":"x","source":"planets","columns":["l.id"]}"#, "source"),
        (#"{"name":"x","source":"leads","columns":["l.height"]}"#, "columns[0]"),
        (
          #"{"name":"x","source":"leads","columns":["l.id"],"filters":[{"column":"l.id","condition":"eq","value":"x"}]}"#,
          "filters[0].value"
        ),
        (
          #"{"name":"x","source":"leads","columns":["l.id"],"filters":[{"column":"l.id","condition":"odd"}]}"#,
          "filters[0].condition"
        ), (#"{"name":"x","source":"leads","columns":["l.id"],"isScheduled":1}"#, "scheduleUnit"),
        (#"{"name":"x","source":"leads","columns":"l.id"}"#, "columns"),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "/api/reports/new", body)
        #expect(answer.status == 400 && answer.error["details"]?[member] != nil, "\(answer.text)")
      }
      for (query, member) in [
        ("dateFrom=yesterday", "dateFrom"), ("dateFrom=2024-02-01&dateTo=2024-01-01", "dateFrom"),
        ("dateFrom=0001-01-01", "dateFrom"), ("dateTo=2024-02-30", "dateTo"),
      ] {
        let answer = try await bed.send("GET", "/api/reports/1?\(query)")
        #expect(answer.status == 400 && answer.error["details"]?[member] != nil, "\(answer.text)")
      }
      for query in [
        "limit=-1", "limit=99999999999999999999", "page=0", "page=9223372036854775807&limit=9",
        "limit=x",
      ] {
        #expect(try await bed.send("GET", "/api/reports/1?\(query)").status == 200, "\(query)")
      }
    }
  }

  @Test("A stored report whose field is gone is refused by its name")
  func fieldsGo() async throws {
    try await APIBed.with { (bed) async throws in
      let field = try await bed.send(
        "POST", "/api/fields/contact/new", #"{"label":"Shoe size","alias":"shoe","type":"number"}"#)
      let id = field.json["field"]?["id"]?.integer ?? 0
      let report = try await bed.make(
        "/api/reports", #"{"name":"Shoes","source":"leads","columns":["l.id","l.shoe"]}"#, "report")
      #expect(try await bed.send("GET", "/api/reports/\(report)").status == 200)
      #expect(try await bed.send("DELETE", "/api/fields/contact/\(id)/delete").status == 200)
      let answer = try await bed.send("GET", "/api/reports/\(report)")
      #expect(
        answer.status == 400 && answer.error["details"]?["columns[1]"] != nil, "\(answer.text)")
    }
  }

  @Test(
    "Reports are seen by their creators and, those of the system, by all; rows as the role says")
  func own() async throws {
    try await APIBed.with { (bed) async throws in
      let lee = try await bed.user(
        "lee",
        may: [
          "report:reports": ["viewown", "create", "editown"], "lead:leads": ["viewown"],
        ])
      try await bed.user("pat", may: ["report:reports": ["viewother"]])
      _ = try await bed.contact(#"{"email":"mine@example.com","owner":\#(lee)}"#)
      _ = try await bed.contact(#"{"email":"other@example.com","owner":1}"#)
      let hidden = try await bed.make(
        "/api/reports", #"{"name":"Hidden","source":"leads","columns":["l.email"]}"#, "report")
      #expect(try await bed.call(as: "lee", "GET", "/reports/\(hidden)").status == 403)
      #expect(try await bed.call(as: "lee", "GET", "/reports").json["total"] == 6)
      let shown = try await bed.call(as: "lee", "GET", "/reports/5").json
      #expect(shown["totalResults"] == 1)
      #expect(shown["data"]?.elements?.first?["email1"] == "mine@example.com")
      // The system's reports are not everybody's to change; the source of another lies in a closed area.
      #expect(
        try await bed.call(as: "lee", "PATCH", "/reports/5/edit", #"{"name":"x"}"#).status == 403)
      #expect(try await bed.call(as: "lee", "GET", "/reports/4").status == 403)
      #expect(try await bed.call(as: "lee", "GET", "/reports/5/export").status == 403)
      #expect(try await bed.call(as: "pat", "GET", "/reports/5").status == 403)
      #expect(try await bed.call(as: "pat", "GET", "/reports").json["total"] == 7)
    }
  }
}
