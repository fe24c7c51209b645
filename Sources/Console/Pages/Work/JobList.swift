import API

/// The list of jobs.
struct JobList: Sendable {
  let page: PageRequest

  private static let limit = 50

  func callAsFunction() async throws -> PageAnswer {
    var query: JSONObject = ["limit": .int(Self.limit), "start": .int(start)]
    for filter in JobPages.filters {
      if let text = page.query(filter) { query[filter] = .string(text) }
    }
    let answer = try await page.get("jobs", query)
    let rows = answer["jobs"]?.elements ?? []
    let queues = try await page.get("queues")["queues"]?.elements?.compactMap { $0["name"]?.text }
    let content = toolbar(queues ?? []) + list(rows, total: answer["total"]?.integer ?? 0)
    return .page(
      Page(
        title: page.texts("Jobs"),
        contentHTML: WorkPages.tabs("work/jobs", page) + Panel(selectable: true)(content, page),
        section: "work"))
  }

  private var start: Int { max(0, page.query("start").flatMap { Int($0) } ?? 0) }

  private func toolbar(_ queues: [String]) -> HTML {
    let states = ["queued", "scheduled", "running", "succeeded", "failed", "dead", "cancelled"]
    func options(_ values: [String], _ chosen: String?) -> [[String: Any]] {
      values.map { ["value": $0, "text": page.texts($0), "isChosen": $0 == chosen] }
    }
    return Self.toolbarTemplate(
      [
        "states": options(states, page.query("state")),
        "queues": options(queues, page.query("queue")), "type": page.query("type") ?? "",
        "error": page.query("error") ?? "", "key": page.query("key") ?? "",
        "errorGroup": page.query("errorGroup") ?? "",
      ], page.texts)
  }

  private static let toolbarTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="/console/work/jobs" role="search">
    <div class="search affix">[icon:search]<input class="input" type="search" name="error" value="{{error}}" placeholder="[[Part of an error]]" aria-label="[[Part of an error]]" maxlength="200"></div>
    <input class="input short" name="type" value="{{type}}" placeholder="[[Type]]" aria-label="[[Type]]" maxlength="100">
    <input class="input short" name="key" value="{{key}}" placeholder="[[Key]]" aria-label="[[Key]]" maxlength="200">
    <select class="input" name="state" aria-label="[[State]]"><option value="">[[All states]]</option>{{#states}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/states}}</select>
    <select class="input" name="queue" aria-label="[[Queue]]"><option value="">[[All queues]]</option>{{#queues}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{value}}</option>{{/queues}}</select>
    <button class="button">[[Search]]</button><a class="button plain" href="/console/work/jobs">[[Clear]]</a>{{#errorGroup}}<input type="hidden" name="errorGroup" value="{{errorGroup}}"><span class="chip">[[Error: {{errorGroup}}]]</span>{{/errorGroup}}</form>
    """#)

  private func list(_ rows: [JSONValue], total: Int) -> HTML {
    guard !rows.isEmpty else {
      return EmptyState(
        title: page.texts("No such jobs"),
        text: page.texts(
          "Every piece of queued work can be looked at here; what has ended well is kept for a while where its type says so."
        ), icon: "jobs")(page)
    }
    let table = TableView(
      page: page, columns: columns, rows: rows, caption: page.texts("Jobs"), isSelectable: true)
    return Self.listTemplate(
      [
        "tableHTML": table(), "token": page.token, "total": page.formats.number(total),
        "filters": JobPages.filters.compactMap { name in
          page.query(name).map { ["name": "filter_\(name)", "value": $0] }
        },
        "pagerHTML": Pager(page: page, start: start, limit: Self.limit, total: total)(),
      ], page.texts)
  }

  private var columns: [Column] {
    [
      Column(page.texts("Type")) { job, page in
        let link = page.link(
          job["type"]?.text ?? "", to: "work/jobs/\(job["id"]?.text ?? "")")
        guard let error = job["error"]?["message"]?.text, !error.isEmpty else { return link }
        return link + Self.below(["text": String(error.prefix(160))], page.texts)
      },
      Column(page.texts("State")) { JobPages.badge($0["state"]?.text ?? "", $1) },
      Column(page.texts("Queue"), .wide) { $1.plain($0["queue"]?.text) },
      Column(page.texts("About"), .wide) { job, page in
        guard let object = job["object"]?.text else { return page.plain(nil) }
        return page.plain("\(object) \(job["objectId"]?.text ?? "")")
      },
      Column(page.texts("Attempts"), .number) { job, page in
        page.plain(
          "\(job["attempts"]?.text ?? "0") / \(job["maxAttempts"]?.text ?? "0")")
      },
      Column(page.texts("Due"), .line) { $1.time($0["dateAvailable"] ?? .null) },
      Column(page.texts("Created"), .line) { $1.time($0["dateAdded"]) },
    ]
  }

  private static let below = Template(#"<span class="sub">{{text}}</span>"#)

  private static let listTemplate = Template(
    #"""
    <form method="post" action="/console/work/jobs/batch"><input type="hidden" name="token" value="{{token}}">{{#filters}}<input type="hidden" name="{{name}}" value="{{value}}">{{/filters}}
    {{{tableHTML}}}
    <div class="bulk" role="group" aria-label="[[Change the selected]]"><strong><span data-selected-count>0</span> [[selected]]</strong>
    <label class="choice"><input type="checkbox" name="everything" value="1"><span>[[all {{total}} that match]]</span></label>
    <button class="button small" name="action" value="retry">[icon:refresh][[Retry]]</button>
    <button class="button small" name="action" value="cancel" data-confirm="[[Cancel these jobs?]]">[[Cancel]]</button>
    <button class="button small danger" name="action" value="delete" data-confirm="[[Delete these dead jobs for good?]]">[icon:trash][[Delete]]</button></div></form>
    {{{pagerHTML}}}
    """#)
}
