import API

/// The form of a segment: the builder of its filters, and its options.
struct SegmentForm: Sendable {
  func new(_ page: PageRequest) async throws -> PageAnswer {
    try await shown(page, nil, FormValues())
  }

  func create(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      let answer = try await page.send(.post, "segments/new", try Self.members(body))
      return .redirect(
        to: "segments/\(answer["list"]?["id"]?.text ?? "")", message: page.texts("Created."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await shown(page, nil, FormValues(body, error), error)
    }
  }

  func edit(_ page: PageRequest) async throws -> PageAnswer {
    let segment = try await segment(page)
    return try await shown(page, segment, FormValues(segment))
  }

  func update(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    let path = "segments/\(try page.id)"
    do {
      try await page.send(.patch, path + "/edit", try Self.members(body))
      return .redirect(to: path, message: page.texts("Saved."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await shown(page, try await segment(page), FormValues(body, error), error)
    }
  }

  /// What the API is given: the filters come as text.
  private static func members(_ body: FormBody) throws(APIError) -> JSONValue {
    var members = body.members
    if let text = members["filters"]?.text {
      members["filters"] = text.isEmpty ? [] : try JSONValue(json: text, of: "filters")
    }
    return .object(members)
  }

  private func segment(_ page: PageRequest) async throws -> JSONValue {
    try await page.get("segments/\(page.id)")["list"] ?? [:]
  }

  private func shown(
    _ page: PageRequest, _ segment: JSONValue?, _ values: FormValues, _ error: APIError? = nil
  ) async throws -> PageAnswer {
    let id = segment?["id"]?.text
    let options = FormView(page: page, sections: try await sections(page), values: values)
    let form = Self.template(
      [
        "token": page.token, "optionsHTML": options(), "id": id ?? "", "isNew": id == nil,
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "filterProblems": Self.filterProblems(values), "filters": Self.filters(values),
        "problems": Self.problems(values), "mayEdit": id == nil || page.may(.edit, .segments),
        "back": "/console/segments" + (id.map { "/\($0)" } ?? ""),
      ], page.texts)
    var trail = [Page.Trail(text: page.texts("Segments"), path: "segments")]
    if let segment, let id {
      trail.append(.init(text: segment["name"]?.text ?? "", path: "segments/\(id)"))
    }
    var shown = Page(
      title: page.texts(id == nil ? "New segment" : "Edit segment"), trail: trail,
      contentHTML: form, section: "segments", scripts: ["segment-builder.js"],
      styles: ["segment-builder.css", "segments.css"])
    if let error { shown.status = error.status }
    return .page(shown)
  }

  /// The filters as the text area has them: as they were sent, or as the segment has them.
  private static func filters(_ values: FormValues) -> String {
    switch values.values["filters"] {
    case .string(let text)?: text
    case .array(let filters)?: String(decoding: JSONValue.array(filters).rendered, as: UTF8.self)
    default: "[]"
    }
  }

  /// What was wrong with filters, as the builder reads it.
  private static func problems(_ values: FormValues) -> String {
    let found = values.problems.filter { $0.key.hasPrefix("filters[") }
    guard !found.isEmpty else { return "" }
    let members = found.map { ($0.key, JSONValue.array($0.value.map(JSONValue.string))) }
    return String(
      decoding: JSONValue.object(JSONObject(members.sorted { $0.0 < $1.0 })).rendered,
      as: UTF8.self)
  }

  /// The same in words, for who sees the text area.
  private static func filterProblems(_ values: FormValues) -> [String] {
    values.problems.filter { $0.key.hasPrefix("filters") }.sorted { $0.key < $1.key }
      .flatMap { member, messages in messages.map { "\(member): \($0)" } }
  }

  private func sections(_ page: PageRequest) async throws -> [FormSection] {
    let texts = page.texts
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          FormField(
            "publicName", texts("Public name"),
            hint: texts("What contacts see, for example in the preference centre. Empty: the name.")
          ),
          FormField(
            "alias", texts("Alias"),
            hint: texts("Searches use it, such as segment:readers. Empty: made from the name.")),
          try await CommonFields.category("segment", page),
          FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
        ]),
      FormSection(
        texts("Use"),
        [
          FormField(
            "isPublished", texts("Published"), .flag,
            hint: texts("It is kept up to date, and campaigns and e-mails can use it."),
            initial: true),
          FormField(
            "isGlobal", texts("For all users"), .flag,
            hint: texts("Otherwise it is seen by you and administrators alone."), initial: true),
          FormField(
            "isPreferenceCenter", texts("In the preference centre"), .flag,
            hint: texts("Contacts can join and leave it themselves."), initial: false),
        ]),
    ]
  }

  private static let template = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    <div class="stack"><section class="panel"><header class="panel-head"><h2>[[Filters]]</h2><span class="sub">[[Without any, contacts are added by hand]]</span></header><div class="panel-body">
    <segment-builder name="filters"{{#id}} segment-id="{{id}}"{{/id}}{{#problems}} problems="{{problems}}"{{/problems}}><textarea class="input mono" name="filters" rows="8" aria-label="[[Filters as JSON]]" spellcheck="false">{{filters}}</textarea>{{#filterProblems}}<p class="error">{{.}}</p>{{/filterProblems}}</segment-builder></div></section>
    <section class="panel"><header class="panel-head"><h2>[[Options]]</h2></header><div class="panel-body">{{{optionsHTML}}}</div></section></div>
    <div class="form-actions">{{#mayEdit}}<button class="button primary">{{#isNew}}[[Create segment]]{{/isNew}}{{^isNew}}[[Save segment]]{{/isNew}}</button>{{/mayEdit}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)
}
