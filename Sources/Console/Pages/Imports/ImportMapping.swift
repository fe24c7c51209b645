import API

/// The third step of an import: what the columns are, and what is done with all rows.
struct ImportMapping: Sendable {
  let page: PageRequest

  func callAsFunction() async throws -> PageAnswer { try await shown(FormValues()) }

  /// Keeps the mapping and starts the import.
  func save() async throws -> PageAnswer {
    let body = try await FormBody(page)
    let id = try page.id
    do {
      let names = ImportSample(try await page.get("imports/\(id)/preview")).headers
      let changes = Self.changes(body, names)
      try await page.send(.patch, "imports/\(id)/edit", changes)
      guard body.text("action") == "start" else {
        return .redirect(to: "imports/\(id)/mapping", message: page.texts("Saved."))
      }
      try await page.send(.post, "imports/\(id)/start", ["background": true])
      return .redirect(to: "imports/\(id)")
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await shown(FormValues(body, error), error)
    }
  }

  /// What the API is given of what the form sent.
  private static func changes(_ body: FormBody, _ names: [String]) -> JSONValue {
    var fields = JSONObject()
    for (place, name) in names.enumerated() where !name.isEmpty {
      let target = body.members["column"]?.elements.map { _ in
        FormBody.value("column[\(place)]", in: .object(body.members))?.text ?? ""
      }
      if let target, !target.isEmpty { fields[name] = .string(target) }
    }
    var parser: JSONObject = ["tagSeparator": .string(body.text("tagSeparator") ?? "")]
    for name in ["dateOrder", "decimalMark"] {
      if let word = body.text(name) { parser[name] = .string(word) }
    }
    return [
      "fields": .object(fields), "parser": .object(parser),
      "defaults": [
        "list": body.text("list").map(JSONValue.string) ?? .null,
        "owner": body.text("owner").map(JSONValue.string) ?? .null,
        "tags": .string(body.text("tags") ?? ""), "stage": .string(body.text("stage") ?? ""),
        "skip_if_exists": .bool(body.text("skipIfExists") == "1"),
      ],
      "allowDuplicates": .bool(body.text("allowDuplicates") == "1"),
      "priority": .string(body.text("priority") ?? "512"),
    ]
  }

  private func shown(_ values: FormValues, _ error: APIError? = nil) async throws -> PageAnswer {
    let id = try page.id
    let figures = ImportFigures(try await page.get("imports/\(id)")["import"] ?? [:])
    guard figures.isDraft else { return .redirect(to: "imports/\(id)") }
    let sample = ImportSample(try await page.get("imports/\(id)/preview", ["limit": 100]))
    let fields = try await page.get(
      "imports/fields", ["object": .string(figures.isOfCompanies ? "company" : "contact")])
    let columns = MappingColumns(
      page: page, sample: sample, fields: fields["fields"]?.elements ?? [],
      stored: figures.item["properties"]?["fields"], sent: values.values["column"])
    let options = MappingOptions(page: page, figures: figures, sent: values)
    let content = Self.template(
      [
        "stepsHTML": ImportSteps.shown(3, id: figures.id, page), "token": page.token,
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "columnsHTML": columns.table(), "mapped": columns.summary,
        "identifiersHTML": columns.identifiers(),
        "optionsHTML": try await options(), "id": figures.id,
        "rows": page.texts.counting(
          figures.count("lineCount"), one: "1 row", many: "{count} rows"),
      ], page.texts)
    var shown = Page(
      title: figures.file, subtitle: page.texts("Which field takes which column?"),
      trail: [.init(text: page.texts("Imports"), path: "imports")], contentHTML: content,
      section: "imports", styles: ["imports.css"])
    if let error { shown.status = error.status }
    return .page(shown)
  }

  private static let template = Template(
    #"""
    {{{stepsHTML}}}
    <form method="post" action="/console/imports/{{id}}/mapping" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    <div class="split"><div><section class="panel"><header class="panel-head"><h2>[[Columns]]</h2><span class="sub">{{mapped}}</span></header>{{{columnsHTML}}}</section></div>
    <aside aria-label="[[Options]]">{{{identifiersHTML}}}{{{optionsHTML}}}</aside></div>
    <div class="form-actions"><button class="button primary" name="action" value="start">[[Start the import]]</button><button class="button" name="action" value="save">[[Save for later]]</button><a class="button plain" href="/console/imports/{{id}}/check">[[Back]]</a><span class="hint">{{rows}}</span></div></form>
    """#)
}
