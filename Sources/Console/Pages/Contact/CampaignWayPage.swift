import API

/// Where a contact stands in a campaign: each event that it came to, with what became of it.
enum CampaignWayPage {
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let (id, campaign) = (try page.id, try page.request.pathNumber("campaign"))
    async let record = page.get("contacts/\(id)")
    let answer = try await page.get("campaigns/\(campaign)/contact/\(id)/progress", ["all": 1])
    guard let value = try await record["contact"], let way = answer["progress"] else {
      throw APIError.notFound
    }
    let contact = ContactRecord(value)
    let name = way["campaign"]?["name"]?.text ?? ""
    return .page(
      Page(
        title: name,
        subtitle: page.texts("The way of {contact}", ["contact": contact.name(page)]),
        trail: [
          .init(text: page.texts("Contacts"), path: "contacts"),
          .init(text: contact.name(page), path: "contacts/\(contact.id)"),
          .init(text: page.texts("Campaigns"), path: "contacts/\(contact.id)?tab=campaigns"),
        ],
        actionsHTML: button(["href": "/console/campaigns/\(campaign)"], page.texts),
        contentHTML: facts(way, page) + entries(way, contact, page), section: "contacts",
        width: .narrow, styles: ["contact.css"]))
  }

  private static let button = Template(
    #"<a class="button" href="{{href}}">[icon:campaigns][[The campaign]]</a>"#)

  private static func facts(_ way: JSONValue, _ page: PageRequest) -> HTML {
    let isActive = way["active"]?.truth == true
    var facts: [FactList.Fact] = [
      .init(
        page.texts("State"),
        isActive ? page.badge(page.texts("In the campaign"), .ok) : page.badge(page.texts("Exited"))
      ),
      .init(page.texts("Since"), page.time(way["dateAdded"])),
      .init(page.texts("Round"), page.count(way["rotation"])),
    ]
    if way["dateLastExited"]?.text != nil {
      facts.append(.init(page.texts("Exited"), page.time(way["dateLastExited"])))
    }
    return Panel()(FactList(facts: facts, isWide: true)(page), page)
  }

  private static let timeline = Template(
    #"""
    <ol class="timeline">{{#entries}}<li class="event {{kind}}"><span class="event-icon"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg></span><div class="event-body"><div class="event-head"><p>{{name}}{{#path}} · {{path}}{{/path}}</p>{{#isFurther}}<span class="badge">{{round}}</span>{{/isFurther}}<span class="badge {{kind}}">{{state}}</span>{{#reschedule}}<a class="button plain icon small" href="{{reschedule}}" aria-label="[[Reschedule {{name}}]]" title="[[Reschedule]]">[icon:clock]</a>{{/reschedule}}{{{timeHTML}}}</div>{{#trouble}}<p class="muted">{{trouble}}</p>{{/trouble}}</div></li>{{/entries}}</ol>
    """#)

  private static func entries(
    _ way: JSONValue, _ contact: ContactRecord, _ page: PageRequest
  ) -> HTML {
    let entries = way["entries"]?.elements ?? []
    guard !entries.isEmpty else {
      return Panel(isPadded: false)(
        EmptyState(
          title: page.texts("Nothing has happened yet"),
          text: page.texts("The campaign has done nothing with this contact so far."),
          icon: "campaigns")(page), page)
    }
    let mayEdit = contact.allows(.edit, page)
    let list = timeline(
      [
        "entries": entries.map { row($0, way, contact, mayEdit, page) }
      ], page.texts)
    return Panel(page.texts("Events"))(list, page)
  }

  private static func row(
    _ entry: JSONValue, _ way: JSONValue, _ contact: ContactRecord, _ mayEdit: Bool,
    _ page: PageRequest
  ) -> [String: Any] {
    let state = entry["state"]?.text ?? ""
    let look = states[state] ?? ("", "clock", state)
    let isOfNow = entry["rotation"] == way["rotation"]
    let trouble = [entry["error"], entry["note"], entry["cancelReason"]].compactMap { $0?.text }
    let time = entry["dateTriggered"]?.text == nil ? entry["triggerDate"] : entry["dateTriggered"]
    let canMove = state == "scheduled" && mayEdit && isOfNow
    return [
      "name": entry["name"]?.text ?? page.texts("Deleted event"), "kind": look.0,
      "icon": look.1, "state": page.texts(look.2), "icons": WebFiles.icons,
      "path": entry["path"]?.text.map { page.texts($0) } ?? "", "isFurther": !isOfNow,
      "round": page.texts("Round {number}", ["number": entry["rotation"]?.text ?? ""]),
      "timeHTML": time?.text == nil ? HTML.empty : page.time(time),
      "trouble": trouble.joined(separator: " · "),
      "reschedule": canMove
        ? "\(contact.path)/events/\(entry["eventId"]?.text ?? "")/reschedule" : "",
    ]
  }

  /// The tone, the icon and the word of a state.
  private static let states: [String: (String, String, String)] = [
    "scheduled": ("accent", "schedule", "Scheduled"), "running": ("accent", "play", "Running"),
    "waiting": ("accent", "clock", "Waits for the contact"), "executed": ("ok", "ok", "Done"),
    "failed": ("bad", "bad", "Failed"), "cancelled": ("", "close", "Cancelled"),
  ]
}
