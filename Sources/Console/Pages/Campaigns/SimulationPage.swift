import API

/// What a campaign would do with a contact, tried by the engine itself without any effect.
enum SimulationPage {
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    return .page(try await shown(SimulationForm(campaign: campaign, page: page), .empty))
  }

  static func run(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    let body = try await FormBody(page)
    var form = SimulationForm(campaign: campaign, page: page)
    form.values = FormValues(.object(body.members))
    do {
      let answer = try await page.send(
        .post, "campaigns/\(campaign.id)/simulate", try await form.request(body))
      let result = SimulationResult(
        report: answer["simulation"] ?? [:], campaign: campaign, page: page)
      return .page(try await shown(form, try await result()))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      form.values = FormValues(body, error)
      var refused = try await shown(form, .empty)
      refused.status = error.status
      return .page(refused)
    }
  }

  private static let template = Template(
    #"""
    <div class="split simulation"><div>{{{resultHTML}}}</div><aside>{{{formHTML}}}</aside></div>
    """#)

  private static func shown(_ form: SimulationForm, _ result: HTML) async throws -> Page {
    let page = form.page
    let empty = Panel(isPadded: false)(
      EmptyState(
        title: page.texts("Try it before others do"),
        text: page.texts(
          "Choose a contact and what it does. Here you see what the campaign would do, with the times."
        ), icon: "play")(page), page)
    let content = template(
      [
        "resultHTML": result.isEmpty ? empty : result, "formHTML": try await form.shown(),
      ], page.texts)
    return form.campaign.page(page, tab: .simulate, content)
  }
}

/// The time line of a simulation.
struct SimulationResult: Sendable {
  let report: JSONValue
  let campaign: CampaignRecord
  let page: PageRequest

  func callAsFunction() async throws -> HTML {
    let journeys = report["contacts"]?.elements ?? []
    let names = try await CampaignContacts(
      journeys.compactMap { $0["contact"]?.text }, page)
    let cut =
      report["isCutOff"]?.truth == true
      ? Alert(.warn, page.texts("It stopped early: so much happens that not all is shown."))(page)
      : .empty
    return cut + journeys.map { journey($0, names) }.joined() + mails + hooks
  }

  private static let template = Template(
    #"""
    {{#hasEntries}}<ol class="timeline">{{#entries}}<li class="event {{tone}}"><span class="event-icon"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg></span><div class="event-body"><div class="event-head"><p>{{name}}{{#path}} <span class="badge">{{path}}</span>{{/path}}</p><span class="badge {{tone}}">{{state}}</span>{{{timeHTML}}}</div>{{#note}}<p class="muted">{{note}}</p>{{/note}}</div></li>{{/entries}}</ol>{{/hasEntries}}{{^hasEntries}}<p class="muted">[[Nothing happens.]]</p>{{/hasEntries}}
    {{#hasMissing}}<details class="unfold" open><summary>[[What does not happen]]</summary><ul class="list">{{#missing}}<li><span class="grow">{{name}}<span class="sub">{{reason}}</span></span></li>{{/missing}}</ul></details>{{/hasMissing}}
    """#)

  private func journey(_ journey: JSONValue, _ names: CampaignContacts) -> HTML {
    let entries = journey["entries"]?.elements ?? []
    let missing = journey["missing"]?.elements ?? []
    let isMember = journey["isMember"]?.truth == true
    let content = Self.template(
      [
        "hasEntries": !entries.isEmpty, "entries": entries.map(entry),
        "hasMissing": !missing.isEmpty,
        "missing": missing.map { event -> [String: Any] in
          ["name": event["name"]?.text ?? "", "reason": event["reason"]?.text ?? ""]
        },
      ], page.texts)
    let name =
      journey["contact"]?.text.map { names.name($0, page) } ?? page.texts("A contact made up")
    return Panel(
      name,
      actionsHTML: isMember
        ? page.badge(page.texts("In the campaign at the end"), .ok)
        : page.badge(page.texts("Not in the campaign at the end")))(content, page)
  }

  private func entry(_ entry: JSONValue) -> [String: Any] {
    let look = Self.states[entry["state"]?.text ?? ""] ?? ("", entry["state"]?.text ?? "")
    let step = campaign.events.first { $0.id == entry["event"]?.text }
    return [
      "name": entry["name"]?.text ?? "", "icon": step?.icon ?? "bolt", "icons": WebFiles.icons,
      "tone": look.0, "state": page.texts(look.1),
      "path": entry["path"]?.text.map { page.texts($0) } ?? "",
      "note": entry["note"]?.text ?? "",
      "timeHTML": entry["date"]?.text == nil ? HTML.empty : page.time(entry["date"]),
    ]
  }

  /// The tone and the word of a state.
  private static let states: [String: (String, String)] = [
    "scheduled": ("accent", "Scheduled"), "waiting": ("accent", "Waits for the contact"),
    "running": ("accent", "Running"), "executed": ("ok", "Done"), "failed": ("bad", "Failed"),
    "cancelled": ("", "Cancelled"),
  ]

  private static let listTemplate = Template(
    #"""
    <ul class="list">{{#items}}<li><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><span class="grow">{{text}}<span class="sub">{{sub}}</span></span>{{{timeHTML}}}</li>{{/items}}</ul>
    """#)

  private var mails: HTML {
    let items = report["emails"]?.elements ?? []
    return list(
      page.texts("E-mails that would be sent"), "send",
      items.map { mail in
        (
          mailName(mail["email"]?.text ?? ""),
          [mail["address"]?.text, mail["state"]?.text].compactMap(\.self).joined(separator: ", "),
          mail["date"]
        )
      })
  }

  /// The name of the event that sends an e-mail, or else the number of the e-mail.
  private func mailName(_ id: String) -> String {
    let step = campaign.events.first {
      $0.value["channel"]?.text == "email" && $0.value["channelId"]?.text == id
    }
    return step?.name ?? page.texts("E-mail {id}", ["id": id])
  }

  private var hooks: HTML {
    let items = report["webhooks"]?.elements ?? []
    return list(
      page.texts("Webhooks that would be called"), "webhooks",
      items.map { hook in
        (
          "\(hook["method"]?.text ?? "") \(hook["url"]?.text ?? "")",
          String((hook["body"]?.text ?? "").prefix(200)), hook["date"]
        )
      })
  }

  private func list(
    _ title: String, _ icon: String, _ items: [(text: String, sub: String, date: JSONValue?)]
  ) -> HTML {
    guard !items.isEmpty else { return .empty }
    let content = Self.listTemplate(
      [
        "items": items.map { item -> [String: Any] in
          [
            "text": item.text, "sub": item.sub, "icon": icon, "icons": WebFiles.icons,
            "timeHTML": page.time(item.date),
          ]
        }
      ], page.texts)
    return Panel(title, isPadded: false)(content, page)
  }
}
