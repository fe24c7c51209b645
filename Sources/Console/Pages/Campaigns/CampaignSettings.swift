import API

/// The form with all of a campaign but its events: name, description, category, when it is published.
enum CampaignSettings {
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    return .page(try await shown(campaign, FormValues(campaign.value), page))
  }

  static func save(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let body = try await FormBody(page)
    do {
      try await page.send(.patch, "campaigns/\(id)/edit", .object(members(body, page)))
      return .redirect(to: "campaigns/\(id)", message: page.texts("Saved."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var refused = try await shown(
        try await CampaignRecord.read(page), FormValues(body, error), page)
      refused.status = error.status
      return .page(refused)
    }
  }

  /// What a form sent as the API takes it: times by the clock of the world.
  static func members(_ body: FormBody, _ page: PageRequest) -> JSONObject {
    var members = body.members
    for name in ["publishUp", "publishDown"] {
      if let date = body.text(name).flatMap(page.formats.date(input:)) {
        members[name] = .string(date.formatted(.iso8601))
      }
    }
    return members
  }

  private static func shown(
    _ campaign: CampaignRecord, _ values: FormValues, _ page: PageRequest
  ) async throws -> Page {
    Page(
      title: page.texts("Name, dates and category"), trail: campaign.trail(page),
      contentHTML: try await form(campaign, values, page), section: "campaigns", width: .narrow)
  }

  /// The fields.
  static func sections(_ page: PageRequest) async throws -> [FormSection] {
    let texts = page.texts
    var publishing = CommonFields.publishing(page)
    publishing.fields.append(
      FormField(
        "allowRestart", texts("Contacts may start again"), .flag,
        hint: texts("Whoever left and comes back begins with the first event.")))
    if !page.may(.publish, .campaigns) {
      publishing.fields.removeAll { $0.name != "allowRestart" }
    }
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          try await CommonFields.category("campaign", page),
          FormField("description", texts("Description"), .longText(rows: 3), isWide: true),
        ]), publishing,
    ]
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/{{path}}/settings" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}
    <div class="form-actions"><button class="button primary">[[Save]]</button><a class="button plain" href="/console/{{path}}">[[Cancel]]</a></div></form>
    """#)

  /// The form in its box.
  static func form(
    _ campaign: CampaignRecord, _ values: FormValues, _ page: PageRequest
  ) async throws -> HTML {
    let fields = FormView(page: page, sections: try await sections(page), values: values)
    let content = template(
      [
        "path": campaign.path, "token": page.token, "fieldsHTML": fields(),
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
      ], page.texts)
    return Panel()(content, page)
  }
}

/// The form that begins a campaign without the canvas: with a segment and a first e-mail.
enum CampaignBeginning {
  static func create(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    var members = CampaignSettings.members(body, page)
    let (segment, email) = (body.text("segment"), body.text("email"))
    members["segment"] = nil
    members["email"] = nil
    members["lists"] = .array(segment.map { [["id": .string($0)]] } ?? [])
    members["events"] = .array(
      email.map { id in
        [
          [
            "id": "new1", "name": .string(page.texts("Send an e-mail")), "type": "email.send",
            "eventType": "action", "order": 1, "triggerMode": "immediate",
            "properties": ["email": .string(id), "email_type": "marketing"],
          ]
        ]
      } ?? [])
    do {
      let answer = try await page.send(.post, "campaigns/new", .object(members))
      let id = answer["campaign"]?["id"]?.text ?? ""
      return .redirect(to: "campaigns/\(id)", message: page.texts("Created."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var refused = Page(
        title: page.texts("New campaign"),
        trail: [.init(text: page.texts("Campaigns"), path: "campaigns")],
        contentHTML: try await form(page, FormValues(body, error)), section: "campaigns",
        width: .narrow)
      refused.status = error.status
      return .page(refused)
    }
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/campaigns/new">{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}
    <div class="form-actions"><button class="button primary">[[Create]]</button><a class="button plain" href="/console/campaigns">[[Cancel]]</a></div></form>
    """#)

  static func form(_ page: PageRequest, _ values: FormValues) async throws -> HTML {
    let texts = page.texts
    async let segments = choices("segments", "lists", page)
    async let emails = choices("emails", "emails", page)
    var sections = try await CampaignSettings.sections(page)
    sections.insert(
      FormSection(
        texts("Beginning"),
        [
          FormField(
            "segment", texts("Segment whose contacts enter"), .choice(try await segments),
            isRequired: true),
          FormField(
            "email", texts("First e-mail"), .choice(try await emails), isRequired: true),
        ]), at: 1)
    let fields = FormView(page: page, sections: sections, values: values)
    let content = template(
      [
        "token": page.token, "fieldsHTML": fields(),
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
      ], texts)
    return Panel()(content, page)
  }

  private static func choices(
    _ path: String, _ list: String, _ page: PageRequest
  ) async throws -> [FormField.Choice] {
    let answer = try await page.optional(
      path, ["limit": 1000, "orderBy": "name", "select": ["name"]])
    return (answer?[list]?.elements ?? []).map {
      FormField.Choice($0["id"]?.text ?? "", $0["name"]?.text ?? "")
    }
  }
}
