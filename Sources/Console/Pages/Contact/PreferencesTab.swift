import API
import Foundation

/// The tab with what a contact wants, channel by channel: whether to be written to, and how often.
struct PreferencesTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest
  /// What was sent for a channel and refused; nil for nothing.
  var refused: (channel: String, values: FormValues)?

  func callAsFunction() -> HTML {
    let further = (contact.silent + rules).compactMap { $0["channel"]?.text }
    let names = DoNotContact.channels + Set(further).subtracting(DoNotContact.channels).sorted()
    let problem = refused?.values.problem.map { Alert(.bad, $0)(page) } ?? .empty
    return problem + names.map(channel).joined()
  }

  private var rules: [JSONValue] { contact.value["frequencyRules"]?.elements ?? [] }

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>{{name}}</h2>{{#isSilent}}<span class="badge bad">[[Do not contact]]</span>{{/isSilent}}{{^isSilent}}<span class="badge ok">[[May be contacted]]</span>{{/isSilent}}</header>
    <div class="panel-body">{{#isSilent}}<dl class="facts"><div><dt>[[Reason]]</dt><dd>{{reason}}</dd></div><div><dt>[[Since]]</dt><dd>{{{sinceHTML}}}</dd></div>{{#comments}}<div><dt>[[Comment]]</dt><dd>{{comments}}</dd></div>{{/comments}}</dl>
    {{#mayEdit}}<form method="post" action="{{path}}/dnc/{{channel}}/remove" class="inline-form"><input type="hidden" name="token" value="{{token}}"><button class="button" data-confirm="[[Write to this contact again? Only with its consent.]]">[[Allow again]]</button></form>{{/mayEdit}}{{/isSilent}}
    {{^isSilent}}{{#mayEdit}}<details class="unfold"><summary>[[Do not contact…]]</summary><form method="post" action="{{path}}/dnc/{{channel}}/add"><input type="hidden" name="token" value="{{token}}">{{{stopHTML}}}<div class="form-actions"><button class="button danger">[[Do not contact]]</button></div></form></details>{{/mayEdit}}{{/isSilent}}
    {{#mayEdit}}<details class="unfold"{{#hasRule}} open{{/hasRule}}><summary>[[How often]]</summary><form method="post" action="{{path}}/frequency/{{channel}}"><input type="hidden" name="token" value="{{token}}">{{{ruleHTML}}}<div class="form-actions"><button class="button">[[Save]]</button></div></form></details>{{/mayEdit}}</div></section>
    """#)

  private func channel(_ channel: String) -> HTML {
    let entry = contact.silent.first { $0["channel"]?.text == channel }
    let rule = rules.first { $0["channel"]?.text == channel }
    return Self.template(
      [
        "name": DoNotContact.channel(channel, page), "channel": channel, "path": contact.path,
        "token": page.token, "mayEdit": contact.allows(.edit, page), "isSilent": entry != nil,
        "reason": DoNotContact.reason(entry?["reason"]?.integer ?? 3, page),
        "sinceHTML": page.time(entry?["dateAdded"]), "comments": entry?["comments"]?.text ?? "",
        "hasRule": rule != nil || refused?.channel == channel,
        "stopHTML": view(stopFields, ["reason": "3"], channel),
        "ruleHTML": view(ruleFields, rule ?? [:], channel),
      ], page.texts)
  }

  /// Fields whose ids are the channel's own, for the page has them once for each.
  private func view(_ fields: [FormField], _ values: JSONValue, _ channel: String) -> HTML {
    var shown = FormValues()
    var object = JSONObject()
    let sent = refused?.channel == channel ? refused?.values : nil
    let named = fields.map { field in
      var field = field
      let name = "\(channel)_\(field.name)"
      if let value = sent?.values[name] ?? values[field.name] { object[name] = value }
      shown.problems[name] = sent?.problems[field.name]
      field.name = name
      return field
    }
    shown.values = .object(object)
    return FormView(page: page, sections: [FormSection("", named)], values: shown)()
  }

  private var stopFields: [FormField] {
    [
      FormField(
        "reason", page.texts("Reason"),
        .choice([1, 2, 3].map { .init(String($0), DoNotContact.reason($0, page)) }),
        isRequired: true, initial: "3"),
      FormField("comments", page.texts("Comment")),
    ]
  }

  private var ruleFields: [FormField] {
    [
      FormField(
        "frequencyNumber", page.texts("At most"), .number,
        hint: page.texts("Messages in the time beside. Empty: the rule of the whole system.")),
      FormField(
        "frequencyTime", page.texts("In a"),
        .choice([
          .init("DAY", page.texts("day")), .init("WEEK", page.texts("week")),
          .init("MONTH", page.texts("month")),
        ])),
      FormField("pauseFromDate", page.texts("Pause from"), .date),
      FormField("pauseToDate", page.texts("Pause until"), .date),
      FormField("preferredChannel", page.texts("This is the preferred channel"), .flag),
    ]
  }

  // MARK: What its forms do

  static func stop(_ page: PageRequest) async throws -> PageAnswer {
    try await change(page) { id, channel, members in
      try await page.send(
        .post, "contacts/\(id)/dnc/\(PageRequest.encoded(channel))/add", .object(members))
    }
  }

  static func allow(_ page: PageRequest) async throws -> PageAnswer {
    try await change(page) { id, channel, _ in
      try await page.send(.post, "contacts/\(id)/dnc/\(PageRequest.encoded(channel))/remove")
    }
  }

  static func limit(_ page: PageRequest) async throws -> PageAnswer {
    try await change(page) { id, channel, members in
      let rules = JSONObject([(channel, .object(members))])
      try await page.send(
        .patch, "contacts/\(id)/edit", ["frequencyRules": .object(rules)])
    }
  }

  /// Changes something of a channel; what is refused is shown where it was typed.
  private static func change(
    _ page: PageRequest, _ action: (Int64, String, JSONObject) async throws -> Void
  ) async throws -> PageAnswer {
    let (id, channel) = (try page.id, try page.request.pathText("channel"))
    let body = try await FormBody(page)
    let members = body.members.members.filter { $0.key.hasPrefix("\(channel)_") }.map {
      (String($0.key.dropFirst(channel.count + 1)), $0.value)
    }
    do {
      try await action(id, channel, JSONObject(members))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var values = FormValues(body, error)
      // The API names a member with all that it stands in.
      values.problems = Dictionary(
        error.details.map { detail in
          (String(detail.field.split(separator: ".").last ?? ""), detail.messages)
        }, uniquingKeysWith: +)
      let contact = try await ContactRecord.read(page)
      var tab = PreferencesTab(contact: contact, page: page)
      tab.refused = (channel, values)
      return .page(
        try await ContactPage(contact: contact, page: page).shown(
          .preferences, tab(), status: error.status))
    }
    return .redirect(to: "contacts/\(id)?tab=preferences", message: page.texts("Saved."))
  }
}
