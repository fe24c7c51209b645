import API

/// The page of an export: how far it is, and its file.
struct ExportPage: Sendable {
  let page: PageRequest

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let item = ExportFigures(try await page.get("exports/\(id)")["export"] ?? [:])
    let content = Self.template(
      [
        "state": item.status, "alertsHTML": alerts(item), "runHTML": run(item),
        "fileHTML": file(item), "failuresHTML": failures(item),
        "factsHTML": Panel(page.texts("Properties"))(facts(item), page),
      ], page.texts)
    return .page(
      Page(
        title: item.item["fileName"]?.text ?? "", subtitle: item.selection(page),
        trail: [.init(text: page.texts("Exports"), path: "exports")], actionsHTML: actions(item),
        contentHTML: content, section: "exports", live: "exports/\(id)"))
  }

  private static let template = Template(
    #"""
    <div data-live-state="{{state}}" hidden></div>{{{alertsHTML}}}{{{runHTML}}}{{{fileHTML}}}{{{factsHTML}}}{{{failuresHTML}}}
    """#)

  private static let actionsTemplate = Template(
    #"""
    {{#isPending}}<form method="post" action="/console/exports/{{id}}/cancel"><input type="hidden" name="token" value="{{token}}"><button class="button">[[Cancel the export]]</button></form>{{/isPending}}{{^isPending}}<form method="post" action="/console/exports/{{id}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button danger" data-confirm="[[Delete this export and its file?]]">[[Delete]]</button></form>{{/isPending}}{{#isReady}}<a class="button primary" href="/console/exports/{{id}}/download" download>[icon:import][[Download]]</a>{{/isReady}}
    """#)

  private func actions(_ item: ExportFigures) -> HTML {
    Self.actionsTemplate(
      [
        "id": item.id, "token": page.token, "isPending": item.isPending, "isReady": item.isReady,
      ], page.texts)
  }

  private func alerts(_ item: ExportFigures) -> HTML {
    var alerts: [Alert] = []
    if let message = item.item["error"]?["message"]?.text { alerts.append(Alert(.bad, message)) }
    switch item.status {
    case "stopped": alerts.append(Alert(.info, page.texts("The export was cancelled.")))
    case "expired":
      alerts.append(Alert(.info, page.texts("The file is gone: it was kept for its time.")))
    default: break
    }
    return alerts.map { $0(page) }.joined()
  }

  private static let runTemplate = Template(
    #"""
    <section class="panel"><div class="panel-body progress"><div class="progress-head"><strong>{{#isQueued}}[[Waits for a worker]]{{/isQueued}}{{^isQueued}}[[Being written]]{{/isQueued}}</strong><span class="row"><span class="num" data-figure="percentText">{{percentText}}</span><span class="live">[[Live]]</span></span></div><progress max="100" aria-label="[[Progress of the export]]" data-figure="percent"{{#percent}} value="{{percent}}"{{/percent}}></progress><p class="hint num"><span data-figure="processedCount">{{done}}</span> [[of]] <span data-figure="rowCount">{{rows}}</span> [[contacts]]</p></div></section>
    """#)

  private func run(_ item: ExportFigures) -> HTML {
    guard item.isPending else { return .empty }
    let formats = page.formats
    return Self.runTemplate(
      [
        "isQueued": item.status == "queued", "percent": item.percent.map { "\($0)" } ?? "",
        "percentText": item.percent.map { formats.number($0, digits: 0) + " %" } ?? "",
        "done": formats.number(item.item["processedCount"]?.integer ?? 0),
        "rows": item.item["rowCount"]?.integer.map { formats.number($0) } ?? "–",
      ], page.texts)
  }

  private static let fileTemplate = Template(
    #"""
    <div class="tiles"><div class="tile"><span class="tile-label">[[Contacts]]</span><span class="tile-figure">{{rows}}</span></div><div class="tile"><span class="tile-label">[[Size]]</span><span class="tile-figure">{{size}}</span></div>{{#failed}}<div class="tile"><span class="tile-label">[[Left out]]</span><span class="tile-figure">{{failed}}</span></div>{{/failed}}</div>
    """#)

  private func file(_ item: ExportFigures) -> HTML {
    guard item.isReady else { return .empty }
    let formats = page.formats
    let failed = item.item["failedCount"]?.integer ?? 0
    return Self.fileTemplate(
      [
        "rows": formats.number(item.item["rowCount"]?.integer ?? 0),
        "size": formats.bytes(item.item["fileSize"]?.integer ?? 0),
        "failed": failed > 0 ? formats.number(failed) : "",
      ], page.texts)
  }

  private static let factsTemplate = Template(
    #"""
    <dl class="facts two">{{#facts}}<div><dt>{{name}}</dt><dd>{{{valueHTML}}}</dd></div>{{/facts}}</dl>
    """#)

  private func facts(_ item: ExportFigures) -> HTML {
    let texts = page.texts
    let data = item.item
    let columns = (data["columns"]?.elements ?? []).compactMap(\.text)
    var facts: [(String, HTML)] = [
      (texts("Status"), item.badge(page)), (texts("Format"), page.plain(item.format)),
      (texts("Contacts of"), page.plain(item.selection(page))),
      (texts("Columns"), page.plain(columns.joined(separator: ", "))),
      (texts("Added"), page.time(data["dateAdded"])),
      (texts("By"), page.plain(data["createdByUser"]?.text)),
      (texts("Ended"), page.time(data["dateEnded"])),
      (texts("Kept until"), page.time(data["dateExpires"])),
    ]
    if let digest = data["sha256"]?.text { facts.append(("SHA-256", page.plain(digest))) }
    let harmless = data["neutralisedCount"]?.integer ?? 0
    if harmless > 0 { facts.append((texts("Formulas made harmless"), page.count(.int(harmless)))) }
    let shortened = data["shortenedCount"]?.integer ?? 0
    if shortened > 0 { facts.append((texts("Cells cut short"), page.count(.int(shortened)))) }
    return Self.factsTemplate(
      ["facts": facts.map { ["name": $0.0, "valueHTML": $0.1] as [String: Any] }], texts)
  }

  private func failures(_ item: ExportFigures) -> HTML {
    let failures = item.item["failures"]?.elements ?? []
    guard !failures.isEmpty else { return .empty }
    let table = TableView(
      page: page,
      columns: [
        Column(page.texts("Contact")) { failure, page in
          let id = failure["contact"]?.text ?? ""
          return page.link(id, to: "contacts/\(id)")
        },
        Column(page.texts("Reason")) { $1.plain($0["message"]?.text) },
      ], rows: Array(failures.prefix(100)), caption: page.texts("Contacts that the file lacks"))
    return Panel(page.texts("Contacts that the file lacks"), isPadded: false)(table(), page)
  }
}
