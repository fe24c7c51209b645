import API

/// What follows a submission of a form.
enum FormActionPages {
  static var routes: [ConsoleRoute] {
    let path = "/forms/{id}/actions"
    return [
      .get(path, needs: .on(.forms, .view)) { .page(try await list($0)) },
      .get("\(path)/new", needs: .on(.forms, .edit)) { .page(try await shown($0)) },
      .post("\(path)/new", needs: .on(.forms, .edit)) { try await save($0) },
      .get("\(path)/{action}", needs: .on(.forms, .view)) { .page(try await shown($0)) },
      .post("\(path)/{action}", needs: .on(.forms, .edit)) { try await save($0) },
      .post("\(path)/{action}/move", needs: .on(.forms, .edit)) { try await move($0) },
      .post("\(path)/{action}/delete", needs: .on(.forms, .edit)) { try await delete($0) },
    ]
  }

  private static func actions(_ form: JSONValue) -> [JSONValue] { form["actions"]?.elements ?? [] }

  private static func list(_ page: PageRequest) async throws -> Page {
    let form = try await FormPages.form(page)
    let actions = actions(form)
    let content = template(
      [
        "base": "/console/forms/\(form["id"]?.text ?? "")/actions", "token": page.token,
        "mayEdit": page.may(.edit, .forms),
        "actions": actions.enumerated().map { place, action -> [String: Any] in
          [
            "id": action["id"]?.text ?? "", "name": action["name"]?.text ?? "",
            "type": page.texts(FormActionType.named(action["type"]?.text ?? "").label),
            "isFirst": place == 0, "isLast": place == actions.count - 1,
          ]
        },
        "types": FormActionType.all.map { ["name": $0.name, "label": page.texts($0.label)] },
        "emptyHTML": actions.isEmpty
          ? EmptyState(
            title: page.texts("Nothing follows yet"),
            text: page.texts(
              "A submission makes or changes a contact. Actions do more: they send e-mails, give points, change segments and tags."
            ),
            icon: "bolt")(page) : HTML.empty,
      ], page.texts)
    return FormPages.page(form, "actions", content, page)
  }

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[After a submission, in this order]]</h2></header>{{{emptyHTML}}}
    <ol class="list form-fields">{{#actions}}<li><a class="grow" href="{{base}}/{{id}}"><strong>{{name}}</strong><span class="sub">{{type}}</span></a>
    {{#mayEdit}}<div class="row form-field-tools"><form method="post" action="{{base}}/{{id}}/move"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain" name="step" value="-1" aria-label="[[Move {{name}} up]]"{{#isFirst}} disabled{{/isFirst}}>[icon:chevron-up]</button><button class="button icon small plain" name="step" value="1" aria-label="[[Move {{name}} down]]"{{#isLast}} disabled{{/isLast}}>[icon:chevron-down]</button></form>
    <form method="post" action="{{base}}/{{id}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain danger" aria-label="[[Delete {{name}}]]" data-confirm="[[Delete this action?]]">[icon:trash]</button></form></div>{{/mayEdit}}</li>{{/actions}}</ol></section>
    {{#mayEdit}}<section class="panel"><header class="panel-head"><h2>[[Add an action]]</h2></header><div class="panel-body row">{{#types}}<a class="button small" href="{{base}}/new?type={{name}}">[icon:plus]{{label}}</a>{{/types}}</div></section>{{/mayEdit}}
    """#)

  // MARK: One action

  /// The action that the path names; nil for a new one.
  private static func action(_ form: JSONValue, _ page: PageRequest) throws -> JSONValue? {
    guard let id = page.request.pathParameters["action"] else { return nil }
    guard let action = actions(form).first(where: { $0["id"]?.text == id }) else {
      throw APIError.notFound
    }
    return action
  }

  private static func shown(
    _ page: PageRequest, _ refused: (body: FormBody, error: APIError)? = nil
  ) async throws -> Page {
    let form = try await FormPages.form(page)
    let action = try action(form, page)
    let type = FormActionType.named(action?["type"]?.text ?? page.query("type") ?? "")
    var values = FormValues(action ?? [:])
    if let refused {
      values = FormValues(refused.body, refused.error)
      values.problems = problems(refused.error)
    }
    let main = FormSection(
      "",
      [
        FormField(
          "name", page.texts("Name"), isRequired: true, initial: .string(page.texts(type.label))),
        FormField("description", page.texts("Description"), .longText(rows: 2), isWide: true),
      ])
    let own = try await type.fields(page)
    let fields = FormView(
      page: page,
      sections: [main] + (own.isEmpty ? [] : [FormSection(page.texts(type.label), own)]),
      values: values)
    let id = form["id"]?.text ?? ""
    let content = formTemplate(
      [
        "token": page.token, "fieldsHTML": fields(), "mayEdit": page.may(.edit, .forms),
        "isNew": action == nil, "back": "/console/forms/\(id)/actions",
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? HTML.empty,
      ], page.texts)
    var shown = Page(
      title: action?["name"]?.text ?? page.texts("New action"), subtitle: page.texts(type.label),
      trail: [
        .init(text: page.texts("Forms"), path: "forms"),
        .init(text: form["name"]?.text ?? "", path: "forms/\(id)"),
        .init(text: page.texts("Actions"), path: "forms/\(id)/actions"),
      ], contentHTML: Panel()(content, page), section: "forms", width: .narrow)
    if let refused { shown.status = refused.error.status }
    return shown
  }

  private static let formTemplate = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}
    <div class="form-actions">{{#mayEdit}}<button class="button primary">{{#isNew}}[[Add]]{{/isNew}}{{^isNew}}[[Save]]{{/isNew}}</button>{{/mayEdit}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  private static func save(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      var sent = body.members
      if let id = page.request.pathParameters["action"] {
        sent["id"] = .string(id)
      } else {
        sent["type"] = .string(page.query("type") ?? "")
      }
      try await page.send(.patch, "forms/\(page.id)/edit", ["actions": [.object(sent)]])
      return .redirect(to: "forms/\(try page.id)/actions", message: page.texts("Saved."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return .page(try await shown(page, (body, error)))
    }
  }

  private static func problems(_ error: APIError) -> [String: [String]] {
    var problems: [String: [String]] = [:]
    for detail in error.details {
      var name = detail.field
      if name.hasPrefix("actions["), let end = name.firstRange(of: "].") {
        name = String(name[end.upperBound...])
      }
      problems[FormValues.bracketed(name), default: []] += detail.messages
    }
    return problems
  }

  private static func move(_ page: PageRequest) async throws -> PageAnswer {
    let step = try await FormBody(page).text("step") == "-1" ? -1 : 1
    let (id, action) = (try page.id, try page.request.pathText("action"))
    var ids = actions(try await FormPages.form(page)).compactMap { $0["id"]?.text }
    guard let place = ids.firstIndex(of: action) else { throw APIError.notFound }
    if ids.indices.contains(place + step) { ids.swapAt(place, place + step) }
    try await page.send(
      .patch, "forms/\(id)/edit",
      [
        "actions": .array(
          ids.enumerated().map { ["id": .string($0.element), "order": .int($0.offset + 1)] })
      ])
    return .redirect(to: "forms/\(id)/actions")
  }

  private static func delete(_ page: PageRequest) async throws -> PageAnswer {
    let (id, action) = (try page.id, try page.request.pathText("action"))
    try await page.send(
      .delete, "forms/\(id)/actions/delete", query: ["actions": [.string(action)]])
    return .redirect(to: "forms/\(id)/actions", message: page.texts("Deleted."))
  }
}
