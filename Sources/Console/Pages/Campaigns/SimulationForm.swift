import API

/// What a simulation is about: who, how long, and what the contact does meanwhile.
struct SimulationForm: Sendable {
  let campaign: CampaignRecord
  let page: PageRequest
  /// What was sent; empty at first.
  var values = FormValues()

  /// How many things a contact may be made to do.
  private static let mostActs = 4

  /// The request to the API.
  ///
  /// - Throws: `APIError` 400 where no contact is found by what was typed.
  func request(_ body: FormBody) async throws -> JSONValue {
    var request: JSONObject = [
      "until": .string(body.text("until") ?? "90 days"),
      "webhooksFail": .bool(body.text("webhooksFail") == "1"),
      "contacts": .array([try await someone(body)]), "acts": .array(acts(body)),
    ]
    if let start = body.text("start").flatMap(page.formats.date(input:)) {
      request["start"] = .string(start.formatted(.iso8601))
    }
    return .object(request)
  }

  /// The contact: a real one, or one made of the values.
  private func someone(_ body: FormBody) async throws -> JSONValue {
    if let text = body.text("contact") {
      if let id = Int(text) { return .int(id) }
      let answer = try await page.get("contacts", ["search": .string(text), "limit": 2])
      let found = answer["contacts"]?.elements ?? []
      guard let contact = found.first, found.count == 1, let id = contact["id"]?.integer else {
        let problem =
          found.isEmpty
          ? page.texts("No contact matches.")
          : page.texts("Several contacts match. Type the e-mail or the number of one.")
        throw APIError(.badRequest, problem, details: [("contact", [problem])])
      }
      return .int(id)
    }
    var fields = JSONObject()
    for name in ["email", "firstname", "lastname", "country"] {
      if let value = body.text(name) { fields[name] = .string(value) }
    }
    let tags = (body.text("tags") ?? "").split(separator: ",").map {
      JSONValue.string(String($0.drop { $0 == " " }))
    }
    return [
      "fields": .object(fields), "tags": .array(tags),
      "segments": .array(body.ids("segments").map { .int(Int($0)) }),
    ]
  }

  private func acts(_ body: FormBody) -> [JSONValue] {
    (0..<Self.mostActs).compactMap { place in
      func text(_ name: String) -> String? {
        body.members["\(name)\(place)"]?.text.flatMap { $0.isEmpty ? nil : $0 }
      }
      guard let type = text("act") else { return nil }
      var act: JSONObject = ["type": .string(type), "after": .string(text("after") ?? "0s")]
      if let event = text("event") { act["event"] = .string(event) }
      return .object(act)
    }
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/{{path}}/simulate">{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}
    <fieldset class="group"><legend>[[What the contact does]]</legend><p class="hint">[[Without anything the contact never reacts. Times such as 2 hours or 3 days count from the event, or from the start.]]</p><div class="rules">{{#acts}}<div class="rule simulation-act"><select class="input" name="act{{place}}" aria-label="[[What]]">{{#types}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/types}}</select><input class="input" name="after{{place}}" value="{{after}}" placeholder="[[2 hours]]" aria-label="[[How long after]]"><select class="input" name="event{{place}}" aria-label="[[After which event]]">{{#events}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/events}}</select></div>{{/acts}}</div></fieldset>
    <div class="form-actions"><button class="button primary">[icon:play][[Simulate]]</button><span class="hint">[[Nothing is sent and nothing is kept.]]</span></div></form>
    """#)

  /// The form in its box.
  func shown() async throws -> HTML {
    let fields = FormView(page: page, sections: try await sections(), values: values)
    let content = Self.template(
      [
        "path": campaign.path, "token": page.token, "fieldsHTML": fields(),
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "acts": (0..<Self.mostActs).map(act),
      ], page.texts)
    return Panel(page.texts("Who and how long"))(content, page)
  }

  private func sections() async throws -> [FormSection] {
    let texts = page.texts
    let answer = try await page.optional(
      "segments", ["limit": 1000, "orderBy": "name", "select": ["name"]])
    let segments = (answer?["lists"]?.elements ?? []).map {
      FormField.Choice($0["id"]?.text ?? "", $0["name"]?.text ?? "")
    }
    return [
      FormSection(
        texts("A contact that exists"),
        [
          FormField(
            "contact", texts("E-mail, name or number"),
            hint: texts("Empty: one made of the values below."), isWide: true)
        ]),
      FormSection(
        texts("Or one that is made up"),
        [
          FormField("email", texts("E-mail"), .email, initial: "ada@example.com"),
          FormField("country", texts("Country")),
          FormField("firstname", texts("First name"), initial: "Ada"),
          FormField("lastname", texts("Last name")),
          FormField("tags", texts("Tags"), hint: texts("Separated by commas.")),
          FormField("segments", texts("Segments"), .choices(segments)),
        ]),
      FormSection(
        texts("Time"),
        [
          FormField("start", texts("Begins"), .moment, hint: texts("Empty: now.")),
          FormField(
            "until", texts("Ends"), hint: texts("A date, or a duration such as 90 days."),
            initial: "90 days"),
          FormField("webhooksFail", texts("Calls of webhooks fail"), .flag),
        ]),
    ]
  }

  private func act(_ place: Int) -> [String: Any] {
    func sent(_ name: String) -> String { values.values["\(name)\(place)"]?.text ?? "" }
    let (type, event) = (sent("act"), sent("event"))
    let types = [("", page.texts("Nothing"))] + Self.types.map { ($0.0, page.texts($0.1)) }
    let events =
      [("", page.texts("the start"))] + campaign.events.map { ($0.id, $0.name) }
    func options(_ list: [(String, String)], _ chosen: String) -> [[String: Any]] {
      list.map { ["value": $0.0, "label": $0.1, "isChosen": $0.0 == chosen] }
    }
    return [
      "place": place, "types": options(types, type), "events": options(events, event),
      "after": sent("after"),
    ]
  }

  /// What a contact can do, with the words for it.
  private static let types = [
    ("email.open", "Opens an e-mail"), ("email.click", "Clicks in an e-mail"),
    ("email.reply", "Replies to an e-mail"), ("page.pagehit", "Visits a page"),
    ("form.submit", "Sends a form"), ("asset.download", "Downloads an asset"),
    ("sms.reply", "Replies to a text message"), ("enter", "Enters the campaign"),
    ("leave", "Leaves the campaign"),
  ]
}
