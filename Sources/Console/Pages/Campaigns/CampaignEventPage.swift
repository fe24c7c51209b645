import API

/// Who waits at an event of a campaign, and for whom it failed.
struct CampaignEventPage: Sendable {
  let campaign: CampaignRecord
  let step: CampaignStep
  let page: PageRequest

  private static let limit = 30

  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    let id = String(try page.request.pathNumber("event"))
    guard let step = campaign.events.first(where: { $0.id == id }) else { throw APIError.notFound }
    return .page(try await CampaignEventPage(campaign: campaign, step: step, page: page).shown())
  }

  private var isFailed: Bool { page.query("state") == "failed" }
  private var start: Int { max(0, page.query("start").flatMap { Int($0) } ?? 0) }
  private var path: String { "\(campaign.path)/events/\(step.id)" }

  private func shown() async throws -> Page {
    let answer = try await page.get(
      "campaigns/events/\(step.id)/contacts",
      [
        "state": .string(isFailed ? "failed" : "waiting"), "start": .int(start),
        "limit": .int(Self.limit),
      ])
    let stats = try await page.get("campaigns/\(campaign.id)/stats")["stats"] ?? [:]
    let figures = CampaignFigures(stats)
    let rows = answer["contacts"]?.elements ?? []
    let names = try await CampaignContacts(rows.compactMap { $0["contactId"]?.text }, page)
    let list =
      rows.isEmpty
      ? empty
      : TableView(
        page: page, columns: columns(names), rows: rows,
        caption: isFailed ? page.texts("Failed") : page.texts("Waiting"))()
        + Pager(
          page: page, start: start, limit: Self.limit, total: answer["total"]?.integer ?? 0)()
    return Page(
      title: step.name,
      subtitle: [step.kindName(page.texts), step.path(page.texts), step.when(page)]
        .filter { !$0.isEmpty }.joined(separator: ", "),
      trail: campaign.trail(page), contentHTML: tabs(figures) + Panel(isPadded: false)(list, page),
      section: "campaigns", styles: ["campaigns.css"])
  }

  private static let tabsTemplate = Template(
    #"""
    <nav class="tabs" aria-label="[[Contacts]]"><a href="{{base}}"{{^isFailed}} aria-current="page"{{/isFailed}}>[[Waiting]]<span class="count">{{waiting}}</span></a><a href="{{base}}?state=failed"{{#isFailed}} aria-current="page"{{/isFailed}}>[[Failed]]<span class="count">{{failed}}</span></a></nav>
    """#)

  private func tabs(_ figures: CampaignFigures) -> HTML {
    let event = figures.event(step.id)
    return Self.tabsTemplate(
      [
        "base": "/console/\(path)", "isFailed": isFailed,
        "waiting": page.formats.number(event?.waiting ?? 0),
        "failed": page.formats.number(event?.failed ?? 0),
      ], page.texts)
  }

  private var empty: HTML {
    EmptyState(
      title: isFailed ? page.texts("It failed for nobody") : page.texts("Nobody waits here"),
      text: isFailed
        ? page.texts("Contacts for whom this event was given up stand here with the reason.")
        : page.texts("Contacts stand here until the event happens, with the time foreseen."),
      icon: step.icon)(page)
  }

  private func columns(_ names: CampaignContacts) -> [Column] {
    let texts = page.texts
    var columns = [
      Column(texts("Contact")) { entry, page in
        names.link(entry["contactId"]?.text ?? "", page)
      },
      Column(isFailed ? texts("Given up") : texts("Foreseen"), .line) { [isFailed] entry, page in
        if isFailed { return page.time(entry["dateTriggered"]) }
        return entry["triggerDate"]?.text == nil
          ? page.muted(page.texts("until the contact acts")) : page.time(entry["triggerDate"])
      },
      Column(texts("Tries"), .number) { $1.count($0["attempts"]) },
      Column(texts("Remarks"), .wide) { entry, page in
        if let text = entry["error"]?.text ?? entry["note"]?.text { return page.plain(text) }
        return entry["pinned"]?.truth == true
          ? page.muted(page.texts("The time was set by hand.")) : .empty
      },
    ]
    if !isFailed, step.kind != "decision", page.may(.edit, .contacts) {
      columns.append(Column(texts("Change"), .tools) { [path] in Self.tools($0, path, $1) })
    }
    return columns
  }

  private static let toolsTemplate = Template(
    #"""
    <a class="button plain icon small" href="{{base}}" aria-label="[[Reschedule]]" title="[[Reschedule]]">[icon:clock]</a><form method="post" action="{{base}}/cancel"><input type="hidden" name="token" value="{{token}}"><button class="button plain icon small" aria-label="[[Cancel]]" title="[[Cancel]]" data-confirm="[[Cancel what is foreseen? It will not happen.]]">[icon:close]</button></form>
    """#)

  private static func tools(_ entry: JSONValue, _ path: String, _ page: PageRequest) -> HTML {
    toolsTemplate(
      [
        "base": "/console/\(path)/\(entry["contactId"]?.text ?? "")", "token": page.token,
      ], page.texts)
  }
}

/// Gives an event another time for a contact, or cancels it.
enum CampaignReschedule {
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let (campaign, step, contact) = try await place(page)
    let log = try await page.get("campaigns/\(campaign.id)/contact/\(contact)/progress")
    let entries = log["progress"]?["entries"]?.elements ?? []
    let entry = entries.last { $0["eventId"]?.text == step.id && $0["state"] == "scheduled" }
    let time = Formats.date(entry?["triggerDate"]?.text ?? "").map(page.formats.input) ?? ""
    return .page(
      try await form(page, FormValues(["triggerDate": .string(time)]), campaign, step, contact))
  }

  static func save(_ page: PageRequest) async throws -> PageAnswer {
    let event = try page.request.pathNumber("event")
    let contact = try page.request.pathNumber("contact")
    let body = try await FormBody(page)
    do {
      guard let date = body.text("triggerDate").flatMap(page.formats.date(input:)) else {
        let text = page.texts("A date and a time are needed.")
        throw APIError(.badRequest, text, details: [("triggerDate", [text])])
      }
      try await page.send(
        .put, "campaigns/events/\(event)/contact/\(contact)/edit",
        ["triggerDate": .string(date.formatted(.iso8601))])
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      let (campaign, step, id) = try await place(page)
      var shown = try await form(page, FormValues(body, error), campaign, step, id)
      shown.status = error.status
      return .page(shown)
    }
    return .redirect(
      to: "campaigns/\(try page.id)/events/\(event)", message: page.texts("Rescheduled."))
  }

  static func cancel(_ page: PageRequest) async throws -> PageAnswer {
    let event = try page.request.pathNumber("event")
    let contact = try page.request.pathNumber("contact")
    try await page.send(.delete, "campaigns/events/\(event)/contact/\(contact)")
    return .redirect(
      to: "campaigns/\(try page.id)/events/\(event)", message: page.texts("Cancelled."))
  }

  private static func place(
    _ page: PageRequest
  ) async throws -> (campaign: CampaignRecord, step: CampaignStep, contact: Int64) {
    let campaign = try await CampaignRecord.read(page)
    let id = String(try page.request.pathNumber("event"))
    guard let step = campaign.events.first(where: { $0.id == id }) else { throw APIError.notFound }
    return (campaign, step, try page.request.pathNumber("contact"))
  }

  private static let template = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}
    <div class="form-actions"><button class="button primary">[[Reschedule]]</button><a class="button plain" href="{{back}}">[[Back]]</a></div></form>
    """#)

  private static func form(
    _ page: PageRequest, _ values: FormValues, _ campaign: CampaignRecord, _ step: CampaignStep,
    _ contact: Int64
  ) async throws -> Page {
    let names = try await CampaignContacts([String(contact)], page)
    let field = FormField(
      "triggerDate", page.texts("Date and time"), .moment,
      hint: page.texts(
        "In your time zone, {zone}. A time that has passed means at once.",
        ["zone": page.formats.zone.identifier == "GMT" ? "UTC" : page.formats.zone.identifier]),
      isRequired: true)
    let back = "\(campaign.path)/events/\(step.id)"
    let content = template(
      [
        "token": page.token, "back": "/console/\(back)",
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "fieldsHTML": FormView(page: page, sections: [FormSection("", [field])], values: values)(),
      ], page.texts)
    return Page(
      title: page.texts("Reschedule"),
      subtitle: page.texts(
        "{event} for {contact}",
        ["event": step.name, "contact": names.name(String(contact), page)]),
      trail: campaign.trail(page) + [.init(text: step.name, path: back)],
      contentHTML: Panel()(content, page), section: "campaigns", width: .narrow)
  }
}
