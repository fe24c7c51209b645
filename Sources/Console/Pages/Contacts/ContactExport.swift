import API

/// Exports contacts into a file: the selected, or all that a list shows.
struct ContactExport: Sendable {
  let page: PageRequest

  /// The page that asks for the form of the file, for all that the list in the address shows.
  func form() async throws -> PageAnswer {
    let state = ContactListState(page)
    let sections = try await sections(state)
    let values = FormValues(["format": "csv"])
    let form = Self.template(
      [
        "token": page.token, "kept": state.fields(),
        "fieldsHTML": FormView(page: page, sections: sections, values: values)(),
        "back": "/console/" + state.address(),
      ], page.texts)
    return .page(
      Page(
        title: page.texts("Export contacts"),
        subtitle: state.wholeSearch.isEmpty
          ? page.texts("All contacts")
          : page.texts("All that match: {search}", ["search": state.wholeSearch]),
        trail: [.init(text: page.texts("Contacts"), path: state.address())],
        contentHTML: Panel()(form, page), section: "contacts", width: .narrow))
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/contacts/batch" data-keep><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="action" value="export"><input type="hidden" name="apply" value="1"><input type="hidden" name="everything" value="1">{{#kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/kept}}
    {{{fieldsHTML}}}<div class="form-actions"><button class="button primary">[[Start the export]]</button><a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  /// The fields of the form.
  func sections(_ state: ContactListState) async throws -> [FormSection] {
    let texts = page.texts
    let formats = [
      ("csv", texts("CSV")), ("xlsx", texts("Excel")), ("jsonl", texts("JSON lines")),
    ].map { FormField.Choice($0.0, $0.1) }
    let marks = [
      (",", texts("Comma")), (";", texts("Semicolon")), ("\t", texts("Tab")), ("|", "|"),
    ].map { FormField.Choice($0.0, $0.1) }
    var options = [
      FormField("format", texts("Format"), .choice(formats), isRequired: true),
      FormField(
        "delimiter", texts("Between the values of a CSV"), .choice(marks), isRequired: true),
      FormField(
        "bom", texts("Mark the CSV as UTF-8"), .flag,
        hint: texts("Excel then reads its umlauts and accents.")),
      FormField(
        "gzip", texts("Compress the file"), .flag, hint: texts("CSV and JSON lines.")),
      FormField(
        "raw", texts("Leave formulas as they are"), .flag,
        hint: texts("Else a spreadsheet cannot run what a contact has typed.")),
      FormField("notifyEmail", texts("Send me the link by e-mail"), .flag),
    ]
    if state.view == .all {
      options.append(
        FormField("visitors", texts("Visitors too"), .flag, hint: texts("People not known yet.")))
    }
    return [
      FormSection("", options),
      FormSection(
        texts("Columns"),
        [
          FormField(
            "fileColumns", texts("Columns"), .choices(try await columns),
            hint: texts("None chosen: the number and all fields."), isWide: true)
        ]),
    ]
  }

  private var columns: [FormField.Choice] {
    get async throws {
      let texts = page.texts
      let own = [
        ("id", texts("Id")), ("stage", texts("Stage")), ("tags", texts("Tags")),
        ("owner", texts("Owner")), ("segments", texts("Segments")), ("ip", texts("IP address")),
        ("doNotEmail", texts("Do not e-mail")), ("dateAdded", texts("Added")),
        ("dateModified", texts("Changed")), ("dateIdentified", texts("Known since")),
      ].map { FormField.Choice($0.0, $0.1, group: texts("Record")) }
      func choices(_ kind: ProfileFields.Kind, _ group: String) async throws -> [FormField.Choice] {
        try await ProfileFields(kind, page, hasChoices: false).definitions.map {
          FormField.Choice($0["alias"]?.text ?? "", $0["label"]?.text ?? "", group: group)
        }
      }
      return try await own + choices(.contact, texts("Fields"))
        + choices(.company, texts("Primary company"))
    }
  }

  /// Starts the export and leads to its page.
  ///
  /// - Parameter ids: The selected contacts; nil for all that the list shows.
  /// - Throws: `APIError`.
  func start(
    _ body: FormBody, _ state: ContactListState, ids: [Int64]?
  ) async throws -> PageAnswer {
    var members: JSONObject = ["object": "contact"]
    for name in ["format", "delimiter"] {
      if let text = body.text(name) { members[name] = .string(text) }
    }
    if members["format"]?.text != "csv" { members["delimiter"] = .null }
    for name in ["bom", "raw", "gzip", "notifyEmail"] {
      members[name] = .bool(body.members[name]?.truth == true)
    }
    let columns = body.members["fileColumns"]?.elements?.filter { $0.text?.isEmpty == false } ?? []
    if !columns.isEmpty { members["columns"] = .array(columns) }
    if let ids {
      members["ids"] = .array(ids.map { .int(Int($0)) })
    } else {
      var search = state.wholeSearch
      if state.view == .all, body.members["visitors"]?.truth == true {
        // Only a search that speaks of visitors has them in the file.
        search += " (is:anonymous or !is:anonymous)"
      }
      if !search.isEmpty { members["search"] = .string(search) }
      if !state.orderBy.isEmpty {
        members["orderBy"] = .string(state.orderBy)
        members["orderByDir"] = .string(state.direction)
      }
    }
    let answer = try await page.send(.post, "exports/new", .object(members))
    return .redirect(
      to: "exports/\(answer["export"]?["id"]?.text ?? "")",
      message: page.texts("The export has begun."))
  }
}
