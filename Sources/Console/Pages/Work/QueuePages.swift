import API

/// Queues: what waits, how fast it goes, and who does it.
enum QueuePages {
  static var routes: [ConsoleRoute] {
    [
      .get("/work", needs: .administrator, list),
      .get("/work/queues/{name:text}", needs: .administrator, show),
      .post("/work/queues/{name:text}/pause", needs: .administrator) { page in
        let name = try page.request.pathText("name")
        try await page.send(.post, "queues/\(PageRequest.encoded(name))/pause")
        return .redirect(to: "work", message: page.texts("{name} is paused.", ["name": name]))
      },
      .post("/work/queues/{name:text}/resume", needs: .administrator) { page in
        let name = try page.request.pathText("name")
        try await page.send(.post, "queues/\(PageRequest.encoded(name))/resume")
        return .redirect(to: "work", message: page.texts("{name} goes on.", ["name": name]))
      },
    ]
  }

  /// The figures of all queues, and whether one was paused or came to be.
  static let live = LiveTopic(path: "/work", needs: .administrator) { page in
    let queues = try await queues(page)
    var figures: JSONObject = [
      "waiting": .int(sum(queues, "depth")), "running": .int(sum(queues, "running")),
      "scheduled": .int(sum(queues, "scheduled")), "dead": .int(sum(queues, "dead")),
      "rate": .string(rate(queues.reduce(0) { $0 + perMinute($1) }, page)),
    ]
    for queue in queues {
      let name = queue["name"]?.text ?? ""
      for member in ["depth", "running", "scheduled", "dead"] {
        figures["\(member)-\(name)"] = queue[member] ?? 0
      }
      figures["rate-\(name)"] = .string(rate(perMinute(queue), page))
      figures["oldest-\(name)"] = .string(oldest(queue, page))
    }
    figures["state"] = .string(state(queues))
    return .object(figures)
  }

  private static func list(_ page: PageRequest) async throws -> PageAnswer {
    let queues = try await queues(page)
    let content = template(
      [
        "waiting": page.formats.number(sum(queues, "depth")),
        "running": page.formats.number(sum(queues, "running")),
        "scheduled": page.formats.number(sum(queues, "scheduled")),
        "dead": page.formats.number(sum(queues, "dead")),
        "rate": rate(queues.reduce(0) { $0 + perMinute($1) }, page),
        "state": state(queues), "token": page.token, "queues": queues.map { row($0, page) },
      ], page.texts)
    return .page(
      Page(
        title: page.texts("Queues"),
        subtitle: page.texts("What waits, how fast it goes, and who does it"),
        actionsHTML: liveSign([:], page.texts),
        contentHTML: WorkPages.tabs("work", page) + content
          + (try await JobFiguresPanel(page: page)()),
        section: "work", styles: ["work.css"], live: "work"))
  }

  private static let liveSign = Template(#"<span class="live">[[Live]]</span>"#)

  private static func row(_ queue: JSONValue, _ page: PageRequest) -> [String: Any] {
    let name = queue["name"]?.text ?? ""
    let isPaused = queue["paused"]?.truth == true
    let hasWorkers = (queue["workers"]?.integer ?? 0) > 0
    return [
      "name": name, "path": "/console/work/queues/\(PageRequest.encoded(name))",
      "depth": page.formats.number(queue["depth"]?.integer ?? 0),
      "running": page.formats.number(queue["running"]?.integer ?? 0),
      "scheduled": page.formats.number(queue["scheduled"]?.integer ?? 0),
      "dead": page.formats.number(queue["dead"]?.integer ?? 0),
      "rate": rate(perMinute(queue), page), "oldest": oldest(queue, page),
      "workers": page.formats.number(queue["workers"]?.integer ?? 0), "isPaused": isPaused,
      "dot": isPaused ? "warn" : hasWorkers ? "ok" : "bad",
      "state": page.texts(isPaused ? "Paused" : hasWorkers ? "Running" : "No workers"),
    ]
  }

  private static let template = Template(
    #"""
    <div class="tiles" data-live-state="{{state}}"><div class="tile"><span class="tile-label">[[Waiting]]</span><span class="tile-figure" data-figure="waiting">{{waiting}}</span></div><div class="tile"><span class="tile-label">[[Done per second]]</span><span class="tile-figure" data-figure="rate">{{rate}}</span></div><div class="tile"><span class="tile-label">[[Running]]</span><span class="tile-figure" data-figure="running">{{running}}</span></div><a class="tile" href="/console/work/scheduled"><span class="tile-label">[[Scheduled]]</span><span class="tile-figure" data-figure="scheduled">{{scheduled}}</span></a><a class="tile" href="/console/work/dead"><span class="tile-label">[[Dead]]</span><span class="tile-figure" data-figure="dead">{{dead}}</span></a></div>
    <section class="panel" aria-label="[[Queues]]"><div class="table-wrap"><table class="table">
    <thead><tr><th scope="col">[[Queue]]</th><th scope="col">[[State]]</th><th scope="col" class="num">[[Waiting]]</th><th scope="col" class="num">[[Oldest]]</th><th scope="col" class="num">[[Per second]]</th><th scope="col" class="num">[[Running]]</th><th scope="col" class="num">[[Scheduled]]</th><th scope="col" class="num">[[Dead]]</th><th scope="col" class="num wide">[[Workers]]</th><th class="tools"><span class="sr">[[Actions]]</span></th></tr></thead>
    <tbody>{{#queues}}<tr><th scope="row"><a href="{{path}}">{{name}}</a></th><td data-label="[[State]]"><span class="status"><span class="dot {{dot}}"></span>{{state}}</span></td><td class="num" data-label="[[Waiting]]" data-figure="depth-{{name}}">{{depth}}</td><td class="num" data-label="[[Oldest]]" data-figure="oldest-{{name}}">{{oldest}}</td><td class="num" data-label="[[Per second]]" data-figure="rate-{{name}}">{{rate}}</td><td class="num" data-label="[[Running]]" data-figure="running-{{name}}">{{running}}</td><td class="num" data-label="[[Scheduled]]" data-figure="scheduled-{{name}}">{{scheduled}}</td><td class="num" data-label="[[Dead]]" data-figure="dead-{{name}}">{{dead}}</td><td class="num wide" data-label="[[Workers]]">{{workers}}</td><td class="tools"><form method="post" action="{{path}}/{{#isPaused}}resume{{/isPaused}}{{^isPaused}}pause{{/isPaused}}"><input type="hidden" name="token" value="{{token}}"><button class="button small"{{^isPaused}} aria-label="[[Pause {{name}}]]"{{/isPaused}}{{#isPaused}} aria-label="[[Resume {{name}}]]"{{/isPaused}}>{{#isPaused}}[icon:play][[Resume]]{{/isPaused}}{{^isPaused}}[icon:pause][[Pause]]{{/isPaused}}</button></form></td></tr>
    {{/queues}}</tbody></table></div></section>
    """#)

  // MARK: One queue

  private static func show(_ page: PageRequest) async throws -> PageAnswer {
    let name = try page.request.pathText("name")
    let queue = try await page.get("queues/\(PageRequest.encoded(name))")["queue"] ?? [:]
    var types: [JSONValue] = []
    if case .object(let object)? = queue["types"] {
      types = object.members.map { member in
        var row: JSONObject = ["name": .string(member.key)]
        for count in ["queued", "scheduled", "dead"] { row[count] = member.value[count] ?? 0 }
        return .object(row)
      }
    }
    let path = "work/jobs?queue=\(PageRequest.encoded(name))"
    let table = TableView(
      page: page,
      columns: [
        Column(page.texts("Type of job")) { type, page in
          let text = type["name"]?.text ?? ""
          return page.link(text, to: "\(path)&type=\(PageRequest.encoded(text))")
        },
        Column(page.texts("Waiting or running"), .number) { $1.count($0["queued"]) },
        Column(page.texts("Scheduled"), .number) { $1.count($0["scheduled"]) },
        Column(page.texts("Dead"), .number) { $1.count($0["dead"]) },
      ], rows: types, caption: page.texts("Types of jobs"))
    let content =
      types.isEmpty
      ? EmptyState(
        title: page.texts("Nothing waits"),
        text: page.texts("Jobs that wait, run, are scheduled or dead are counted here by type."),
        icon: "queues")(page) : table()
    return .page(
      Page(
        title: name, trail: [.init(text: page.texts("Queues"), path: "work")],
        actionsHTML: button(["href": "/console/\(path)"], page.texts),
        contentHTML: Panel(isPadded: false)(content, page)
          + (try await JobFiguresPanel(page: page, queue: name, type: page.query("type") ?? "")()),
        section: "work", styles: ["work.css"]))
  }

  private static let button = Template(#"<a class="button" href="{{href}}">[[Its jobs]]</a>"#)

  // MARK: Figures

  private static func queues(_ page: PageRequest) async throws -> [JSONValue] {
    try await page.get("queues")["queues"]?.elements ?? []
  }

  private static func sum(_ queues: [JSONValue], _ member: String) -> Int {
    queues.reduce(0) { $0 &+ ($1[member]?.integer ?? 0) }
  }

  private static func perMinute(_ queue: JSONValue) -> Double {
    number(queue["throughputPerMinute"]) ?? 0
  }

  private static func number(_ value: JSONValue?) -> Double? {
    value?.text.flatMap(Double.init)
  }

  private static func rate(_ perMinute: Double, _ page: PageRequest) -> String {
    page.formats.number(perMinute / 60, digits: perMinute < 600 ? 1 : 0)
  }

  private static func oldest(_ queue: JSONValue, _ page: PageRequest) -> String {
    number(queue["oldestAgeSeconds"]).map { page.formats.duration(seconds: $0) } ?? "–"
  }

  /// What makes the page another one when it changes.
  private static func state(_ queues: [JSONValue]) -> String {
    queues.map { "\($0["name"]?.text ?? "")\($0["paused"]?.truth == true ? "!" : "")" }
      .joined(separator: " ")
  }
}
