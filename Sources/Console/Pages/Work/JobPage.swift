import API

/// The page of one job.
struct JobPage: Sendable {
  let page: PageRequest

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.request.pathText("job")
    let job = try await page.get("jobs/\(PageRequest.encoded(id))")["job"] ?? [:]
    let state = job["state"]?.text ?? ""
    let error = job["error"]?["message"]?.text ?? ""
    let done = job["progress"]?["done"]?.integer ?? 0
    let total = job["progress"]?["total"]?.integer
    let content = Self.template(
      [
        "state": state, "stateHTML": JobPages.badge(state, page), "queue": job["queue"]?.text ?? "",
        "id": id, "about": about(job), "key": job["dedupeKey"]?.text ?? "",
        "attempts": "\(job["attempts"]?.text ?? "0") / \(job["maxAttempts"]?.text ?? "0")",
        "createdHTML": page.time(job["dateAdded"]), "dueHTML": page.time(job["dateAvailable"]),
        "startedHTML": page.time(job["dateStarted"]), "endedHTML": page.time(job["dateEnded"]),
        "done": page.formats.number(done), "total": total.map { page.formats.number($0) } ?? "",
        "hasTotal": total != nil, "doneNumber": done, "totalNumber": total ?? 1, "error": error,
        "errorAtHTML": page.time(job["error"]?["at"]), "likeIt": likeIt(job, error),
        "parameters": PrettyJSON.text(job["parameters"]), "result": PrettyJSON.text(job["result"]),
      ], page.texts)
    return .page(
      Page(
        title: job["type"]?.text ?? "",
        trail: [
          .init(text: page.texts("Queues"), path: "work"),
          .init(text: page.texts("Jobs"), path: "work/jobs"),
        ], actionsHTML: actions(id, state), contentHTML: content, section: "work",
        live: ["queued", "running", "scheduled"].contains(state) ? "work/jobs/\(id)" : nil))
  }

  /// The state and progress of a job.
  static let live = LiveTopic(path: "/work/jobs/{job:text}", needs: .administrator) { page in
    let id = try page.request.pathText("job")
    let job = try await page.get("jobs/\(PageRequest.encoded(id))")["job"] ?? [:]
    return [
      "state": job["state"] ?? "", "done": job["progress"]?["done"] ?? 0,
      "progress": job["progress"]?["done"] ?? 0,
    ]
  }

  private func about(_ job: JSONValue) -> String {
    [job["object"]?.text, job["objectId"]?.text].compactMap(\.self).joined(separator: " ")
  }

  /// The list of the jobs with the same error.
  private func likeIt(_ job: JSONValue, _ error: String) -> String {
    guard !error.isEmpty else { return "" }
    let parts = [
      ("type", job["type"]?.text ?? ""), ("state", job["state"]?.text ?? ""),
      ("error", String(error.prefix(120))),
    ]
    return "/console/work/jobs?"
      + parts.map { "\($0)=\(PageRequest.encoded($1))" }.joined(separator: "&")
  }

  private func actions(_ id: String, _ state: String) -> HTML {
    Self.actionsTemplate(
      [
        "base": "/console/work/jobs/\(PageRequest.encoded(id))", "token": page.token,
        "canRetry": ["dead", "failed"].contains(state),
        "canRun": state == "scheduled",
        "canCancel": ["queued", "scheduled", "running"].contains(state),
      ], page.texts)
  }

  private static let actionsTemplate = Template(
    #"""
    {{#canRetry}}<form method="post" action="{{base}}/retry"><input type="hidden" name="token" value="{{token}}"><button class="button primary">[icon:refresh][[Retry]]</button></form>{{/canRetry}}{{#canRun}}<form method="post" action="{{base}}/run"><input type="hidden" name="token" value="{{token}}"><button class="button primary">[icon:play][[Run now]]</button></form>{{/canRun}}{{#canCancel}}<form method="post" action="{{base}}/cancel"><input type="hidden" name="token" value="{{token}}"><button class="button danger" data-confirm="[[Cancel this job?]]">[[Cancel]]</button></form>{{/canCancel}}
    """#)

  private static let template = Template(
    #"""
    {{#error}}<div class="alert bad" role="status">[icon:bad]<div><strong>[[The last attempt failed]]</strong> {{{errorAtHTML}}}<p>{{error}}</p></div><div class="actions"><a class="button small" href="{{likeIt}}">[[All like it]]</a></div></div>{{/error}}
    <section class="panel" data-live-state="{{state}}"><div class="panel-body"><dl class="facts lined">
    <div><dt>[[State]]</dt><dd>{{{stateHTML}}}</dd></div><div><dt>[[Queue]]</dt><dd><a href="/console/work/queues/{{queue}}">{{queue}}</a></dd></div><div><dt>[[Id]]</dt><dd class="mono">{{id}}</dd></div>
    {{#about}}<div><dt>[[About]]</dt><dd>{{about}}</dd></div>{{/about}}{{#key}}<div><dt>[[Key]]</dt><dd class="mono">{{key}}</dd></div>{{/key}}
    <div><dt>[[Attempts that failed]]</dt><dd>{{attempts}}</dd></div><div><dt>[[Created]]</dt><dd>{{{createdHTML}}}</dd></div><div><dt>[[Due]]</dt><dd>{{{dueHTML}}}</dd></div><div><dt>[[Started]]</dt><dd>{{{startedHTML}}}</dd></div><div><dt>[[Ended]]</dt><dd>{{{endedHTML}}}</dd></div>
    <div><dt>[[Progress]]</dt><dd><span data-figure="done">{{done}}</span>{{#hasTotal}} / {{total}} <progress data-figure="progress" value="{{doneNumber}}" max="{{totalNumber}}" aria-label="[[Progress]]"></progress>{{/hasTotal}}</dd></div></dl></div></section>
    {{#parameters}}<section class="panel"><header class="panel-head"><h2>[[Parameters]]</h2></header><div class="panel-body"><div class="code"><pre tabindex="0" aria-label="[[Parameters]]"><code id="parameters">{{parameters}}</code></pre><button class="button small" type="button" data-copy="#parameters">[icon:copy][[Copy]]</button></div></div></section>{{/parameters}}
    {{#result}}<section class="panel"><header class="panel-head"><h2>[[Result]]</h2></header><div class="panel-body"><div class="code"><pre tabindex="0" aria-label="[[Result]]"><code>{{result}}</code></pre></div></div></section>{{/result}}
    """#)
}
