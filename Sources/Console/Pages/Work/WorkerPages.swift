import API

/// Workers, and what each is doing.
enum WorkerPages {
  static var routes: [ConsoleRoute] {
    [.get("/work/workers", needs: .administrator, list)]
  }

  private static func list(_ page: PageRequest) async throws -> PageAnswer {
    let workers = try await page.get("workers")["workers"]?.elements ?? []
    let content =
      workers.isEmpty
      ? Panel(isPadded: false)(
        EmptyState(
          title: page.texts("No worker runs"),
          text: page.texts(
            "Jobs wait until one does. Start martlet-worker, on as many hosts as you like."),
          icon: "workers")(page), page)
      : workers.map { template(shown($0, page), page.texts) }.joined()
    return .page(
      Page(
        title: page.texts("Workers"),
        subtitle: page.texts.counting(workers.count, one: "1 worker", many: "{count} workers"),
        contentHTML: WorkPages.tabs("work/workers", page) + content, section: "work"))
  }

  private static func shown(_ worker: JSONValue, _ page: PageRequest) -> [String: Any] {
    let running = worker["running"]?.elements ?? []
    let isDraining = worker["draining"]?.truth == true
    return [
      "id": worker["id"]?.text ?? "", "host": worker["host"]?.text ?? "",
      "process": worker["processId"]?.text ?? "", "isDraining": isDraining,
      "startedHTML": page.time(worker["dateStarted"]),
      "seenHTML": page.time(worker["lastHeartbeat"]),
      "busy": page.formats.number(running.count),
      "room": page.formats.number(worker["concurrency"]?.integer ?? 0),
      "queues": (worker["queues"]?.elements ?? []).compactMap(\.text),
      "jobs": running.map { job -> [String: Any] in
        [
          "path": "/console/work/jobs/\(job["id"]?.text ?? "")", "type": job["type"]?.text ?? "",
          "queue": job["queue"]?.text ?? "", "startedHTML": page.time(job["dateStarted"]),
          "attempt": page.formats.number((job["attempt"]?.integer ?? 0) &+ 1),
          "percent": job["progress"]?["percent"]?.text.map { "\($0) %" } ?? "",
        ]
      },
    ]
  }

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2 class="mono">{{id}}</h2><span>{{#isDraining}}<span class="badge warn">[[Finishing]]</span>{{/isDraining}}{{^isDraining}}<span class="badge ok">[[Running]]</span>{{/isDraining}}</span></header>
    <div class="panel-body"><dl class="facts"><div><dt>[[Host]]</dt><dd>{{host}}</dd></div><div><dt>[[Process]]</dt><dd>{{process}}</dd></div><div><dt>[[Started]]</dt><dd>{{{startedHTML}}}</dd></div><div><dt>[[Last sign of life]]</dt><dd>{{{seenHTML}}}</dd></div><div><dt>[[Busy]]</dt><dd>{{busy}} / {{room}}</dd></div><div><dt>[[Queues]]</dt><dd><span class="chips">{{#queues}}<span class="chip">{{.}}</span>{{/queues}}</span></dd></div></dl></div>
    <ul class="list">{{#jobs}}<li><span class="dot ok"></span><span class="grow"><a href="{{path}}">{{type}}</a><span class="sub">{{queue}}, [[attempt {{attempt}}]]{{#percent}}, {{percent}}{{/percent}}</span></span>{{{startedHTML}}}</li>{{/jobs}}{{^jobs}}<li class="muted">[[Waits for jobs]]</li>{{/jobs}}</ul></section>
    """#)
}
