import API

/// The form of a company, to create and to change.
struct CompanyForm: Sendable {
  let page: PageRequest
  let isNew: Bool

  func shown() async throws -> PageAnswer {
    let record = try await record
    let fields = try await ProfileFields(.company, page)
    return try await form(fields, record, FormValues(.object(values(fields, record))))
  }

  func save() async throws -> PageAnswer {
    let sent = try await FormBody(page)
    let record = try await record
    let fields = try await ProfileFields(.company, page)
    let profile = ProfileBody(fields: fields.inForms, body: sent, page: page)
    var missing = profile.missing(page.texts)
    if sent.text("companyname") == nil, !missing.contains(where: { $0.field == "companyname" }) {
      missing.append(("companyname", [page.texts("This needs a value.")]))
    }
    guard missing.isEmpty else {
      let error = APIError(
        .badRequest, page.texts("Not saved: some fields need a value."), details: missing)
      return try await form(fields, record, FormValues(sent, error), sent, error)
    }
    var members = profile.changes
    for name in ["owner", "score"] {
      if let value = profile.changed(name) { members[name] = value }
    }
    if let id = record?["id"]?.text {
      return try await saved(fields, record, sent) {
        if !members.isEmpty {
          members["overwriteWithBlank"] = true
          try await page.send(.patch, "companies/\(id)/edit", .object(members))
        }
        return .redirect(to: "companies/\(id)", message: page.texts("Saved."))
      }
    }
    if sent.text("force") == nil, let other = try await namesake(sent) {
      let error = APIError(
        .conflict, page.texts("Not saved: there is a company of this name."),
        details: [("companyname", [page.texts("This name is taken.")])])
      return try await form(fields, nil, FormValues(sent, error), sent, error, namesake: other)
    }
    return try await saved(fields, nil, sent) {
      members["force"] = true
      let answer = try await page.send(.post, "companies/new", .object(members))
      return .redirect(
        to: "companies/\(answer["company"]?["id"]?.text ?? "")", message: page.texts("Created."))
    }
  }

  private func saved(
    _ fields: ProfileFields, _ record: JSONValue?, _ sent: FormBody,
    _ write: () async throws -> PageAnswer
  ) async throws -> PageAnswer {
    do {
      return try await write()
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await form(fields, record, FormValues(sent, error), sent, error)
    }
  }

  /// A company with the name that was typed.
  private func namesake(_ sent: FormBody) async throws -> JSONValue? {
    guard let name = sent.text("companyname") else { return nil }
    return try await page.get(
      "companies",
      ["limit": 1, "where": [["col": "companyname", "expr": "eq", "val": .string(name)]]])[
        "companies"]?.elements?.first
  }

  private var record: JSONValue? {
    get async throws {
      isNew ? nil : try await page.get("companies/\(page.id)")["company"]
    }
  }

  private func values(_ fields: ProfileFields, _ record: JSONValue?) -> JSONObject {
    var values = ProfileBody.shown(fields.inForms, of: record)
    if let record {
      values["owner"] = .string(record["owner"]?["id"]?.text ?? "")
      values["score"] = record["score"] ?? 0
    }
    return values
  }

  private func form(
    _ fields: ProfileFields, _ record: JSONValue?, _ values: FormValues, _ sent: FormBody? = nil,
    _ error: APIError? = nil, namesake: JSONValue? = nil
  ) async throws -> PageAnswer {
    let texts = page.texts
    let id = record?["id"]?.text
    let sections =
      ProfileFields.groups(fields.inForms, texts).map { group in
        FormSection(
          group.heading, group.fields.map { fields.field($0, values, record: id, page) })
      } + [
        FormSection(
          texts("Assignment"),
          [
            FormField("owner", texts("Owner"), .choice(try await ContactChoices(page).owners)),
            FormField(
              "score", texts("Score"), .number,
              hint: texts("Campaigns and point actions change it."), initial: 0),
          ])
      ]
    let form = Self.template(
      [
        "token": page.token,
        "fieldsHTML": FormView(page: page, sections: sections, values: values)(),
        "problemsHTML": error == nil
          ? .empty : ProfileProblems(fields.inForms, values, page).html(),
        "hiddenHTML": ProfileBody.hidden(
          fields.inForms, self.values(fields, record), kept: sent, page),
        "other": namesake.map { CompanyName.text($0, texts) } ?? "",
        "otherHref": "/console/companies/\(namesake?["id"]?.text ?? "")", "isNew": id == nil,
        "back": "/console/companies" + (id.map { "/\($0)" } ?? ""),
      ], texts)
    let name = record.map { CompanyName.text($0, texts) }
    var trail: [Page.Trail] = [.init(text: texts("Companies"), path: "companies")]
    if let id, let name { trail.append(.init(text: name, path: "companies/\(id)")) }
    var shown = Page(
      title: name.map { texts("Edit {name}", ["name": $0]) } ?? texts("New company"), trail: trail,
      contentHTML: Panel()(form, page), section: "companies", width: .narrow,
      styles: ["contacts.css"])
    if let error { shown.status = error.status }
    return .page(shown)
  }

  private static let template = Template(
    #"""
    <form method="post" novalidate data-keep class="stack"><input type="hidden" name="token" value="{{token}}">{{{hiddenHTML}}}{{{problemsHTML}}}
    {{#other}}<div class="alert warn" role="status">[icon:warn]<div>[[There is a company of this name already:]] <a href="{{otherHref}}">{{other}}</a><label class="choice"><input type="checkbox" name="force" value="1"><span>[[This is another one]]</span></label></div></div>{{/other}}
    <div>{{{fieldsHTML}}}</div>
    <div class="form-actions"><button class="button primary">{{#isNew}}[[Create]]{{/isNew}}{{^isNew}}[[Save]]{{/isNew}}</button><a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)
}
