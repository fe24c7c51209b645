import API

/// The forms of a contact: the short one, the one for a new contact, and the one to change it, with a tab for each group of
/// fields.
struct ContactForm: Sendable {
  /// Which form.
  enum Kind: String, Sendable {
    case quick, new, edit
  }

  let kind: Kind
  let page: PageRequest

  func shown() async throws -> PageAnswer {
    let record = try await record
    let fields = try await ProfileFields(.contact, page)
    return try await form(fields, record, FormValues(.object(values(fields, record))))
  }

  func save() async throws -> PageAnswer {
    let sent = try await FormBody(page)
    let record = try await record
    let fields = try await ProfileFields(.contact, page)
    let profile = ProfileBody(fields: formFields(fields), body: sent, page: page)
    let missing = profile.missing(page.texts)
    guard missing.isEmpty else {
      let error = APIError(
        .badRequest, page.texts("Not saved: some fields need a value."), details: missing)
      return try await form(fields, record, FormValues(sent, error), sent, error)
    }
    let changes = profile.changes
    let id = record?["id"]?.text
    let others = try await ContactIdentity(page: page).others(
      fields.identifying, changes, except: id)
    guard others.isEmpty else {
      let error = APIError(
        .conflict, page.texts("Not saved: somebody else has the same."),
        details: others.map {
          ($0.field["alias"]?.text ?? "", [page.texts("This must be unique.")])
        })
      return try await form(fields, record, FormValues(sent, error), sent, error, others)
    }
    do {
      return try await write(changes, ContactExtras(page: page).members(profile), sent, id)
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await form(fields, record, FormValues(sent, error), sent, error)
    }
  }

  private func write(
    _ changes: JSONObject, _ extras: JSONObject, _ sent: FormBody, _ id: String?
  ) async throws -> PageAnswer {
    var members = changes
    for member in extras.members { members[member.key] = member.value }
    if let id {
      if !members.isEmpty {
        members["overwriteWithBlank"] = true
        try await page.send(.patch, "contacts/\(id)/edit", .object(members))
      }
      return .redirect(to: "contacts/\(id)", message: page.texts("Saved."))
    }
    let answer = try await page.send(.post, "contacts/new", .object(members))
    let made = answer["contact"] ?? [:]
    let name = ContactName(made, page.texts).text
    if sent.text("again") != nil {
      return .redirect(
        to: "contacts/\(kind.rawValue)", message: page.texts("{name} was added.", ["name": name]))
    }
    return .redirect(
      to: "contacts/\(made["id"]?.text ?? "")", message: page.texts("Created."))
  }

  // MARK: What is shown

  private var record: JSONValue? {
    get async throws {
      guard kind == .edit else { return nil }
      return try await page.get("contacts/\(page.id)")["contact"]
    }
  }

  private func formFields(_ fields: ProfileFields) -> [JSONValue] {
    kind == .quick ? fields.inShortForms : fields.inForms
  }

  private func values(_ fields: ProfileFields, _ record: JSONValue?) -> JSONObject {
    ProfileBody.shown(formFields(fields), of: record).with(ContactExtras.shown(of: record))
  }

  private func form(
    _ fields: ProfileFields, _ record: JSONValue?, _ values: FormValues, _ sent: FormBody? = nil,
    _ error: APIError? = nil, _ others: [ContactIdentity.Other] = []
  ) async throws -> PageAnswer {
    let texts = page.texts
    let id = record?["id"]?.text
    let shown = formFields(fields)
    let back = "/console/contacts" + (id.map { "/\($0)" } ?? "")
    let problems = error == nil ? .empty : ProfileProblems(shown, values, page).html()
    let warning = ContactIdentity(page: page).warning(others, record: id)
    let extras = try await ContactExtras(page: page).html(values, record, sent)
    var groups = ProfileFields.groups(shown, texts)
    if kind == .quick {
      groups = [.init(name: "core", heading: "", fields: groups.flatMap(\.fields))]
    }
    let parts = groups.map { group -> [String: Any] in
      let section = FormSection(
        "", group.fields.map { fields.field($0, values, record: id, page) })
      let count = section.fields.count { values.problems[$0.name]?.isEmpty == false }
      return [
        "name": group.name, "heading": group.heading, "problems": count > 0 ? String(count) : "",
        "fieldsHTML": FormView(page: page, sections: [section], values: values)(),
      ]
    }
    let content = Self.template(
      [
        "token": page.token, "problemsHTML": problems, "warningHTML": warning, "groups": parts,
        "hasTabs": parts.count > 1, "extrasHTML": extras, "back": back,
        "hiddenHTML": ProfileBody.hidden(shown, self.values(fields, record), kept: sent, page),
        "isNew": id == nil,
      ], texts)
    let name = record.map { ContactName($0, texts).text }
    var trail: [Page.Trail] = [.init(text: texts("Contacts"), path: "contacts")]
    if let id, let name { trail.append(.init(text: name, path: "contacts/\(id)")) }
    var result = Page(
      title: title(name), trail: trail, contentHTML: content, section: "contacts",
      width: kind == .quick ? .narrow : .ordinary, styles: ["contacts.css"])
    if let error { result.status = error.status }
    return .page(result)
  }

  private func title(_ name: String?) -> String {
    switch kind {
    case .quick: page.texts("Quick add")
    case .new: page.texts("New contact")
    case .edit: page.texts("Edit {name}", ["name": name ?? ""])
    }
  }

  private static let template = Template(
    #"""
    {{{problemsHTML}}}{{{warningHTML}}}<form method="post" class="profile" novalidate data-keep><input type="hidden" name="token" value="{{token}}">{{{hiddenHTML}}}
    {{#hasTabs}}<nav class="tabs" aria-label="[[Field groups]]">{{#groups}}<a href="#group-{{name}}">{{heading}}{{#problems}}<span class="badge bad">{{problems}}</span>{{/problems}}</a>{{/groups}}</nav>{{/hasTabs}}
    <div class="split"><div><section class="panel"><div class="panel-body profile-groups">{{#groups}}<div class="profile-group" id="group-{{name}}">{{{fieldsHTML}}}</div>{{/groups}}</div></section></div>
    <aside><section class="panel"><header class="panel-head"><h2>[[Assignment]]</h2></header><div class="panel-body">{{{extrasHTML}}}</div></section></aside></div>
    <div class="form-actions"><button class="button primary">{{#isNew}}[[Create]]{{/isNew}}{{^isNew}}[[Save]]{{/isNew}}</button>{{#isNew}}<button class="button" name="again" value="1">[[Create and add another]]</button>{{/isNew}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)
}
