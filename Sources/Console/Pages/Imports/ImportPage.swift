import API

/// The fourth step of an import: its run and its result.
struct ImportPage: Sendable {
  let page: PageRequest

  /// The failed rows and remarks about rows that are shown at once.
  private static let shownRows = 20

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let item = ImportFigures(try await page.get("imports/\(id)")["import"] ?? [:])
    guard !item.isDraft else { return .redirect(to: "imports/\(id)/check") }
    let limit: JSONObject = ["limit": .int(Self.shownRows)]
    let failed: JSONValue? =
      item.count("ignoredCount") > 0
      ? try await page.get("imports/\(id)/failed", limit.with(["format": "json"])) : nil
    let warnings = try await page.get("imports/\(id)/warnings", limit)
    let content = Self.template(
      [
        "stepsHTML": ImportSteps.shown(4, page), "alertsHTML": alerts(item),
        "state": item.state, "runHTML": run(item), "tilesHTML": tiles(item),
        "failedHTML": failed.map { self.failed($0, item) } ?? .empty,
        "warningsHTML": self.warnings(warnings),
        "factsHTML": Panel(page.texts("Properties"))(ImportFacts(page: page, item: item)(), page),
      ], page.texts)
    return .page(
      Page(
        title: item.file, trail: [.init(text: page.texts("Imports"), path: "imports")],
        actionsHTML: actions(item), contentHTML: content, section: "imports",
        styles: ["imports.css"], live: "imports/\(id)"))
  }

  private static let template = Template(
    #"""
    <div data-live-state="{{state}}" hidden></div>{{{stepsHTML}}}{{{alertsHTML}}}{{{runHTML}}}{{{tilesHTML}}}
    <div class="split"><div>{{{failedHTML}}}{{{warningsHTML}}}</div><aside>{{{factsHTML}}}</aside></div>
    """#)

  // MARK: Buttons

  private static let actionTemplate = Template(
    #"""
    <form method="post" action="/console/imports/{{id}}/{{name}}"><input type="hidden" name="token" value="{{token}}"><button class="button{{#class}} {{class}}{{/class}}"{{#confirm}} data-confirm="{{confirm}}"{{/confirm}}>{{text}}</button></form>
    """#)
  private static let linkTemplate = Template(
    #"<a class="button{{#class}} {{class}}{{/class}}" href="/console/{{path}}">{{text}}</a>"#)

  private func actions(_ item: ImportFigures) -> HTML {
    let texts = page.texts
    var buttons: [HTML] = []
    func button(_ name: String, _ text: String, _ kind: String = "", confirm: String = "") {
      buttons.append(
        Self.actionTemplate(
          [
            "id": item.id, "token": page.token, "name": name, "text": text, "class": kind,
            "confirm": confirm,
          ], texts))
    }
    if page.may(.edit, .imports) {
      if item.isMoving, item.status != "uploading" {
        if item.status == "manual" { button("background", texts("Go on in the background")) }
        button("stop", texts("Stop"))
      }
      if item.isStopped { button("resume", texts("Resume"), "primary") }
      if item.isStopped || item.isMoving {
        button(
          "cancel", texts("Cancel the import"), "danger",
          confirm: texts("End this import for good? What is imported stays."))
      }
      if item.isUndoable {
        button(
          "undo", texts("Undo"), "danger",
          confirm: texts(
            "Remove the contacts that this import made and that nobody has touched since?"))
      }
    }
    if page.may(.delete, .imports), item.hasEnded || item.isStopped, !item.isBeingUndone {
      button(
        "delete", texts("Delete"), "danger",
        confirm: texts("Delete this import and its file? The contacts stay."))
    }
    if item.hasEnded, page.may(.create, .imports) {
      buttons.append(
        Self.linkTemplate(
          ["class": "", "path": "imports/new", "text": texts("Another import")], texts))
    }
    if item.hasEnded, !item.isOfCompanies, !item.isUndone, page.may(.view, .contacts),
      item.count("insertedCount") + item.count("updatedCount") > 0
    {
      buttons.append(
        Self.linkTemplate(
          [
            "class": "primary", "path": "contacts?search=import_id%3A\(item.id)",
            "text": texts("View the contacts"),
          ], texts))
    }
    return buttons.joined()
  }

  // MARK: How it goes

  private func alerts(_ item: ImportFigures) -> HTML {
    let texts = page.texts
    var alerts: [Alert] = []
    if let message = item.item["error"]?["message"]?.text {
      let line = item.item["error"]?["line"]?.integer
      alerts.append(
        Alert(
          .bad,
          line.map {
            texts("{reason} (line {line})", ["reason": message, "line": page.formats.number($0)])
          } ?? message))
    } else if let info = item.item["statusInfo"]?.text, !info.isEmpty {
      alerts.append(Alert(.warn, info))
    }
    if item.isCancelled {
      alerts.append(Alert(.info, texts("The import was cancelled. What was imported has stayed.")))
    } else if item.isStopped {
      alerts.append(
        Alert(.warn, texts("The import is stopped. It keeps its place and can be resumed.")))
    }
    if item.isUndone, !item.isBeingUndone {
      alerts.append(
        Alert(
          .info,
          texts(
            "Undone: {removed} contacts were removed, {kept} were kept because somebody has touched them since.",
            [
              "removed": page.formats.number(item.item["undo"]?["removedCount"]?.integer ?? 0),
              "kept": page.formats.number(item.item["undo"]?["keptCount"]?.integer ?? 0),
            ])))
    }
    return alerts.map { $0(page) }.joined()
  }

  private static let runTemplate = Template(
    #"""
    <section class="panel"><div class="panel-body progress"><div class="progress-head"><strong>{{heading}}</strong><span class="row"><span class="num" data-figure="percentText">{{percentText}}</span><span class="live">[[Live]]</span></span></div><progress max="100" aria-label="[[Progress of the import]]"{{#isUndo}}></progress><p class="hint"><span class="num" data-figure="removedCount">{{removed}}</span> [[contacts removed]]</p>{{/isUndo}}{{^isUndo}} data-figure="percent"{{#percent}} value="{{percent}}"{{/percent}}></progress><p class="hint num"><span data-figure="processedCount">{{processed}}</span> [[of]] <span data-figure="lineCount">{{lines}}</span> [[rows]] · <span data-figure="speed">{{speed}}</span> [[rows a second]] · <span data-figure="left">{{left}}</span> [[left]]</p>{{/isUndo}}</div></section>
    """#)

  private func run(_ item: ImportFigures) -> HTML {
    guard item.isMoving || item.isStopped || item.isBeingUndone else { return .empty }
    let (texts, formats) = (page.texts, page.formats)
    let heading =
      switch item.status {
      case _ where item.isBeingUndone: texts("Being undone")
      case "uploading": texts("The file is being uploaded")
      case "queued": texts("Waits for a worker")
      case "delayed": texts("Waits until other imports have ended")
      case "stopped": texts("Stopped")
      default: texts("Importing")
      }
    return Self.runTemplate(
      [
        "heading": heading, "isUndo": item.isBeingUndone,
        "removed": formats.number(item.item["undo"]?["removedCount"]?.integer ?? 0),
        "percent": item.percent.map { "\($0)" } ?? "",
        "percentText": item.percent.map { formats.number($0, digits: 0) + " %" } ?? "",
        "processed": formats.number(item.count("processedCount")),
        "lines": formats.number(item.count("lineCount")),
        "speed": formats.number(Int(item.speed)),
        "left": item.secondsLeft.map { formats.duration(seconds: $0) } ?? "–",
      ], texts)
  }

  private static let tilesTemplate = Template(
    #"""
    <div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{label}}</span><span class="tile-figure" data-figure="{{figure}}">{{count}}</span></div>{{/tiles}}</div>
    """#)

  private func tiles(_ item: ImportFigures) -> HTML {
    let tiles = [
      ("Rows done", "processedCount"), ("New", "insertedCount"), ("Changed", "updatedCount"),
      ("Not imported", "ignoredCount"), ("Values left out", "leftOutCount"),
    ]
    return Self.tilesTemplate(
      [
        "tiles": tiles.map { label, figure in
          [
            "label": page.texts(label), "figure": figure,
            "count": page.formats.number(item.count(figure)),
          ]
        }
      ], page.texts)
  }

  // MARK: What was wrong

  private static let download = Template(
    #"""
    <a class="button small" href="/console/imports/{{id}}/failed" download>[icon:import][[Download to mend]]</a>
    """#)
  private static let more = Template(#"<p class="panel-foot muted">{{text}}</p>"#)

  private func failed(_ answer: JSONValue, _ item: ImportFigures) -> HTML {
    let texts = page.texts
    let rows = answer["rows"]?.elements ?? []
    guard !rows.isEmpty else { return .empty }
    let table = TableView(
      page: page,
      columns: [
        Column(texts("Line"), .number) { $1.count($0["line"]) },
        Column(texts("Reason")) { $1.plain($0["error"]?.text) },
        Column(texts("Row")) { row, page in
          let values = (row["data"]?.elements ?? []).compactMap(\.text).filter { !$0.isEmpty }
          return page.muted(String(values.joined(separator: " · ").prefix(160)))
        },
      ], rows: rows, caption: texts("Rows that were not imported"))
    let rest = (answer["total"]?.integer ?? 0) - rows.count
    var note = texts(
      "The file has the rows as they came, with the reasons. Mend them and import it.")
    if rest > 0 {
      note =
        texts("{count} more are in the file.", ["count": page.formats.number(rest)]) + " " + note
    }
    return Panel(
      texts("Rows that were not imported"),
      actionsHTML: Self.download(["id": item.id], texts), isPadded: false)(
        table() + Self.more(["text": note], texts), page)
  }

  private func warnings(_ answer: JSONValue) -> HTML {
    let texts = page.texts
    let rows = answer["rows"]?.elements ?? []
    guard !rows.isEmpty else { return .empty }
    let table = TableView(
      page: page,
      columns: [
        Column(texts("Line")) { $1.count($0["line"]) },
        Column(texts("What was taken otherwise than written")) { $1.plain($0["warning"]?.text) },
      ], rows: rows, caption: texts("Imported with remarks"))
    let rest = (answer["total"]?.integer ?? 0) - rows.count
    let note =
      rest > 0 ? texts("and {count} more", ["count": page.formats.number(rest)]) : ""
    return Panel(texts("Imported with remarks"), isPadded: false)(
      table() + (note.isEmpty ? .empty : Self.more(["text": note], texts)), page)
  }
}
