import API

/// The jobs that schedulers enqueue at regular times: how often, when last and next, how long they take.
enum PeriodicPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/work/periodic", needs: .administrator, list),
      .post("/work/periodic/{name:text}/run", needs: .administrator) { page in
        let name = try page.request.pathText("name")
        try await page.send(.post, "periodic/\(PageRequest.encoded(name))/run")
        return .redirect(
          to: "work/periodic", message: page.texts("{name} is queued.", ["name": name]))
      },
    ]
  }

  private static func list(_ page: PageRequest) async throws -> PageAnswer {
    let jobs = try await page.get("periodic")["periodic"]?.elements ?? []
    let late = jobs.count { $0["onTime"]?.truth == false }
    let neverRan = jobs.allSatisfy { $0["dateLast"]?.text == nil }
    let alert: HTML
    if neverRan {
      alert = Alert(
        .warn,
        page.texts(
          "No scheduler has run yet. Start martlet-scheduler, on as many hosts as you like."))(
          page)
    } else if late > 0 {
      alert = Alert(
        .bad,
        page.texts.counting(
          late,
          one: "1 periodic job is not on time: start a martlet-scheduler, or look at its log.",
          many:
            "{count} periodic jobs are not on time: start a martlet-scheduler, or look at its log.")
      )(page)
    } else {
      alert = .empty
    }
    let table = TableView(
      page: page, columns: columns(page), rows: jobs, caption: page.texts("Periodic jobs"))
    return .page(
      Page(
        title: page.texts("Periodic jobs"),
        subtitle: page.texts(
          "There is no leader: whichever scheduler is first at a time claims it in the database, so each runs once"
        ),
        contentHTML: WorkPages.tabs("work/periodic", page) + alert
          + Panel(isPadded: false)(table(), page),
        section: "work", styles: ["work.css"]))
  }

  private static let button = Template(
    #"""
    <form method="post" action="/console/work/periodic/{{path}}/run"><input type="hidden" name="token" value="{{token}}"><button class="button small" aria-label="[[Run {{name}} now]]">[icon:play][[Run now]]</button></form>
    """#)

  private static func columns(_ page: PageRequest) -> [Column] {
    [
      Column(page.texts("Name")) { job, page in
        let type = job["type"]?.text ?? ""
        return page.link(
          job["name"]?.text ?? "",
          to:
            "work/queues/\(PageRequest.encoded(job["queue"]?.text ?? ""))?type=\(PageRequest.encoded(type))"
        )
      },
      Column(page.texts("How often")) { job, page in page.plain(often(job, page)) },
      Column(page.texts("Last"), .wide) { $1.time($0["dateLast"]) },
      Column(page.texts("Next"), .line) { $1.time($0["dateNext"]) },
      Column(page.texts("State")) { job, page in
        if job["onTime"]?.truth == true { return page.badge(page.texts("On time"), .ok) }
        let late = number(job["overdueSeconds"])
        return page.badge(
          late > 0
            ? page.texts(
              "Late by {time}", ["time": page.formats.duration(seconds: late)])
            : page.texts("Ran in the future"), .bad)
      },
      Column(page.texts("Runs in a day"), .number) { $1.count($0["doneInDay"]) },
      Column(page.texts("Failed"), .wideNumber) { $1.count($0["failedInDay"]) },
      Column(page.texts("Takes"), .wideNumber) { job, page in
        page.plain(
          job["meanSeconds"]?.text.flatMap(Double.init).map { page.formats.duration(seconds: $0) })
      },
      Column(page.texts("95 % within"), .wideNumber) { job, page in
        page.plain(
          job["seconds95"]?.text.flatMap(Double.init).map { page.formats.duration(seconds: $0) })
      },
      Column("", .tools) { job, page in
        let name = job["name"]?.text ?? ""
        return button(
          ["name": name, "path": PageRequest.encoded(name), "token": page.token], page.texts)
      },
    ]
  }

  private static func number(_ value: JSONValue?) -> Double {
    value?.text.flatMap(Double.init) ?? 0
  }

  private static func often(_ job: JSONValue, _ page: PageRequest) -> String {
    if let cron = job["cron"]?.text { return page.texts("by calendar: {cron}", ["cron": cron]) }
    return page.texts(
      "every {time}",
      ["time": page.formats.duration(seconds: number(job["everySeconds"]))])
  }
}
