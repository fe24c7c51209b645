import API
import Foundation

/// Jobs that are not due yet: how many in each minute of the next hour, and which, the next first.
enum ScheduledPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/work/scheduled", needs: .administrator) { try await ScheduledPage(page: $0)() },
      .post("/work/scheduled", needs: .administrator, change),
    ]
  }

  /// How many jobs wait for their time.
  static let live = LiveTopic(path: "/work/scheduled", needs: .administrator) { page in
    let answer = try await page.get("jobs/scheduled", ["limit": 1])
    return ScheduledPage.figures(answer)
  }

  /// Runs or cancels one job, by its button, or the selected.
  private static func change(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    let action: String
    var ids: [String]
    if let id = body.text("run"), !id.isEmpty {
      (action, ids) = ("run", [id])
    } else if let id = body.text("cancel"), !id.isEmpty {
      (action, ids) = ("cancel", [id])
    } else {
      action = body.text("action") ?? ""
      ids = (body.members["ids"]?.elements ?? []).compactMap(\.text)
    }
    guard ["run", "cancel"].contains(action) else {
      throw APIError(.badRequest, "action: run or cancel.")
    }
    var (done, refused) = (0, 0)
    for id in ids.prefix(1000) {
      do {
        try await page.send(.post, "jobs/\(PageRequest.encoded(id))/\(action)")
        done += 1
      } catch let error as APIError where error.status.kind == .clientError {
        refused += 1
      }
    }
    let message =
      action == "run"
      ? page.texts.counting(done, one: "1 job runs now.", many: "{count} jobs run now.")
      : page.texts.counting(done, one: "1 job is cancelled.", many: "{count} jobs are cancelled.")
    let rest =
      refused == 0
      ? ""
      : " "
        + page.texts.counting(
          refused, one: "1 was no longer waiting.", many: "{count} were no longer waiting.")
    return .redirect(to: "work/scheduled", message: message + rest)
  }
}

/// The page itself.
private struct ScheduledPage: Sendable {
  let page: PageRequest

  private static let limit = 50

  func callAsFunction() async throws -> PageAnswer {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    var query: JSONObject = ["limit": .int(Self.limit), "start": .int(start)]
    let queue = page.query("queue") ?? ""
    if !queue.isEmpty { query["queue"] = .string(queue) }
    let answer = try await page.get("jobs/scheduled", query)
    let queues = try await page.get("queues")["queues"]?.elements?.compactMap { $0["name"]?.text }
    let rows = answer["jobs"]?.elements ?? []
    let content =
      WorkPages.tabs("work/scheduled", page) + tiles(answer) + chart(answer)
      + Panel(selectable: true)(
        toolbar(queues ?? [], queue)
          + list(rows, start: start, total: answer["total"]?.integer ?? 0), page)
      + (queue.isEmpty ? try await campaigns() : .empty)
    return .page(
      Page(
        title: page.texts("Scheduled jobs"),
        subtitle: page.texts(
          "What runs later: jobs with a time, and the next attempts of failed ones"),
        contentHTML: content, section: "work", styles: ["work.css"],
        live: queue.isEmpty ? "work/scheduled" : nil))
  }

  /// The figures of the tiles.
  static func figures(_ answer: JSONValue) -> JSONValue {
    let due = (answer["due"]?.elements ?? []).map { $0.integer ?? 0 }
    return [
      "total": answer["total"] ?? 0, "minute": .int(due.first ?? 0),
      "hour": .int(due.reduce(0, +)), "later": answer["later"] ?? 0,
    ]
  }

  private static let tilesTemplate = Template(
    #"""
    <div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{label}}</span><span class="tile-figure" data-figure="{{key}}">{{value}}</span></div>{{/tiles}}</div>
    """#)

  private func tiles(_ answer: JSONValue) -> HTML {
    let figures = Self.figures(answer)
    let tiles = [
      ("total", page.texts("Scheduled")), ("minute", page.texts("Due within a minute")),
      ("hour", page.texts("Due within an hour")), ("later", page.texts("Later")),
    ]
    return Self.tilesTemplate(
      [
        "tiles": tiles.map { key, label -> [String: Any] in
          [
            "key": key, "label": label,
            "value": page.formats.number(figures[key]?.integer ?? 0),
          ]
        }
      ], page.texts)
  }

  private func chart(_ answer: JSONValue) -> HTML {
    guard let begin = answer["dateBegin"]?.text.flatMap(Formats.date),
      (answer["total"]?.integer ?? 0) > 0
    else { return .empty }
    let due = (answer["due"]?.elements ?? []).map { $0.integer ?? 0 }
    let title = page.texts("Due in the next hour")
    return Panel(title)(
      SlotChart(
        title: title, begin: begin, step: answer["step"]?.integer ?? 60,
        series: [.init(name: page.texts("Jobs by the minute"), counts: due)], isLow: true)(page),
      page)
  }

  /// What campaigns will do later: it waits in intervals, and as jobs only once it is near.
  private func campaigns() async throws -> HTML {
    let answer = try await page.get("campaigns/schedule", ["limit": 30])
    let rows = answer["schedule"]?.elements ?? []
    guard !rows.isEmpty else { return .empty }
    let table = TableView(
      page: page,
      columns: [
        Column(page.texts("Campaign")) { row, page in
          page.link(
            row["campaignName"]?.text ?? "", to: "campaigns/\(row["campaign"]?.text ?? "")")
        },
        Column(page.texts("Event")) { $1.plain($0["eventName"]?.text) },
        Column(page.texts("Contacts"), .number) { $1.count($0["entries"]) },
        Column(page.texts("From"), .line) { $1.time($0["dateBegin"]) },
        Column(page.texts("To"), .line) { $1.time($0["dateEnd"]) },
      ], rows: rows, caption: page.texts("What campaigns do next"))
    return Panel(page.texts("What campaigns do next"), isPadded: false)(table(), page)
  }

  private static let toolbarTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="/console/work/scheduled"><select class="input" name="queue" aria-label="[[Queue]]"><option value="">[[All queues]]</option>{{#queues}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{value}}</option>{{/queues}}</select><button class="button">[[Show]]</button></form>
    """#)

  private func toolbar(_ queues: [String], _ chosen: String) -> HTML {
    Self.toolbarTemplate(
      [
        "queues": queues.map {
          ["value": $0, "isChosen": $0 == chosen] as [String: Any]
        }
      ], page.texts)
  }

  private static let listTemplate = Template(
    #"""
    <form method="post" action="/console/work/scheduled"><input type="hidden" name="token" value="{{token}}">
    {{{tableHTML}}}
    <div class="bulk" role="group" aria-label="[[Change the selected]]"><strong><span data-selected-count>0</span> [[selected]]</strong>
    <button class="button small" name="action" value="run">[icon:play][[Run now]]</button>
    <button class="button small danger" name="action" value="cancel" data-confirm="[[Cancel these jobs?]]">[[Cancel]]</button></div></form>
    {{{pagerHTML}}}
    """#)

  private func list(_ rows: [JSONValue], start: Int, total: Int) -> HTML {
    guard !rows.isEmpty else {
      return EmptyState(
        title: page.texts("Nothing is scheduled"),
        text: page.texts(
          "Jobs with a time, such as the steps of campaigns within the next minute, and the next attempts of failed jobs stand here."
        ), icon: "schedule")(page)
    }
    let table = TableView(
      page: page, columns: columns, rows: rows, caption: page.texts("Scheduled jobs"),
      isSelectable: true)
    return Self.listTemplate(
      [
        "tableHTML": table(), "token": page.token,
        // What lies further is seen by its queue, or when it comes nearer.
        "pagerHTML": Pager(page: page, start: start, limit: Self.limit, total: min(total, 2050))(),
      ], page.texts)
  }

  private static let buttons = Template(
    #"""
    <button class="button small" name="run" value="{{id}}" aria-label="[[Run {{type}} now]]">[icon:play][[Run now]]</button> <button class="button small" name="cancel" value="{{id}}" data-confirm="[[Cancel this job?]]" aria-label="[[Cancel {{type}}]]">[[Cancel]]</button>
    """#)

  private var columns: [Column] {
    [
      Column(page.texts("Type")) { job, page in
        page.link(job["type"]?.text ?? "", to: "work/jobs/\(job["id"]?.text ?? "")")
      },
      Column(page.texts("Due"), .line) { $1.time($0["dateAvailable"]) },
      Column(page.texts("In"), .number) { job, page in
        page.plain(Self.wait(job["dateAvailable"], page))
      },
      Column(page.texts("Queue"), .wide) { $1.plain($0["queue"]?.text) },
      Column(page.texts("Why")) { job, page in
        job["isRetry"]?.truth == true
          ? page.badge(
            page.texts(
              "Attempt {number} of {most}",
              [
                "number": page.formats.number((job["attempts"]?.integer ?? 0) + 1),
                "most": page.formats.number(job["maxAttempts"]?.integer ?? 0),
              ]), .warn) : page.badge(page.texts("Has a time"))
      },
      Column("", .tools) { job, page in
        Self.buttons(
          ["id": job["id"]?.text ?? "", "type": job["type"]?.text ?? ""], page.texts)
      },
    ]
  }

  private static func wait(_ due: JSONValue?, _ page: PageRequest) -> String? {
    guard let due = due?.text.flatMap(Formats.date) else { return nil }
    let seconds = due.timeIntervalSince(page.console.clock.now)
    return seconds > 0 ? page.formats.duration(seconds: max(1, seconds)) : page.texts("now")
  }
}
