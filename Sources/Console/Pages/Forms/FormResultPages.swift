import API

/// What visitors have sent by a form.
enum FormResultPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/forms/{id}/results", needs: .on(.forms, .view)) { .page(try await list($0)) },
      .get("/forms/{id}/results/{sid}", needs: .on(.forms, .view)) { .page(try await result($0)) },
      .post("/forms/{id}/results/{sid}/confirmation", needs: .on(.forms, .edit)) { page in
        let (id, submission) = (try page.id, try page.request.pathText("sid"))
        try await page.send(.post, "forms/\(id)/submissions/\(submission)/confirmation")
        return .redirect(
          to: "forms/\(id)/results/\(submission)", message: page.texts("The mail is sent again."))
      },
    ]
  }

  /// The fields whose values are kept.
  private static func kept(_ form: JSONValue) -> [JSONValue] {
    FormFieldPages.fields(form).filter {
      FormFieldType.named($0["type"]?.text ?? "").isInput && $0["saveResult"]?.truth != false
        && !["captcha", "password"].contains($0["type"]?.text ?? "")
    }
  }

  /// A table of submissions, with at most five of their values.
  static func table(_ rows: [JSONValue], of form: JSONValue, _ page: PageRequest) -> TableView {
    let id = form["id"]?.text ?? ""
    var columns = [
      Column(page.texts("Sent"), order: "id", .line) { row, page in
        page.link(
          page.formats.moment(row["dateSubmitted"]?.text ?? ""),
          to: "forms/\(id)/results/\(row["id"]?.text ?? "")")
      },
      Column(page.texts("Contact")) { row, page in contact(row, page) },
    ]
    for field in kept(form).prefix(5) {
      let alias = field["alias"]?.text ?? ""
      columns.append(
        Column(field["label"]?.text ?? alias) { row, page in
          page.plain(shown(row["results"]?[alias]).map { String($0.prefix(160)) })
        })
    }
    return TableView(page: page, columns: columns, rows: rows, caption: page.texts("Results"))
  }

  private static func contact(_ row: JSONValue, _ page: PageRequest) -> HTML {
    guard let id = row["lead"]?["id"]?.text else { return page.muted("–") }
    let lead = row["lead"]
    let name = ["firstname", "lastname"].compactMap {
      lead?[$0]?.text ?? lead?["fields"]?["all"]?[$0]?.text
    }
    .joined(separator: " ")
    let address = lead?["email"]?.text ?? lead?["fields"]?["all"]?["email"]?.text
    let shown = name.isEmpty ? address ?? page.texts("Contact {id}", ["id": id]) : name
    return page.link(shown, to: "contacts/\(id)")
  }

  private static func shown(_ value: JSONValue?) -> String? {
    value?.text ?? value?.elements.map { $0.compactMap(\.text).joined(separator: ", ") }
  }

  private static let limit = 30

  private static func list(_ page: PageRequest) async throws -> Page {
    let form = try await FormPages.form(page)
    let id = form["id"]?.text ?? ""
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let conditions = conditions(page)
    var query: JSONObject = [
      "start": .int(start), "limit": .int(limit), "orderBy": .string(page.query("orderBy") ?? "id"),
      "orderByDir": .string(page.query("orderByDir") ?? "DESC"),
    ]
    if !conditions.isEmpty { query["where"] = .array(conditions) }
    var (rows, total, problem): ([JSONValue], Int, HTML) = ([], 0, .empty)
    do {
      let answer = try await page.get("forms/\(id)/submissions", query)
      rows = answer["submissions"]?.elements ?? []
      total = answer["total"]?.integer ?? 0
    } catch let error as APIError where error.status == .badRequest {
      problem = Alert(.bad, error.message)(page)
    }
    let isEmpty = rows.isEmpty && start == 0
    let content =
      isEmpty
      ? EmptyState(
        title: page.texts(conditions.isEmpty ? "No results yet" : "Nothing found"),
        text: page.texts(
          conditions.isEmpty
            ? "What visitors send stands here." : "No submission has such a value."),
        icon: "forms")(page)
      : table(rows, of: form, page)()
        + Pager(page: page, start: start, limit: limit, total: total)()
    let panel = Panel(isPadded: false)(filters(form, page) + problem + content, page)
    return FormPages.page(form, "results", panel, page, actions: exports(id, page))
  }

  /// What the filters above the list ask for.
  private static func conditions(_ page: PageRequest) -> [JSONValue] {
    var conditions: [JSONValue] = []
    if let field = page.query("field"), let value = page.query("value") {
      conditions.append([
        "col": .string("r.\(field)"), "expr": "like", "val": .string("%\(value)%"),
      ])
    }
    for (name, comparison, time) in [("from", "gte", "00:00:00"), ("to", "lte", "23:59:59")] {
      if let day = page.query(name) {
        conditions.append([
          "col": "dateSubmitted", "expr": .string(comparison), "val": .string("\(day) \(time)"),
        ])
      }
    }
    return conditions
  }

  private static func filters(_ form: JSONValue, _ page: PageRequest) -> HTML {
    filterTemplate(
      [
        "path": page.request.path, "value": page.query("value") ?? "",
        "from": page.query("from") ?? "", "to": page.query("to") ?? "",
        "isFiltered": !conditions(page).isEmpty,
        "fields": kept(form).map { field -> [String: Any] in
          let alias = field["alias"]?.text ?? ""
          return [
            "alias": alias, "label": field["label"]?.text ?? "",
            "isChosen": alias == page.query("field"),
          ]
        },
      ], page.texts)
  }

  private static let filterTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="{{path}}"><select class="input" name="field" aria-label="[[Field]]"><option value="">[[Any field]]</option>{{#fields}}<option value="{{alias}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/fields}}</select>
    <input class="input medium" name="value" value="{{value}}" aria-label="[[Has the value]]" placeholder="[[Has the value]]" maxlength="500">
    <label class="row"><span class="muted">[[From]]</span><input class="input short" type="date" name="from" value="{{from}}"></label><label class="row"><span class="muted">[[Until]]</span><input class="input short" type="date" name="to" value="{{to}}"></label>
    <button class="button">[[Filter]]</button>{{#isFiltered}}<a class="button plain" href="{{path}}">[[Clear]]</a>{{/isFiltered}}</form>
    """#)

  private static func exports(_ id: String, _ page: PageRequest) -> HTML {
    exportTemplate(["path": "/api/forms/\(id)/submissions"], page.texts)
  }

  private static let exportTemplate = Template(
    #"""
    <details class="menu end" name="menu"><summary class="button caret">[icon:export][[Export]]</summary><div class="menu-list"><a class="item" href="{{path}}?format=csv" download>[[CSV file]]</a><a class="item" href="{{path}}?format=xlsx" download>[[Excel workbook]]</a></div></details>
    """#)

  // MARK: One result

  private static func result(_ page: PageRequest) async throws -> Page {
    let form = try await FormPages.form(page)
    let (id, sid) = (try page.id, try page.request.pathText("sid"))
    let result = try await page.get("forms/\(id)/submissions/\(sid)")["submission"] ?? [:]
    let values = kept(form).map { field -> (name: String, value: HTML) in
      let alias = field["alias"]?.text ?? ""
      let value = shown(result["results"]?[alias])
      guard field["type"]?.text == "file", let value, !value.isEmpty else {
        return (field["label"]?.text ?? alias, page.plain(value))
      }
      let path = "/api/forms/\(id)/submissions/\(sid)/files/\(PageRequest.encoded(alias))"
      return (
        field["label"]?.text ?? alias, fileTemplate(["path": path, "name": value], page.texts)
      )
    }
    var facts: [(name: String, value: HTML)] = [
      (page.texts("Contact"), contact(result, page)),
      (page.texts("Sent"), page.time(result["dateSubmitted"])),
      (page.texts("Page"), page.plain(result["referer"]?.text)),
      (page.texts("Address"), page.plain(result["ipAddress"]?["ipAddress"]?.text)),
    ]
    if let consent = result["consent"]?.text {
      facts.append((page.texts("Consent"), page.plain(consent)))
    }
    let waits = form["doubleOptIn"]?["subject"] != nil && result["dateConfirmed"]?.text == nil
    if form["doubleOptIn"]?["subject"] != nil {
      facts.append(
        (
          page.texts("Confirmed"),
          waits ? page.badge(page.texts("not yet"), .warn) : page.time(result["dateConfirmed"])
        ))
    }
    let resend =
      waits && page.may(.edit, .forms)
      ? resendTemplate(
        ["token": page.token, "action": "/console/forms/\(id)/results/\(sid)/confirmation"],
        page.texts)
      : HTML.empty
    return Page(
      title: page.texts("Result {id}", ["id": sid]),
      trail: [
        .init(text: page.texts("Forms"), path: "forms"),
        .init(text: form["name"]?.text ?? "", path: "forms/\(id)"),
        .init(text: page.texts("Results"), path: "forms/\(id)/results"),
      ], actionsHTML: resend,
      contentHTML: Panel(page.texts("Values"))(RecordFacts(values)(page), page)
        + Panel(page.texts("Submission"))(RecordFacts(facts)(page), page),
      section: "forms", width: .narrow)
  }

  private static let fileTemplate = Template(#"<a href="{{path}}" download>{{name}}</a>"#)
  private static let resendTemplate = Template(
    #"""
    <form method="post" action="{{action}}"><input type="hidden" name="token" value="{{token}}"><button class="button">[icon:send][[Send the confirmation mail again]]</button></form>
    """#)
}
