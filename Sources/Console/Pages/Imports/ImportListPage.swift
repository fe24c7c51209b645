import API

/// The list of all imports.
struct ImportListPage: Sendable {
  let page: PageRequest

  private static let template = Template(
    #"""
    <form class="toolbar" method="get" action="/console/imports" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="search" value="{{search}}" placeholder="[[Search by file]]" aria-label="[[Search by file]]" maxlength="500"></div><select class="input" name="status" aria-label="[[Status]]" data-submit-on-change><option value="">[[Every status]]</option>{{#statuses}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/statuses}}</select><button class="button">[[Search]]</button>{{#isFiltered}}<a class="button plain" href="/console/imports">[[Clear]]</a>{{/isFiltered}}</form>
    """#)

  /// What the API is asked for of the first page in the order that nobody has chosen.
  static let first: JSONObject = [
    "limit": .int(RecordList.limit), "orderBy": "id", "orderByDir": "DESC",
  ]

  func callAsFunction() async throws -> PageAnswer {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    var query: JSONObject = [
      "limit": .int(RecordList.limit), "start": .int(start),
      "orderBy": .string(page.query("orderBy") ?? "id"),
      "orderByDir": .string(page.query("orderByDir") ?? "DESC"),
    ]
    for name in ["search", "status"] {
      if let text = page.query(name) { query[name] = .string(text) }
    }
    var (items, total, problem): ([JSONValue], Int, String?) = ([], 0, nil)
    do {
      let answer = try await page.get("imports", query)
      items = answer["imports"]?.elements ?? []
      total = answer["total"]?.integer ?? 0
    } catch let error as APIError where error.status == .badRequest {
      problem = error.message
    }
    let isFiltered = page.query("search") != nil || page.query("status") != nil
    var content = HTML.empty
    if let problem {
      content = Alert(.bad, problem)(page)
    } else if items.isEmpty, start == 0 {
      content = empty(isFiltered)
    } else {
      let table = TableView(
        page: page, columns: columns, rows: items, caption: page.texts("Imports"))
      content =
        table()
        + Pager(page: page, start: start, limit: RecordList.limit, total: total)()
    }
    let bar = !items.isEmpty || isFiltered ? toolbar(isFiltered) : .empty
    let isFirst = start == 0 && !isFiltered && page.query("orderBy") == nil
    let state = isFirst ? Self.figures(items)["state"]?.text ?? "" : ""
    let mark = isFirst ? Self.mark(["state": state], page.texts) : .empty
    return .page(
      Page(
        title: page.texts("Imports"), actionsHTML: newButton,
        contentHTML: Panel(isPadded: false)(bar + content, page) + mark, section: "imports",
        styles: ["imports.css"], live: isFirst ? "imports" : nil))
  }

  private static let mark = Template(#"<div data-live-state="{{state}}" hidden></div>"#)

  /// The figures of those that run.
  static func figures(_ items: [JSONValue]) -> JSONValue {
    var figures = JSONObject()
    var states: [String] = []
    for item in items {
      let item = ImportFigures(item)
      states.append("\(item.id) \(item.state)")
      guard item.isMoving else { continue }
      figures["percent-\(item.id)"] = item.percent.map(JSONValue.double) ?? .null
      figures["rows-\(item.id)"] = .int(item.count("processedCount"))
    }
    figures["state"] = .string(states.joined(separator: ", "))
    return .object(figures)
  }

  private static let button = Template(
    #"<a class="button primary" href="/console/imports/new">[icon:plus][[New import]]</a>"#)

  private var newButton: HTML {
    page.may(.create, .imports) ? Self.button([:], page.texts) : .empty
  }

  private func toolbar(_ isFiltered: Bool) -> HTML {
    let texts = page.texts
    let statuses = [
      ("draft", "Not started"), ("queued", "Waits"), ("in_progress", "Running"),
      ("imported", "Done"), ("failed", "Failed"), ("stopped", "Stopped"),
      ("delayed", "Waits for others"),
    ]
    return Self.template(
      [
        "search": page.query("search") ?? "", "isFiltered": isFiltered,
        "statuses": statuses.map { value, label -> [String: Any] in
          [
            "value": value, "label": texts(label), "isChosen": page.query("status") == value,
          ]
        },
      ], texts)
  }

  private func empty(_ isFiltered: Bool) -> HTML {
    guard !isFiltered else {
      return EmptyState(
        title: page.texts("Nothing found"), text: page.texts("No import matches this."))(page)
    }
    return EmptyState(
      title: page.texts("No imports yet"),
      text: page.texts(
        "An import makes contacts or companies of the rows of a CSV file, from a spreadsheet or another program."
      ), icon: "import",
      action: page.may(.create, .imports)
        ? (page.texts("New import"), "/console/imports/new") : nil)(page)
  }

  private static let progressTemplate = Template(
    #"""
    <progress max="100" data-figure="percent-{{id}}" aria-label="{{file}}"{{#percent}} value="{{percent}}"{{/percent}}></progress>
    """#)
  private static let rowsTemplate = Template(
    #"<span data-figure="rows-{{id}}">{{rows}}</span>"#)

  private var columns: [Column] {
    let texts = page.texts
    return [
      Column(texts("File"), order: "originalFile") { item, page in
        let figures = ImportFigures(item)
        let link = page.link(figures.file, to: figures.path)
        guard figures.isMoving else { return link }
        return link
          + Self.progressTemplate(
            [
              "id": figures.id, "file": figures.file,
              "percent": figures.percent.map { "\($0)" } ?? "",
            ], page.texts)
      },
      Column(texts("Status")) { ImportFigures($0).badge($1) },
      Column(texts("Into")) { item, page in
        page.plain(page.texts(ImportFigures(item).isOfCompanies ? "Companies" : "Contacts"))
      },
      Column(texts("Rows"), .number) { item, page in
        let figures = ImportFigures(item)
        let rows = figures.count(figures.isDraft ? "lineCount" : "processedCount")
        return Self.rowsTemplate(
          ["id": figures.id, "rows": page.formats.number(rows)], page.texts)
      },
      Column(texts("New"), .number) { $1.count($0["insertedCount"]) },
      Column(texts("Changed"), .number) { $1.count($0["updatedCount"]) },
      Column(texts("Not imported"), .number) { $1.count($0["ignoredCount"]) },
      Column(texts("By"), .wide) { $1.plain($0["createdByUser"]?.text) },
      Column(texts("Added"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
    ]
  }
}
