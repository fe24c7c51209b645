import API
import Foundation

/// The tab with what a contact wants, channel by channel: whether to be written to, and how often.
struct PreferencesTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  func callAsFunction() -> HTML {
    let further = (contact.silent + rules).compactMap { $0["channel"]?.text }
    let names = DoNotContact.channels + Set(further).subtracting(DoNotContact.channels).sorted()
    return names.map(channel).joined()
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
        "hasRule": rule != nil, "stopHTML": view(stopFields, ["reason": "3"], channel),
        "ruleHTML": view(ruleFields, rule ?? [:], channel),
      ], page.texts)
  }

  /// Fields whose ids are the channel's own, for the page has them once for each.
  private func view(_ fields: [FormField], _ values: JSONValue, _ channel: String) -> HTML {
    var object = JSONObject()
    let named = fields.map { field in
      var field = field
      if let value = values[field.name] { object["\(channel)_\(field.name)"] = value }
      field.name = "\(channel)_\(field.name)"
      return field
    }
    return FormView(
      page: page, sections: [FormSection("", named)], values: FormValues(.object(object)))()
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
    let (id, channel) = (try page.id, try page.request.pathText("channel"))
    let body = try await FormBody(page)
    try await page.send(
      .post, "contacts/\(id)/dnc/\(PageRequest.encoded(channel))/add",
      [
        "reason": body.members["\(channel)_reason"] ?? 3,
        "comments": body.members["\(channel)_comments"] ?? "",
      ])
    return done(id, page)
  }

  static func allow(_ page: PageRequest) async throws -> PageAnswer {
    let (id, channel) = (try page.id, try page.request.pathText("channel"))
    try await page.send(.post, "contacts/\(id)/dnc/\(PageRequest.encoded(channel))/remove")
    return done(id, page)
  }

  static func limit(_ page: PageRequest) async throws -> PageAnswer {
    let (id, channel) = (try page.id, try page.request.pathText("channel"))
    let body = try await FormBody(page)
    var rule = JSONObject()
    for member in body.members.members where member.key.hasPrefix("\(channel)_") {
      rule[String(member.key.dropFirst(channel.count + 1))] = member.value
    }
    try await page.send(
      .patch, "contacts/\(id)/edit",
      ["frequencyRules": .object(JSONObject([(channel, .object(rule))]))])
    return done(id, page)
  }

  private static func done(_ id: Int64, _ page: PageRequest) -> PageAnswer {
    .redirect(to: "contacts/\(id)?tab=preferences", message: page.texts("Saved."))
  }
}
