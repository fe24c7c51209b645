import API

/// The list of exports: the user's own, or all for administrators.
struct ExportListPage: Sendable {
  let page: PageRequest

  func callAsFunction() async throws -> PageAnswer {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await page.get(
      "exports",
      [
        "limit": .int(RecordList.limit), "start": .int(start),
        "orderBy": .string(page.query("orderBy") ?? "id"),
        "orderByDir": .string(page.query("orderByDir") ?? "DESC"),
      ])
    let exports = answer["exports"]?.elements ?? []
    let content: HTML
    if exports.isEmpty, start == 0 {
      content = EmptyState(
        title: page.texts("No exports yet"),
        text: page.texts(
          "An export writes contacts into a file: for a spreadsheet, another program, or as a copy."
        ),
        icon: "export",
        action: page.may(.view, .contacts)
          ? (page.texts("New export"), "/console/exports/new") : nil)(page)
    } else {
      let table = TableView(
        page: page, columns: columns, rows: exports, caption: page.texts("Exports"))
      let total = answer["total"]?.integer ?? exports.count
      content =
        table()
        + Pager(page: page, start: start, limit: RecordList.limit, total: total)()
    }
    return .page(
      Page(
        title: page.texts("Exports"), actionsHTML: newButton,
        contentHTML: Panel(isPadded: false)(content, page), section: "exports"))
  }

  private static let button = Template(
    #"<a class="button primary" href="/console/exports/new">[icon:plus][[New export]]</a>"#)

  private var newButton: HTML {
    page.may(.view, .contacts) ? Self.button([:], page.texts) : .empty
  }

  private static let download = Template(
    #"""
    {{#isReady}}<a class="button small" href="/console/exports/{{id}}/download" download aria-label="[[Download {{name}}]]">[[Download]]</a>{{/isReady}}
    """#)

  private var columns: [Column] {
    let texts = page.texts
    return [
      Column(texts("File")) { item, page in
        page.link(
          item["fileName"]?.text ?? "", to: "exports/\(item["id"]?.text ?? "")")
      },
      Column(texts("Contacts of")) { item, page in
        page.plain(ExportFigures(item).selection(page))
      },
      Column(texts("Status")) { ExportFigures($0).badge($1) },
      Column(texts("Rows"), .number) { $1.count($0["rowCount"]) },
      Column(texts("Size"), .number) { item, page in
        page.plain(item["fileSize"]?.integer.map(page.formats.bytes))
      },
      Column(texts("By"), .wide) { $1.plain($0["createdByUser"]?.text) },
      Column(texts("Added"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
      Column("", .tools) { item, page in
        let figures = ExportFigures(item)
        return Self.download(
          [
            "id": figures.id, "isReady": figures.isReady, "name": item["fileName"]?.text ?? "",
          ], page.texts)
      },
    ]
  }
}
