import API

/// The campaigns that are under way, and what they do next.
struct OverviewCampaigns: Sendable {
  /// A campaign with its figures.
  struct Item: Sendable {
    var (id, name): (String, String)
    var (members, failed): (Int, Int)
    var next: JSONValue
  }

  /// Those with an event to come first, by its time; nil where the user may not see campaigns.
  let items: [Item]?
  /// How many there are.
  let count: Int?
  /// What comes next.
  private let events: [JSONValue]

  /// The most campaigns that are looked at.
  private static let most = 100
  private static let shown = 6

  init(_ page: PageRequest) async throws {
    guard page.may(.view, .campaigns) else {
      (items, count, events) = (nil, nil, [])
      return
    }
    async let upcoming = page.optional("campaigns/upcoming", ["limit": .int(Self.shown)])
    let answer = try await page.get(
      "campaigns",
      [
        "publishedOnly": 1, "limit": .int(Self.most), "orderBy": "id", "orderByDir": "DESC",
        "select": ["name", "publishDown"],
      ])
    let found = answer["campaigns"]?.elements ?? []
    let live = found.filter { !CampaignPages.hasEnded($0, page) }
    let rows = try await CampaignPages.withFigures(live, page)
    items = rows.map { row in
      Item(
        id: row["id"]?.text ?? "", name: row["name"]?.text ?? "",
        members: row["figures"]?["members"]?.integer ?? 0,
        failed: row["figures"]?["failed"]?.integer ?? 0,
        next: row["figures"]?["nextFireTime"] ?? .null)
    }.sorted { ($0.next.text ?? "~", $1.members) < ($1.next.text ?? "~", $0.members) }
    // Those that have ended are published still; beyond the ones looked at they are counted along.
    count = answer["total"]?.integer.map { $0 - (found.count - live.count) }
    events = try await upcoming?["events"]?.elements ?? []
  }

  /// Their members together.
  var members: Int? { items.map { $0.reduce(0) { $0 + $1.members } } }

  private static let template = Template(
    #"""
    {{#hasAny}}<ul class="list">{{#items}}<li><span class="grow"><a href="/console/campaigns/{{id}}">{{name}}</a><span class="sub">{{members}}</span></span>{{#failed}}<a class="badge bad" href="/console/campaigns/{{id}}">{{failed}}</a>{{/failed}}<span class="muted nowrap">{{next}}</span></li>{{/items}}</ul>{{/hasAny}}{{^hasAny}}<div class="panel-body"><p class="muted">[[No campaign is published.]]</p></div>{{/hasAny}}
    """#)

  /// The box with the campaigns.
  func panel(_ page: PageRequest) -> HTML {
    guard let items else { return .empty }
    let content = Self.template(
      [
        "hasAny": !items.isEmpty,
        "items": items.prefix(Self.shown).map { item -> [String: Any] in
          [
            "id": item.id, "name": item.name,
            "members": page.texts.counting(
              item.members, one: "1 member", many: "{count} members"),
            "failed": item.failed == 0
              ? ""
              : page.texts("{count} failed", ["count": page.formats.number(item.failed)]),
            "next": Self.until(item.next, page),
          ]
        },
      ], page.texts)
    return Panel(page.texts("Campaigns under way"), isPadded: false)(content, page)
  }

  /// In how long a time comes; empty for none.
  private static func until(_ time: JSONValue, _ page: PageRequest) -> String {
    guard let date = Formats.date(time.text ?? "") else { return "" }
    let seconds = date.timeIntervalSince(page.console.clock.now)
    guard seconds > 0 else { return page.texts("next now") }
    return page.texts("next in {time}", ["time": page.formats.duration(seconds: seconds)])
  }

  private static let upcomingTemplate = Template(
    #"""
    <ul class="list">{{#events}}<li>[icon:clock]<span class="grow"><a href="/console/campaigns/{{campaignID}}/events/{{id}}">{{name}}</a><span class="sub">{{campaign}}</span></span><span class="nowrap">{{{timeHTML}}}</span></li>{{/events}}</ul>
    """#)

  /// The box with the events that come next; nothing where there are none.
  func upcoming(_ page: PageRequest) -> HTML {
    guard !events.isEmpty else { return .empty }
    let content = Self.upcomingTemplate(
      [
        "events": events.map { event -> [String: Any] in
          [
            "id": event["eventId"]?.text ?? "", "name": event["name"]?.text ?? "",
            "campaign": event["campaign"]?["name"]?.text ?? "",
            "campaignID": event["campaign"]?["id"]?.text ?? "",
            "timeHTML": page.time(event["triggerDate"]),
          ]
        }
      ], page.texts)
    return Panel(page.texts("Next events"), isPadded: false)(content, page)
  }
}
