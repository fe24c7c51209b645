import API

/// The first page: how contacts and e-mails fare, what is under way, what needs attention; of each what the user may see.
enum OverviewPages {
  static var routes: [ConsoleRoute] {
    [
      .get("") { try await OverviewPage(page: $0).show() },
      .get("/overview/growth", needs: .on(.contacts, .view)) {
        try await OverviewCharts(page: $0).growth()
      },
      .get("/overview/emails", needs: .on(.emails, .view)) {
        try await OverviewCharts(page: $0).emails()
      },
    ]
  }

  /// What a user's overview tells of what goes on. Users see different things, so each has figures of his own.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/overview/{id}", needs: .anyUser) { page in
        guard try page.id == page.user.id else { throw APIError.notFound }
        return .object(try await OverviewTransfers(page).live)
      }
    ]
  }
}

/// How many contacts there are; nil for what the user may not see.
struct OverviewCounts: Sendable {
  let (known, visitors): (Int?, Int?)

  init(_ page: PageRequest) async throws {
    guard page.may(.view, .contacts) else {
      (known, visitors) = (nil, nil)
      return
    }
    let query: JSONObject = ["limit": 1, "select": ["id"]]
    var ofVisitors = query
    ofVisitors["search"] = "is:anonymous"
    async let contacts = page.get("contacts", query)
    async let anonymous = page.get("contacts", ofVisitors)
    known = try await contacts["total"]?.integer
    visitors = try await anonymous["total"]?.integer
  }
}

/// The page itself.
struct OverviewPage: Sendable {
  let page: PageRequest

  private static let template = Template(
    #"""
    <div data-live-state="{{state}}" hidden></div>{{{attentionHTML}}}{{{tilesHTML}}}{{{chartsHTML}}}<div class="grid overview-panels">{{{panelsHTML}}}</div>
    """#)

  func show() async throws -> PageAnswer {
    let span = SpanChoice(page: page, spans: [7, 30, 90])
    async let counts = OverviewCounts(page)
    async let transfers = OverviewTransfers(page)
    async let campaigns = OverviewCampaigns(page)
    async let movements = movements(span)
    let attention = try await OverviewAttention(page, campaigns: try await campaigns)
    let content = Self.template(
      [
        "state": try await transfers.state, "attentionHTML": attention(page),
        "tilesHTML": tiles(try await counts, try await campaigns),
        "chartsHTML": try await counts.known == 0 ? beginning : charts(span),
        "panelsHTML": [
          try await movements, try await campaigns.panel(page),
          try await campaigns.upcoming(page), try await transfers.panel(page),
        ].joined(),
      ], page.texts)
    return .page(
      Page(
        title: page.texts("Overview"), actionsHTML: Self.live([:], page.texts) + span(),
        contentHTML: content, section: "", styles: ["overview.css"],
        live: "overview/\(page.user.id)"))
  }

  private static let live = Template(#"<span class="live">[[Live]]</span>"#)

  // MARK: Tiles

  private static let tilesTemplate = Template(
    #"""
    {{#hasTiles}}<div class="tiles">{{#tiles}}<a class="tile" href="{{href}}"><span class="tile-label">{{label}}</span><span class="tile-figure">{{value}}</span></a>{{/tiles}}</div>{{/hasTiles}}
    """#)

  private func tiles(_ counts: OverviewCounts, _ campaigns: OverviewCampaigns) -> HTML {
    let texts = page.texts
    let all: [(String, Int?, String)] = [
      (texts("Contacts"), counts.known, "contacts"),
      (texts("Visitors"), counts.visitors, "contacts?search=is:anonymous"),
      (texts("Campaigns under way"), campaigns.count, "campaigns"),
      (texts("Members in campaigns"), campaigns.members, "campaigns"),
    ]
    let tiles = all.compactMap { label, value, path -> [String: Any]? in
      guard let value else { return nil }
      return [
        "label": label, "value": page.formats.number(value), "href": "/console/\(path)",
      ]
    }
    return Self.tilesTemplate(["hasTiles": !tiles.isEmpty, "tiles": tiles], texts)
  }

  /// What to do where there are no contacts yet.
  private var beginning: HTML {
    Panel(isPadded: false)(
      EmptyState(
        title: page.texts("No contacts yet"),
        text: page.texts(
          "Import those you have from a CSV file, or put the snippet for visitors on your site."),
        icon: "contacts",
        action: page.may(.create, .imports)
          ? (page.texts("Import contacts"), "/console/imports/new") : nil)(page), page)
  }

  // MARK: Charts

  private static let chartTemplate = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>{{title}}</h2></header><div class="panel-body overview-chart" hx-get="{{path}}" hx-trigger="load" hx-swap="innerHTML" aria-live="off"><p class="muted"><span class="busy htmx-indicator"></span> <a href="{{path}}">[[Show the chart]]</a></p></div></section>
    """#)

  /// The charts come after the page: to count events of many contacts takes longer than the rest.
  private func charts(_ span: SpanChoice) -> HTML {
    let charts = [
      (page.texts("E-mails per day"), "emails", page.may(.view, .emails)),
      (page.texts("New contacts per day"), "growth", page.may(.view, .contacts)),
    ]
    return charts.filter(\.2).map { title, name, _ in
      Self.chartTemplate(
        ["title": title, "path": "/console/overview/\(name)?days=\(span.days)"], page.texts)
    }.joined()
  }

  // MARK: Segments

  private static let movementsTemplate = Template(
    #"""
    {{#hasAny}}<ul class="list">{{#items}}<li><a class="grow" href="/console/segments/{{id}}">{{name}}</a>{{{sparkHTML}}}<span class="delta {{direction}}">{{change}}</span></li>{{/items}}</ul>{{/hasAny}}{{^hasAny}}<div class="panel-body"><p class="muted">[[No segment has changed in this time.]]</p></div>{{/hasAny}}
    """#)

  /// The segments that grew or shrank most.
  private func movements(_ span: SpanChoice) async throws -> HTML {
    guard page.may(.view, .segments) else { return .empty }
    let answer = try await page.get(
      "segments/movements",
      ["dateFrom": .string(span.first), "dateTo": .string(span.last), "limit": 6])
    let items = (answer["movements"]?.elements ?? []).map { item -> [String: Any] in
      let change = (item["added"]?.integer ?? 0) - (item["removed"]?.integer ?? 0)
      var sum = 0
      let days = (item["days"]?.elements ?? []).map { day -> Int in
        sum += day.integer ?? 0
        return sum
      }
      return [
        "id": item["id"]?.text ?? "", "name": item["name"]?.text ?? "",
        "direction": change > 0 ? "up" : "down",
        "change": page.formats.number(Int(change.magnitude)),
        "sparkHTML": DayChart.spark(days, page),
      ]
    }
    let content = Self.movementsTemplate(["hasAny": !items.isEmpty, "items": items], page.texts)
    return Panel(page.texts("Segments that moved most"), isPadded: false)(content, page)
  }
}
