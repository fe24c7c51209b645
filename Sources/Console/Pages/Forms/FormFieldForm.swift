import API

/// The page on which one field of a form is made and changed.
enum FormFieldForm {
  static func new(_ page: PageRequest) async throws -> PageAnswer {
    let form = try await FormPages.form(page)
    let type = FormFieldType.named(page.query("type") ?? "text")
    return .page(try await shown(page, form, nil, type, FormValues()))
  }

  static func create(_ page: PageRequest) async throws -> PageAnswer {
    let form = try await FormPages.form(page)
    let type = FormFieldType.named(page.query("type") ?? "text")
    return try await save(page, form, nil, type, page.texts("Created."))
  }

  static func edit(_ page: PageRequest) async throws -> PageAnswer {
    let form = try await FormPages.form(page)
    let field = try field(form, page)
    let type = FormFieldType.named(field["type"]?.text ?? "")
    return .page(
      try await shown(page, form, field, type, FormValues(FormFieldBody.values(of: field))))
  }

  static func update(_ page: PageRequest) async throws -> PageAnswer {
    let form = try await FormPages.form(page)
    let field = try field(form, page)
    let type = FormFieldType.named(field["type"]?.text ?? "")
    return try await save(page, form, field, type, page.texts("Saved."))
  }

  private static func field(_ form: JSONValue, _ page: PageRequest) throws -> JSONValue {
    let id = try FormFieldPages.fieldID(page)
    guard let field = FormFieldPages.fields(form).first(where: { $0["id"]?.text == id }) else {
      throw APIError.notFound
    }
    return field
  }

  private static func save(
    _ page: PageRequest, _ form: JSONValue, _ field: JSONValue?, _ type: FormFieldType,
    _ message: String
  ) async throws -> PageAnswer {
    let body = try await FormBody(page)
    let id = form["id"]?.text ?? ""
    do {
      let sent = FormFieldBody.body(of: body.members, type, field)
      let fields = field == nil ? FormFieldPages.placed(sent, in: form) : [.object(sent)]
      try await page.send(.patch, "forms/\(id)/edit", ["fields": .array(fields)])
      return .redirect(to: "forms/\(id)/fields", message: message)
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var values = FormValues(body, error)
      values.problems = FormFieldBody.problems(error)
      var shown = try await shown(page, form, field, type, values)
      shown.status = error.status
      return .page(shown)
    }
  }

  private static func shown(
    _ page: PageRequest, _ form: JSONValue, _ field: JSONValue?, _ type: FormFieldType,
    _ values: FormValues
  ) async throws -> Page {
    let fields = FormView(
      page: page,
      sections: try await FormFieldInputs(page: page, form: form, field: field, type: type)
        .sections(),
      values: values)
    let id = form["id"]?.text ?? ""
    let content = template(
      [
        "token": page.token, "fieldsHTML": fields(), "mayEdit": page.may(.edit, .forms),
        "back": "/console/forms/\(id)/fields", "isNew": field == nil,
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? HTML.empty,
      ], page.texts)
    return Page(
      title: field?["label"]?.text ?? page.texts("New field"), subtitle: page.texts(type.label),
      trail: [
        .init(text: page.texts("Forms"), path: "forms"),
        .init(text: form["name"]?.text ?? "", path: "forms/\(id)"),
        .init(text: page.texts("Fields"), path: "forms/\(id)/fields"),
      ],
      contentHTML: Panel()(content, page), section: "forms", width: .narrow)
  }

  private static let template = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}
    <div class="form-actions">{{#mayEdit}}<button class="button primary">{{#isNew}}[[Add]]{{/isNew}}{{^isNew}}[[Save]]{{/isNew}}</button>{{/mayEdit}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)
}
