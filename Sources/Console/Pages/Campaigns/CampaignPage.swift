import API

/// The page of a campaign: its figures, the canvas with who waits where, its events and how it went over time.
struct CampaignPage: Sendable {
  let campaign: CampaignRecord
  let figures: CampaignFigures
  let page: PageRequest

  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let span = SpanChoice(page: page)
    async let stats = page.get(
      "campaigns/\(id)/stats", ["dateFrom": .string(span.first), "dateTo": .string(span.last)])
    let campaign = try await CampaignRecord.read(page)
    let shown = CampaignPage(
      campaign: campaign, figures: CampaignFigures(try await stats["stats"] ?? [:]), page: page)
    var answer = campaign.page(page, tab: .overview, shown.content(span))
    answer.width = .full
    answer.live = campaign.path
    answer.scripts = ["campaign-canvas.js", "campaign-live.js"]
    answer.styles = ["campaign-canvas.css", "campaigns.css"]
    return .page(answer)
  }

  private static let template = Template(
    #"""
    <div data-live-state="{{state}}" hidden></div>{{{alertsHTML}}}
    <div class="tiles"><div class="tile"><span class="tile-label">[[Members]]</span><span class="tile-figure" data-figure="members">{{members}}</span><span class="delta">{{entered}}</span></div><div class="tile"><span class="tile-label">[[Waiting]]</span><span class="tile-figure" data-figure="waiting">{{waiting}}</span><span class="delta">[[at an event that comes]]</span></div><div class="tile"><span class="tile-label">[[Events done]]</span><span class="tile-figure" data-figure="done">{{done}}</span></div><div class="tile"><span class="tile-label">[[Failed]]</span><span class="tile-figure" data-figure="failed">{{failed}}</span></div></div>
    <section class="panel campaign-picture"><header class="panel-head"><h2>[[Canvas]]</h2><span class="live">[[Live]]</span></header><campaign-canvas readonly campaign-id="{{id}}"{{#dagre}} dagre-src="{{dagre}}"{{/dagre}}></campaign-canvas><noscript><div class="panel-body"><p class="muted">[[The picture needs JavaScript. The events stand below.]]</p></div></noscript></section>
    {{{eventsHTML}}}{{{chartHTML}}}
    """#)

  private func content(_ span: SpanChoice) -> HTML {
    let formats = page.formats
    let entered = figures.added.reduce(0, +)
    let chart = DayChart(
      title: page.texts("Members and events"), days: figures.days,
      lines: [
        .init(name: page.texts("Events done"), counts: figures.done),
        .init(name: page.texts("Entered"), counts: figures.added),
        .init(name: page.texts("Exited"), counts: figures.removed),
      ])
    return Self.template(
      [
        "state": figures.state, "id": campaign.id, "alertsHTML": alerts,
        "members": formats.number(figures.members), "waiting": formats.number(figures.waiting),
        "done": formats.number(figures.allDone), "failed": formats.number(figures.failed),
        "entered": page.texts(
          "{count} entered in {days} days",
          ["count": formats.number(entered), "days": formats.number(span.days)]),
        "dagre": page.console.assets.path("dagre.js") ?? "",
        "eventsHTML": Panel(page.texts("Events"), isPadded: false)(events, page),
        "chartHTML": Panel(page.texts("Over time"), actionsHTML: span())(chart(page), page),
      ], page.texts)
  }

  /// What the API warns of.
  private var alerts: HTML {
    (campaign.value["warnings"]?.elements ?? []).compactMap { $0["message"]?.text }
      .map { Alert(.warn, $0)(page) }.joined()
  }

  private static let eventsTemplate = Template(
    #"""
    <div class="table-wrap"><table class="table campaign-events"><caption class="sr">[[Events]]</caption><thead><tr><th scope="col">[[Event]]</th><th scope="col">[[Kind]]</th><th scope="col" class="wide">[[When]]</th><th scope="col" class="num">[[Waiting]]</th><th scope="col" class="num">[[Done]]</th><th scope="col" class="num">[[Yes]]</th><th scope="col" class="num">[[No]]</th><th scope="col" class="num">[[Failed]]</th><th scope="col" class="wide">[[Rate]]</th></tr></thead>
    <tbody>{{#events}}<tr><th scope="row" data-depth="{{depth}}"><span class="who"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><span>{{#href}}<a href="{{href}}">{{name}}</a>{{/href}}{{^href}}{{name}}{{/href}}{{#path}} <span class="badge">{{path}}</span>{{/path}}</span></span></th><td data-label="[[Kind]]">{{kind}}</td><td class="wide" data-label="[[When]]">{{when}}</td><td class="num" data-label="[[Waiting]]"><span data-figure="waiting-{{id}}">{{waiting}}</span></td><td class="num" data-label="[[Done]]"><span data-figure="done-{{id}}">{{done}}</span></td><td class="num" data-label="[[Yes]]">{{#hasPaths}}<span data-figure="yes-{{id}}">{{yes}}</span>{{/hasPaths}}</td><td class="num" data-label="[[No]]">{{#hasPaths}}<span data-figure="no-{{id}}">{{no}}</span>{{/hasPaths}}</td><td class="num" data-label="[[Failed]]"><span data-figure="failed-{{id}}">{{failed}}</span></td><td class="wide" data-label="[[Rate]]"><progress data-figure="percent-{{id}}" value="{{percent}}" max="100" aria-label="{{rate}}" title="{{rate}}"></progress></td></tr>{{/events}}</tbody></table></div>
    """#)

  private var events: HTML {
    let (formats, texts) = (page.formats, page.texts)
    return Self.eventsTemplate(
      [
        "events": campaign.events.map { step -> [String: Any] in
          let figures = figures.event(step.id)
          let isAction = step.kind == "action"
          let percent = figures?.percent ?? 0
          let share = formats.number(percent, digits: 1) + " %"
          return [
            "id": step.id, "depth": min(step.depth, 6), "icon": step.icon, "icons": WebFiles.icons,
            "name": step.name, "path": step.path(texts), "kind": step.kindName(texts),
            "href": page.may(.view, .contacts) ? "/console/\(campaign.path)/events/\(step.id)" : "",
            "when": step.when(page), "waiting": formats.number(figures?.waiting ?? 0),
            "done": formats.number(figures?.done ?? 0), "hasPaths": !isAction,
            "yes": formats.number(figures?.yes ?? 0), "no": formats.number(figures?.no ?? 0),
            "failed": formats.number(figures?.failed ?? 0), "percent": "\(percent)",
            "rate": isAction
              ? texts("{share} of the members", ["share": share])
              : texts("{share} yes", ["share": share]),
          ]
        }
      ], texts)
  }
}
