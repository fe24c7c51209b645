import API

/// What a change of many contacts has come to.
struct BulkResult: Sendable {
  var matched: Int
  var changed: Int
  var skipped: Int
  var failed: Int

  /// - Parameter result: The result of the job.
  init(_ result: JSONValue) {
    matched = result["matched"]?.integer ?? 0
    changed = result["changed"]?.integer ?? 0
    skipped = result["skipped"]?.integer ?? 0
    failed = result["failed"]?.integer ?? 0
  }

  /// In a sentence.
  func text(_ page: PageRequest) -> String {
    let texts = page.texts
    var parts = [
      texts.counting(changed, one: "1 contact changed.", many: "{count} contacts changed.")
    ]
    if skipped > 0 {
      parts.append(
        texts.counting(
          skipped, one: "1 was so already.", many: "{count} were so already."))
    }
    if failed > 0 {
      parts.append(
        texts.counting(failed, one: "1 does not exist.", many: "{count} do not exist."))
    }
    return parts.joined(separator: " ")
  }
}

/// The progress of a job that changes many contacts.
struct BulkProgress: Sendable {
  let page: PageRequest

  static let routes: [ConsoleRoute] = [
    .get("/contacts/bulk/{job:text}", needs: .on(.contacts, .view)) {
      try await BulkProgress(page: $0).shown()
    },
    .post("/contacts/bulk/{job:text}/cancel", needs: .on(.contacts, .view)) {
      try await BulkProgress(page: $0).cancel()
    },
  ]

  static let live = LiveTopic(
    path: "/contacts/bulk/{job:text}", needs: .on(.contacts, .view)
  ) { page in
    let job = try await BulkProgress(page: page).job
    return ["state": job["state"] ?? .null, "done": job["progress"]?["done"] ?? 0]
  }

  private var id: String {
    get throws { try page.request.pathText("job") }
  }

  private var job: JSONValue {
    get async throws {
      guard let job = try await page.get("jobs/\(id)")["job"],
        job["type"]?.text == "contacts.bulk"
      else { throw APIError.notFound }
      return job
    }
  }

  private func cancel() async throws -> PageAnswer {
    _ = try await job
    try await page.send(.post, "jobs/\(id)/cancel")
    return .redirect(
      to: "contacts/bulk/\(try id)", message: page.texts("It stops after the present step."))
  }

  private func shown() async throws -> PageAnswer {
    let (job, texts) = (try await job, page.texts)
    let state = job["state"]?.text ?? ""
    let isOver = ["succeeded", "failed", "dead", "cancelled"].contains(state)
    let done = job["progress"]?["done"]?.integer ?? 0
    let whole = page.query("of").flatMap { Int($0) }.map { max($0, done) } ?? 0
    let result = BulkResult(job["result"] ?? .null)
    let tiles: [(String, Int)] = [
      (texts("Changed"), result.changed), (texts("So already"), result.skipped),
      (texts("Not found"), result.failed), (texts("In all"), result.matched),
    ]
    let content = Self.template(
      [
        "state": state, "stateHTML": page.badge(Self.name(state, texts), Self.kind(state)),
        "done": String(done), "doneText": page.formats.number(done),
        "whole": whole > 0 ? String(whole) : "",
        "wholeText": whole > 0 ? page.formats.number(whole) : "",
        "isRunning": !isOver, "isDone": state == "succeeded",
        "tiles": tiles.map { ["label": $0.0, "figure": page.formats.number($0.1)] },
        "problem": job["error"]?["message"]?.text ?? "",
        "startedHTML": page.time(job["dateStarted"]),
        "endedHTML": page.time(job["dateEnded"]),
        "action": "/console/contacts/bulk/\(try id)/cancel",
        "token": page.token, "isCancelled": state == "cancelled",
      ], texts)
    return .page(
      Page(
        title: texts("Change of many contacts"),
        trail: [.init(text: texts("Contacts"), path: "contacts")],
        contentHTML: content, section: "contacts", width: .narrow,
        live: isOver ? nil : "contacts/bulk/\(try id)"))
  }

  private static func name(_ state: String, _ texts: Texts) -> String {
    switch state {
    case "queued", "scheduled": texts("Waiting")
    case "running": texts("Running")
    case "succeeded": texts("Done")
    case "cancelled": texts("Cancelled")
    default: texts("Failed")
    }
  }

  private static func kind(_ state: String) -> PageRequest.BadgeKind {
    switch state {
    case "succeeded": .ok
    case "failed", "dead": .bad
    case "cancelled": .warn
    default: .plain
    }
  }

  private static let template = Template(
    #"""
    <section class="panel" data-live-state="{{state}}"><header class="panel-head"><h2>[[Progress]]</h2><span class="row">{{#isRunning}}<span class="live">[[live]]</span>{{/isRunning}}{{{stateHTML}}}</span></header><div class="panel-body stack">
    {{#problem}}<div class="alert bad" role="alert">[icon:bad]<div>{{problem}}</div></div>{{/problem}}
    {{#isRunning}}<div class="progress"><div class="progress-head"><span><strong class="num" data-figure="done">{{doneText}}</strong> {{#whole}}[[of]] <span class="num">{{wholeText}}</span>{{/whole}} [[contacts looked at]]</span></div><progress aria-label="[[Progress]]"{{#whole}} data-figure="done" max="{{whole}}" value="{{done}}"{{/whole}}></progress></div>
    <p class="muted">[[You may leave this page: the work goes on.]]</p>
    <form method="post" action="{{action}}"><input type="hidden" name="token" value="{{token}}"><button class="button danger" data-confirm="[[Stop here? What was done stays done.]]">[icon:stop][[Cancel]]</button></form>{{/isRunning}}
    {{#isDone}}<div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{label}}</span><span class="tile-figure">{{figure}}</span></div>{{/tiles}}</div>{{/isDone}}
    {{#isCancelled}}<p>[[Stopped. What was done until then stays done.]]</p>{{/isCancelled}}
    <dl class="facts"><div><dt>[[Started]]</dt><dd>{{{startedHTML}}}</dd></div><div><dt>[[Ended]]</dt><dd>{{{endedHTML}}}</dd></div></dl></div></section>
    <div class="actions"><a class="button" href="/console/contacts">[[To the contacts]]</a></div>
    """#)
}
