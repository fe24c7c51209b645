import API

/// The page of a segment: what it holds, how it grew, where it is used, and its rebuild while it runs.
struct SegmentPage: Sendable {
  let page: PageRequest

  /// The spans of the chart, in days.
  private static let spans = [30, 90, 365]

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let segment = try await page.get("segments/\(id)")["list"] ?? [:]
    let progress = try await SegmentProgress(page)
    let last = page.console.clock.now
    let first = last.addingTimeInterval(-Double(span - 1) * 86_400)
    let utc = Formats(.english, zone: nil)
    let answer = try await page.get(
      "segments/\(id)/chart",
      [
        "dateFrom": .string(String(utc.input(first).prefix(10))),
        "dateTo": .string(String(utc.input(last).prefix(10))),
      ])
    let dependencies = try await page.get("segments/\(id)/dependencies")
    let isByFilters = segment["filters"]?.elements?.isEmpty == false
    let offer = isByFilters ? try await page.optional("segments/filters") : nil
    let names = try await FilterNames(segment["filters"], offer: offer, page)
    let chart = GrowthChart(answer["chart"])
    let content = Self.split(
      [
        "alertsHTML": alerts(progress), "progressHTML": rebuild(progress),
        "tilesHTML": tiles(segment, progress, chart), "state": progress.name,
        "chartHTML": Panel(
          page.texts("Growth"), actionsHTML: spans)(chart(page), page),
        "filtersHTML": filters(segment, offer, names), "asideHTML": aside(segment, dependencies),
        "pictureHTML": picture(dependencies),
      ], page.texts)
    return .page(
      Page(
        title: segment["name"]?.text ?? "", subtitle: segment["description"]?.text ?? "",
        trail: [.init(text: page.texts("Segments"), path: "segments")],
        actionsHTML: actions(segment, progress), contentHTML: content, section: "segments",
        styles: ["segments.css"], live: "segments/\(id)"))
  }

  private var span: Int {
    let asked = page.query("days").flatMap { Int($0) } ?? 0
    return Self.spans.contains(asked) ? asked : Self.spans[0]
  }

  private static let split = Template(
    #"""
    <div data-live-state="{{state}}" hidden></div>{{{alertsHTML}}}{{{progressHTML}}}{{{tilesHTML}}}
    <div class="split"><div>{{{chartHTML}}}{{{filtersHTML}}}{{{pictureHTML}}}</div><aside>{{{asideHTML}}}</aside></div>
    """#)

  // MARK: Head

  private static let actionsTemplate = Template(
    #"""
    {{#contacts}}<a class="button" href="/console/{{contacts}}">{{contactsText}}</a>{{/contacts}}{{#mayRebuild}}<form method="post" action="/console/segments/{{id}}/rebuild"><input type="hidden" name="token" value="{{token}}"><button class="button"{{#isBusy}} disabled{{/isBusy}}>[icon:refresh][[Rebuild]]</button></form>{{/mayRebuild}}{{{furtherHTML}}}{{#mayEdit}}<a class="button primary" href="/console/segments/{{id}}/edit">[icon:edit][[Edit]]</a>{{/mayEdit}}
    """#)

  private func actions(_ segment: JSONValue, _ progress: SegmentProgress) -> HTML {
    let id = segment["id"]?.text ?? ""
    let mayEdit = page.may(.edit, .segments)
    return Self.actionsTemplate(
      [
        "id": id, "token": page.token, "mayEdit": mayEdit,
        "contacts": page.may(.view, .contacts) ? SegmentPages.contacts(of: id) : "",
        "contactsText": page.texts.counting(
          progress.members, one: "View 1 contact", many: "View {count} contacts"),
        "mayRebuild": mayEdit && segment["isPublished"]?.truth == true
          && segment["filters"]?.elements?.isEmpty == false,
        "isBusy": progress.job != nil,
        "furtherHTML": RecordActions(kind: SegmentPages.kind).buttons(segment, page),
      ], page.texts)
  }

  private func alerts(_ progress: SegmentProgress) -> HTML {
    let state = progress.state
    var alerts: [Alert] = []
    if let error = state["error"]?.text, !error.isEmpty {
      alerts.append(
        Alert(.bad, page.texts("It keeps the contacts it had: {reason}", ["reason": error])))
    }
    if state["isStale"]?.truth == true {
      alerts.append(
        Alert(.warn, page.texts("A rebuild is overdue: some contacts may be missing or too many.")))
    }
    if state["isSlow"]?.truth == true {
      alerts.append(
        Alert(
          .warn, page.texts("The last rebuild took long. Fewer or simpler filters make it fast.")))
    }
    return alerts.map { $0(page) }.joined()
  }

  private static let rebuildTemplate = Template(
    #"""
    <section class="panel"><div class="panel-body progress"><div class="progress-head"><strong>{{#isRunning}}[[Being rebuilt]]{{/isRunning}}{{^isRunning}}[[Waits to be rebuilt]]{{/isRunning}}</strong><span class="live">[[Live]]</span></div><progress aria-label="[[Progress of the rebuild]]" data-figure="percent" max="100"{{#percent}} value="{{percent}}"{{/percent}}></progress><p class="hint"><span class="num" data-figure="done">{{done}}</span> [[contacts done]]</p></div></section>
    """#)

  private func rebuild(_ progress: SegmentProgress) -> HTML {
    guard progress.job != nil else { return .empty }
    return Self.rebuildTemplate(
      [
        "isRunning": progress.isRunning, "percent": progress.percent.map { "\($0)" } ?? "",
        "done": page.formats.number(progress.done),
      ], page.texts)
  }

  private static let tilesTemplate = Template(
    #"""
    <div class="tiles"><div class="tile"><span class="tile-label">[[Contacts]]</span><span class="tile-figure" data-figure="members">{{members}}</span></div><div class="tile"><span class="tile-label">{{cameLabel}}</span><span class="tile-figure">{{came}}</span></div><div class="tile"><span class="tile-label">{{wentLabel}}</span><span class="tile-figure">{{went}}</span></div><div class="tile"><span class="tile-label">[[Last built]]</span><span class="tile-text">{{{builtHTML}}}</span>{{#took}}<span class="delta">{{took}}</span>{{/took}}</div></div>
    """#)

  private func tiles(
    _ segment: JSONValue, _ progress: SegmentProgress, _ chart: GrowthChart
  ) -> HTML {
    let seconds = progress.state["buildSeconds"]?.text.flatMap(Double.init)
    let days = ["days": page.formats.number(span)] as KeyValuePairs
    return Self.tilesTemplate(
      [
        "members": page.formats.number(progress.members),
        "came": page.formats.number(chart.came), "went": page.formats.number(chart.went),
        "cameLabel": page.texts("Joined in {days} days", days),
        "wentLabel": page.texts("Left in {days} days", days),
        "builtHTML": page.time(progress.state["dateBuilt"]),
        "took": seconds.map {
          page.texts("in {time}", ["time": page.formats.duration(seconds: $0)])
        } ?? "",
      ], page.texts)
  }

  // MARK: Parts

  private static let spansTemplate = Template(
    #"""
    <div class="buttons" role="group" aria-label="[[Days shown]]">{{#spans}}<a class="button small" href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a>{{/spans}}</div>
    """#)

  private var spans: HTML {
    Self.spansTemplate(
      [
        "spans": Self.spans.map { days -> [String: Any] in
          [
            "href": page.address(with: ["days": String(days)]), "isCurrent": days == span,
            "text": page.texts("{days} days", ["days": page.formats.number(days)]),
          ]
        }
      ], page.texts)
  }

  private static let text = Template(#"<p class="muted">{{text}}</p>"#)

  private func filters(_ segment: JSONValue, _ offer: JSONValue?, _ names: FilterNames) -> HTML {
    let summary = FilterSummary(segment["filters"], offer: offer, names: names)
    let content =
      summary.filters.isEmpty
      ? Self.text(
        [
          "text": page.texts(
            "It has no filters: contacts are added and removed by hand, by campaigns, imports and forms."
          )
        ], page.texts)
      : summary(page)
    return Panel(page.texts("Filters"))(content, page)
  }

  private func picture(_ dependencies: JSONValue) -> HTML {
    let picture = DependencyPicture(dependencies["segments"])
    guard picture.isWorthDrawing else { return .empty }
    return Panel(page.texts("Dependencies"))(picture(page), page)
  }

  private func aside(_ segment: JSONValue, _ dependencies: JSONValue) -> HTML {
    Panel(page.texts("Where it is used"), isPadded: false)(uses(segment, dependencies), page)
      + Panel(page.texts("Properties"))(facts(segment), page)
  }

  private static let usesTemplate = Template(
    #"""
    {{#isUsed}}<ul class="list">{{#uses}}<li><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><a class="grow" href="/console/{{path}}">{{name}}<span class="sub">{{kind}}</span></a></li>{{/uses}}</ul>{{/isUsed}}{{^isUsed}}<div class="panel-body"><p class="muted">[[Nowhere: no campaign, e-mail, form, point trigger or other segment names it.]]</p></div>{{/isUsed}}
    """#)

  private func uses(_ segment: JSONValue, _ dependencies: JSONValue) -> HTML {
    let id = segment["id"]
    var uses: [[String: Any]] = []
    for use in dependencies["uses"]?.elements ?? [] {
      guard let (path, name) = Self.kinds[use["kind"]?.text ?? ""] else { continue }
      uses += (use["records"]?.elements ?? []).map { self.use($0, path, page.texts(name)) }
    }
    for other in dependencies["segments"]?.elements ?? [] {
      guard other["distance"]?.integer == 1,
        other["references"]?.elements?.contains(where: { $0 == id }) == true
      else { continue }
      uses.append(use(other, "segments", page.texts("Segment")))
    }
    return Self.usesTemplate(
      ["isUsed": !uses.isEmpty, "uses": uses, "icons": WebFiles.icons], page.texts)
  }

  /// The pages of what uses segments, and what the use is called in English, by the API's kinds.
  private static let kinds: [String: (path: String, name: String)] = [
    "campaigns": ("campaigns", "Campaign, as its source"),
    "campaignEvents": ("campaigns", "Campaign, in an action or condition"),
    "emails": ("emails", "E-mail"), "forms": ("forms", "Form, in an action"),
    "pointTriggers": ("triggers", "Point trigger"),
  ]

  private func use(_ record: JSONValue, _ kind: String, _ name: String) -> [String: Any] {
    [
      "icon": Navigation.icon(kind), "name": record["name"]?.text ?? "", "kind": name,
      "path": "\(kind)/\(record["id"]?.text ?? "")" + (kind == "triggers" ? "/edit" : ""),
    ]
  }

  private static let factsTemplate = Template(
    #"""
    <dl class="facts">{{#facts}}<div><dt>{{name}}</dt><dd>{{{valueHTML}}}</dd></div>{{/facts}}</dl>
    """#)

  private func facts(_ segment: JSONValue) -> HTML {
    let texts = page.texts
    func truth(_ member: String) -> HTML {
      page.plain(texts(segment[member]?.truth == true ? "Yes" : "No"))
    }
    let facts: [(String, HTML)] = [
      (texts("Status"), page.published(segment)),
      (texts("Public name"), page.plain(segment["publicName"]?.text)),
      (texts("Alias"), page.plain(segment["alias"]?.text)),
      (texts("Category"), page.plain(segment["category"]?["title"]?.text)),
      (texts("For all users"), truth("isGlobal")),
      (texts("In the preference centre"), truth("isPreferenceCenter")),
      (texts("Created"), page.time(segment["dateAdded"])),
      (texts("Created by"), page.plain(segment["createdByUser"]?.text)),
      (texts("Changed"), page.time(segment["dateModified"])),
    ]
    return Self.factsTemplate(
      ["facts": facts.map { ["name": $0.0, "valueHTML": $0.1] as [String: Any] }], texts)
  }
}
