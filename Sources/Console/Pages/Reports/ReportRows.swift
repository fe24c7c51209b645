import API

/// The rows of a report within a span of time.
struct ReportRows: Sendable {
  let page: PageRequest

  private static let limit = 50

  func callAsFunction() async throws -> Page {
    let id = try page.id
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    var query: JSONObject = [
      "limit": .int(Self.limit), "page": .int(start / Self.limit + 1),
    ]
    for name in ["dateFrom", "dateTo"] {
      if let day = page.query(name) { query[name] = .string(day) }
    }
    var (answer, problem): (JSONValue, HTML) = ([:], .empty)
    do {
      answer = try await page.get("reports/\(id)", query)
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      problem = Alert(.bad, error.message)(page)
      answer = try await page.get(
        "reports", ["where": [["col": "id", "expr": "eq", "val": .int(Int(id))]]])
      answer = ["report": answer["reports"]?.elements?.first ?? [:]]
    }
    let report = answer["report"] ?? [:]
    let rows = answer["data"]?.elements ?? []
    let total = answer["totalResults"]?.integer ?? 0
    let content =
      rows.isEmpty
      ? (problem.isEmpty
        ? EmptyState(
          title: page.texts("No rows"),
          text: page.texts(
            "Nothing of this kind lies in the span of time. A longer one may have more."),
          icon: "reports")(page) : problem)
      : table(rows, try await headings(report, answer["dataColumns"]))
        + Pager(page: page, start: start, limit: Self.limit, total: total)()
    let edit =
      page.may(.edit, .reports)
      ? Self.edit(["href": "/console/reports/\(id)/edit"], page.texts) : .empty
    return Page(
      title: report["name"]?.text ?? page.texts("Report"),
      subtitle: report["description"]?.text ?? "",
      trail: [.init(text: page.texts("Reports"), path: "reports")],
      actionsHTML: export(id) + edit + RecordActions(kind: ReportPages.kind).buttons(report, page),
      contentHTML: Panel(isPadded: false)(toolbar(answer, total) + content, page),
      section: "reports", width: .full, styles: ["reports.css"])
  }

  private static let edit = Template(
    #"<a class="button primary" href="{{href}}">[icon:edit][[Edit]]</a>"#)

  /// The labels of the columns by the keys of rows.
  private func headings(
    _ report: JSONValue, _ keys: JSONValue?
  ) async throws -> [String: String] {
    let source = report["source"]?.text
    let sources = try await page.optional("reports/sources")?["sources"]?.elements ?? []
    let columns = sources.first { $0["name"]?.text == source }?["columns"]?.elements ?? []
    let labels = Dictionary(
      columns.map { ($0["name"]?.text ?? "", $0["label"]?.text ?? "") },
      uniquingKeysWith: { first, _ in first })
    return (keys?.asObject?.members ?? []).reduce(into: [:]) { result, member in
      result[member.key] = labels[member.value.text ?? ""]
    }
  }

  private func table(_ rows: [JSONValue], _ headings: [String: String]) -> HTML {
    let keys = rows.first?.asObject?.keys ?? []
    let columns = keys.map { key in
      var isNumber = false
      if case .int? = rows.first?[key] { isNumber = true }
      return Column(headings[key] ?? key, isNumber ? .number : .plain) { row, page in
        cell(row[key], page)
      }
    }
    let table = TableView(page: page, columns: columns, rows: rows, caption: page.texts("Rows"))
    return Self.scroll(["tableHTML": table()], page.texts)
  }

  private static let scroll = Template(#"<div class="report-rows">{{{tableHTML}}}</div>"#)

  private func cell(_ value: JSONValue?, _ page: PageRequest) -> HTML {
    guard let text = value?.text else { return page.plain(nil) }
    // Instants come as `YYYY-MM-DD HH:MM:SS`.
    let isInstant =
      text.utf8.count == 19 && text.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil
    return page.plain(isInstant ? page.formats.moment(text) : String(text.prefix(300)))
  }

  // MARK: Above the rows

  private func toolbar(_ answer: JSONValue, _ total: Int) -> HTML {
    Self.toolbar(
      [
        "path": page.request.path,
        "from": page.query("dateFrom") ?? String((answer["dateFrom"]?.text ?? "").prefix(10)),
        "to": page.query("dateTo") ?? String((answer["dateTo"]?.text ?? "").prefix(10)),
        "count": page.texts.counting(total, one: "1 row", many: "{count} rows"),
      ], page.texts)
  }

  private static let toolbar = Template(
    #"""
    <form class="toolbar" method="get" action="{{path}}"><label class="row"><span class="muted">[[From]]</span><input class="input short" type="date" name="dateFrom" value="{{from}}"></label><label class="row"><span class="muted">[[Until]]</span><input class="input short" type="date" name="dateTo" value="{{to}}"></label><button class="button">[[Show]]</button><span class="muted num end">{{count}}</span></form>
    """#)

  private func export(_ id: Int64) -> HTML {
    guard page.may(.enable, .exports) else { return .empty }
    var span = ""
    for name in ["dateFrom", "dateTo"] {
      if let day = page.query(name) { span += "&\(name)=\(PageRequest.encoded(day))" }
    }
    return Self.export(["path": "/api/reports/\(id)/export", "span": span], page.texts)
  }

  private static let export = Template(
    #"""
    <details class="menu end" name="menu"><summary class="button caret">[icon:export][[Export]]</summary><div class="menu-list"><a class="item" href="{{path}}?format=csv{{span}}" download>[[CSV file]]</a><a class="item" href="{{path}}?format=xlsx{{span}}" download>[[Excel workbook]]</a></div></details>
    """#)
}
