import API

/// The form of a new export of contacts. The query may bring `search`, `segment` and `ids`, as links from lists do.
struct ExportForm: Sendable {
  let page: PageRequest

  func new() async throws -> PageAnswer {
    var values = JSONObject()
    for name in ["search", "segment", "ids"] {
      if let text = page.query(name) { values[name] = .string(text) }
    }
    return try await shown(FormValues(.object(values)))
  }

  func create() async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      let answer = try await page.send(.post, "exports/new", Self.members(body))
      return .redirect(to: "exports/\(answer["export"]?["id"]?.text ?? "")")
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await shown(FormValues(body, error), error)
    }
  }

  /// What the API is given: nothing where a field is empty, for an empty list of ids is nobody.
  private static func members(_ body: FormBody) -> JSONValue {
    var members = body.members
    for name in ["search", "segment", "ids", "columns", "delimiter", "format"] {
      let isEmpty =
        switch members[name] {
        case .string(let text)?: text.isEmpty
        case .array(let items)?: items.isEmpty
        default: false
        }
      if isEmpty { members[name] = nil }
    }
    // Only CSV has something between values.
    if (members["format"]?.text ?? "csv") != "csv" { members["delimiter"] = nil }
    return .object(members)
  }

  private func shown(_ values: FormValues, _ error: APIError? = nil) async throws -> PageAnswer {
    let fields = FormView(
      page: page, sections: try await sections(values), values: values)
    let form = Self.template(
      [
        "token": page.token, "fieldsHTML": fields(),
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
      ], page.texts)
    var shown = Page(
      title: page.texts("New export"),
      trail: [.init(text: page.texts("Exports"), path: "exports")],
      contentHTML: Panel()(form, page), section: "exports", width: .narrow)
    if let error { shown.status = error.status }
    return .page(shown)
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/exports/new" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}
    <div class="form-actions"><button class="button primary">[[Export]]</button><a class="button plain" href="/console/exports">[[Cancel]]</a></div></form>
    """#)

  private func sections(_ values: FormValues) async throws -> [FormSection] {
    let texts = page.texts
    var which = [
      FormField(
        "segment", texts("Segment"), .choice(try await ImportChoices.segments(page)),
        hint: texts("Empty: contacts of all segments and of none.")),
      FormField(
        "search", texts("Search"),
        hint: texts("As in the list of contacts, such as city:Oslo or is:anonymous.")),
    ]
    if let ids = values.values["ids"]?.text, !ids.isEmpty {
      which.append(FormField("ids", texts("Ids of contacts"), isWide: true))
    }
    return [
      FormSection(texts("Which contacts"), which),
      FormSection(
        texts("The file"),
        [
          FormField(
            "format", texts("Format"),
            .choice([
              .init("csv", texts("CSV")), .init("xlsx", texts("Excel")),
              .init("jsonl", texts("JSON lines")),
            ]), isRequired: true, initial: "csv"),
          FormField(
            "delimiter", texts("Between values"),
            .choice([
              .init("", texts("Comma")), .init(";", texts("Semicolon")),
              .init("tab", texts("Tab")), .init("|", "|"),
            ]), hint: texts("Of CSV files.")),
          FormField(
            "columns", texts("Columns"), .choices(try await columns()),
            hint: texts("None chosen: all published fields."), isWide: true),
          FormField(
            "bom", texts("Mark as Unicode"), .flag,
            hint: texts("Excel opens a CSV file with umlauts right."), initial: false),
          FormField(
            "gzip", texts("Packed"), .flag, hint: texts("CSV and JSON lines as .gz."),
            initial: false),
          FormField(
            "raw", texts("Values as they are"), .flag,
            hint: texts(
              "Otherwise cells that a spreadsheet would run as formulas are made harmless."),
            initial: false),
          FormField(
            "notifyEmail", texts("Tell me by e-mail"), .flag,
            hint: texts("The link to the file goes to your own address."), initial: false),
        ]),
    ]
  }

  /// The columns that there are: fields, and what else is known of contacts.
  private func columns() async throws -> [FormField.Choice] {
    let texts = page.texts
    let further = [
      ("id", "Id"), ("stage", "Stage"), ("tags", "Tags"), ("owner", "Owner"),
      ("segments", "Segments"), ("ip", "IP addresses"), ("doNotEmail", "Do not e-mail"),
      ("dateAdded", "Created"), ("dateModified", "Changed"), ("dateIdentified", "Identified"),
    ].map { FormField.Choice($0.0, texts($0.1), group: texts("Other properties")) }
    let fields = try await page.optional("contacts/list/fields")?.elements ?? []
    return fields.filter { $0["object"]?.text == "lead" }.map {
      FormField.Choice($0["alias"]?.text ?? "", $0["label"]?.text ?? "", group: texts("Fields"))
    } + further
  }
}
