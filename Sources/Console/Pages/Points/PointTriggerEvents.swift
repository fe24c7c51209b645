import API

/// The events of a point trigger: what happens.
enum PointTriggerEvents {
  static var routes: [ConsoleRoute] {
    let path = "/triggers/{id}/events"
    return [
      .get("\(path)/new", needs: .on(.pointTriggers, .edit)) { .page(try await shown($0)) },
      .post("\(path)/new", needs: .on(.pointTriggers, .edit)) { try await save($0) },
      .get("\(path)/{event}", needs: .on(.pointTriggers, .view)) { .page(try await shown($0)) },
      .post("\(path)/{event}", needs: .on(.pointTriggers, .edit)) { try await save($0) },
      .post("\(path)/{event}/delete", needs: .on(.pointTriggers, .edit)) { page in
        let (id, event) = (try page.id, try page.request.pathText("event"))
        try await page.send(
          .delete, "points/triggers/\(id)/events/delete", query: ["events": [.string(event)]])
        return .redirect(to: "triggers/\(id)/edit", message: page.texts("Deleted."))
      },
    ]
  }

  /// The types, with names in English.
  private static let labels: [(name: String, label: String)] = [
    ("email.send", "Send an e-mail to the contact"),
    ("email.send.to.user", "Send an e-mail to users"),
    ("lead.changelists", "Change segments"), ("lead.changetags", "Change tags"),
    ("campaign.changecampaign", "Change campaigns"), ("stage.change", "Change the stage"),
    ("webhook", "Call a webhook"),
  ]

  private static func label(_ type: String, _ page: PageRequest) -> String {
    labels.first { $0.name == type }.map { page.texts($0.label) } ?? type
  }

  // MARK: The list beside the form

  static func list(_ trigger: JSONValue, _ page: PageRequest) -> HTML {
    let events = (trigger["events"]?.elements ?? []).sorted {
      ($0["order"]?.integer ?? 0) < ($1["order"]?.integer ?? 0)
    }
    return listTemplate(
      [
        "base": "/console/triggers/\(trigger["id"]?.text ?? "")/events", "token": page.token,
        "mayEdit": page.may(.edit, .pointTriggers), "isEmpty": events.isEmpty,
        "events": events.map {
          [
            "id": $0["id"]?.text ?? "", "name": $0["name"]?.text ?? "",
            "type": label($0["type"]?.text ?? "", page),
          ]
        },
        "types": labels.map { ["name": $0.name, "label": page.texts($0.label)] },
      ], page.texts)
  }

  private static let listTemplate = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[What happens]]</h2></header>{{#isEmpty}}<div class="panel-body"><p class="muted">[[Nothing yet. Add an event below.]]</p></div>{{/isEmpty}}
    <ol class="list form-fields">{{#events}}<li><a class="grow" href="{{base}}/{{id}}"><strong>{{name}}</strong><span class="sub">{{type}}</span></a>{{#mayEdit}}<form method="post" action="{{base}}/{{id}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain danger" aria-label="[[Delete {{name}}]]" data-confirm="[[Delete this event?]]">[icon:trash]</button></form>{{/mayEdit}}</li>{{/events}}</ol>
    {{#mayEdit}}<div class="panel-foot">{{#types}}<a class="button small" href="{{base}}/new?type={{name}}">[icon:plus]{{label}}</a>{{/types}}</div>{{/mayEdit}}</section>
    """#)

  // MARK: One event

  private static func trigger(_ page: PageRequest) async throws -> JSONValue {
    try await page.get("points/triggers/\(page.id)")["trigger"] ?? [:]
  }

  private static func shown(
    _ page: PageRequest, _ refused: (body: FormBody, error: APIError)? = nil
  ) async throws -> Page {
    let trigger = try await trigger(page)
    var event: JSONValue?
    if let id = page.request.pathParameters["event"] {
      event = trigger["events"]?.elements?.first { $0["id"]?.text == id }
      if event == nil { throw APIError.notFound }
    }
    let type = event?["type"]?.text ?? page.query("type") ?? ""
    var values = FormValues(event ?? [:])
    if let refused {
      values = FormValues(refused.body, refused.error)
      values.problems = problems(refused.error)
    }
    let fields = FormView(
      page: page,
      sections: [
        FormSection(
          "",
          [
            FormField(
              "name", page.texts("Name"), isRequired: true,
              initial: .string(label(type, page))),
            FormField(
              "order", page.texts("Order"), .number,
              hint: page.texts("Events happen in the order of these numbers."), initial: 1),
          ]), FormSection(label(type, page), try await properties(type, page)),
      ], values: values)
    let id = trigger["id"]?.text ?? ""
    let content = template(
      [
        "token": page.token, "fieldsHTML": fields(), "back": "/console/triggers/\(id)/edit",
        "mayEdit": page.may(.edit, .pointTriggers),
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? HTML.empty,
      ], page.texts)
    var shown = Page(
      title: event?["name"]?.text ?? page.texts("New event"), subtitle: label(type, page),
      trail: [
        .init(text: page.texts("Point triggers"), path: "triggers"),
        .init(text: trigger["name"]?.text ?? "", path: "triggers/\(id)/edit"),
      ], contentHTML: Panel()(content, page), section: "triggers", width: .narrow)
    if let refused { shown.status = refused.error.status }
    return shown
  }

  private static let template = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}
    <div class="form-actions">{{#mayEdit}}<button class="button primary">[[Save]]</button>{{/mayEdit}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  private static func save(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      var sent = body.members
      if let id = page.request.pathParameters["event"] {
        sent["id"] = .string(id)
      } else {
        sent["type"] = .string(page.query("type") ?? "")
      }
      try await page.send(.patch, "points/triggers/\(page.id)/edit", ["events": [.object(sent)]])
      return .redirect(to: "triggers/\(try page.id)/edit", message: page.texts("Saved."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return .page(try await shown(page, (body, error)))
    }
  }

  private static func problems(_ error: APIError) -> [String: [String]] {
    var problems: [String: [String]] = [:]
    for detail in error.details {
      var name = detail.field
      if name.hasPrefix("events["), let end = name.firstRange(of: "].") {
        name = String(name[end.upperBound...])
      }
      problems[FormValues.bracketed(name), default: []] += detail.messages
    }
    return problems
  }

  private static func properties(
    _ type: String, _ page: PageRequest
  ) async throws -> [FormField] {
    let texts = page.texts
    switch type {
    case "email.send", "email.send.to.user":
      let email = FormField(
        "properties[email]", texts("E-mail"), .choice(try await RecordChoices.emails(page)),
        isRequired: true)
      guard type != "email.send" else { return [email] }
      return [
        email,
        FormField(
          "properties[user_id]", texts("Users"), .choices(try await RecordChoices.users(page))),
        FormField("properties[to_owner]", texts("Also to the owner of the contact"), .flag),
        FormField("properties[to]", texts("To"), hint: texts("Addresses, separated by commas.")),
        FormField("properties[cc]", texts("Copy to")),
        FormField("properties[bcc]", texts("Blind copy to")),
      ]
    case "lead.changelists":
      let segments = try await RecordChoices.segments(page)
      return changes(segments, "addToLists", "removeFromLists", texts)
    case "campaign.changecampaign":
      return changes(
        try await RecordChoices.of("campaigns", page), "addTo", "removeFrom", texts)
    case "lead.changetags":
      let tags = try await RecordChoices.of("tags", member: "tag", value: "tag", page)
      return changes(tags, "add_tags", "remove_tags", texts)
    case "stage.change":
      return [
        FormField(
          "properties[stage]", texts("Stage"),
          .choice(try await RecordChoices.of("stages", page)), isRequired: true)
      ]
    case "webhook":
      return [
        FormField("properties[url]", texts("Address"), isRequired: true, isWide: true),
        FormField(
          "properties[method]", texts("Method"),
          .choice(["get", "post", "put", "patch", "delete"].map { .init($0, $0.uppercased()) }),
          isRequired: true, initial: "post"),
        FormField("properties[timeout]", texts("Seconds to wait"), .number, initial: 10),
      ]
    default: return []
    }
  }

  private static func changes(
    _ choices: [FormField.Choice], _ added: String, _ removed: String, _ texts: Texts
  ) -> [FormField] {
    [
      FormField("properties[\(added)]", texts("Add to"), .choices(choices)),
      FormField("properties[\(removed)]", texts("Remove from"), .choices(choices)),
    ]
  }
}
