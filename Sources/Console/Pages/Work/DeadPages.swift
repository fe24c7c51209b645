import API

/// The dead set: jobs out of attempts, by type and error, and what is done with all of a group.
enum DeadPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/work/dead", needs: .administrator, show),
      .post("/work/dead", needs: .administrator, change),
    ]
  }

  private static func show(_ page: PageRequest) async throws -> PageAnswer {
    let answer = try await page.get("jobs/dead", ["limit": 200])
    let groups = answer["groups"]?.elements ?? []
    let total = answer["total"]?.integer ?? 0
    let content =
      groups.isEmpty
      ? EmptyState(
        title: page.texts("No dead jobs"),
        text: page.texts(
          "A job that fails as often as its type allows ends here, with its error and all it was queued with, until it is retried or deleted."
        ), icon: "ok")(page)
      : template(["groups": groups.map { shown($0, page) }, "token": page.token], page.texts)
    return .page(
      Page(
        title: page.texts("Dead jobs"),
        subtitle: page.texts.counting(
          total, one: "1 job out of attempts", many: "{count} jobs out of attempts"),
        actionsHTML: groups.isEmpty ? .empty : all(["token": page.token], page.texts),
        contentHTML: WorkPages.tabs("work/dead", page) + Panel(isPadded: false)(content, page),
        section: "work", styles: ["work.css"]))
  }

  private static func shown(_ group: JSONValue, _ page: PageRequest) -> [String: Any] {
    let (queue, type) = (group["queue"]?.text ?? "", group["type"]?.text ?? "")
    let error = group["errorGroup"]?.text ?? ""
    var parts = [("state", "dead"), ("queue", queue), ("type", type)]
    if !error.isEmpty { parts.append(("errorGroup", error)) }
    let query = parts.map { "\($0)=\(PageRequest.encoded($1))" }.joined(separator: "&")
    return [
      "queue": queue, "type": type, "errorGroup": error,
      "error": error.isEmpty ? page.texts("No error is known") : error,
      "count": page.formats.number(group["count"]?.integer ?? 0),
      "firstHTML": page.time(group["dateFirst"]), "lastHTML": page.time(group["dateLast"]),
      "list": "/console/work/jobs?\(query)",
      "newest": "/console/work/jobs/\(group["newest"]?.text ?? "")",
    ]
  }

  private static let all = Template(
    #"""
    <form method="post" action="/console/work/dead" class="buttons"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="all" value="1"><button class="button" name="action" value="retry" data-confirm="[[Retry all dead jobs?]]">[icon:refresh][[Retry all]]</button><button class="button danger" name="action" value="delete" data-confirm="[[Delete all dead jobs for good?]]">[icon:trash][[Delete all]]</button></form>
    """#)

  private static let template = Template(
    #"""
    <div class="table-wrap"><table class="table loose"><caption class="sr">[[Dead jobs by type and error]]</caption>
    <thead><tr><th scope="col">[[Type and error]]</th><th scope="col" class="num">[[Jobs]]</th><th scope="col" class="wide">[[Queue]]</th><th scope="col" class="wide">[[First]]</th><th scope="col">[[Last]]</th><th class="tools"><span class="sr">[[Actions]]</span></th></tr></thead>
    <tbody>{{#groups}}<tr><th scope="row"><a href="{{list}}">{{type}}</a><span class="sub">{{error}}</span></th><td class="num" data-label="[[Jobs]]">{{count}}</td><td class="wide nowrap" data-label="[[Queue]]">{{queue}}</td><td class="wide nowrap" data-label="[[First]]">{{{firstHTML}}}</td><td class="nowrap" data-label="[[Last]]">{{{lastHTML}}}</td><td class="tools"><form method="post" action="/console/work/dead" class="buttons"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="queue" value="{{queue}}"><input type="hidden" name="type" value="{{type}}"><input type="hidden" name="errorGroup" value="{{errorGroup}}"><a class="button small" href="{{newest}}">[[Newest]]</a><button class="button small" name="action" value="retry" aria-label="[[Retry all {{count}} of {{type}}]]">[icon:refresh][[Retry]]</button><button class="button small danger" name="action" value="delete" data-confirm="[[Delete these dead jobs for good?]]" aria-label="[[Delete all {{count}} of {{type}}]]">[icon:trash][[Delete]]</button></form></td></tr>
    {{/groups}}</tbody></table></div>
    """#)

  /// Has a job retry or delete all of a group, or all dead jobs; its page shows the progress.
  private static func change(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    let action = body.text("action") ?? ""
    guard ["retry", "delete"].contains(action) else {
      throw APIError(.badRequest, "action: retry or delete.")
    }
    var wanted: JSONObject = ["action": .string(action), "state": "dead"]
    if body.text("all") != "1" {
      for name in ["queue", "type"] { wanted[name] = .string(body.text(name) ?? "") }
      wanted["errorGroup"] = .string(body.text("errorGroup") ?? "")
    }
    let job = try await page.send(.post, "jobs/change", .object(wanted))["job"]
    return .redirect(
      to: "work/jobs/\(job?["id"]?.text ?? "")",
      message: page.texts("This job does it. Its page shows how far it is."))
  }
}
