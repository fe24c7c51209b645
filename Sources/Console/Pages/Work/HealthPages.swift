import API

/// What the doctor finds, the servers' figures, and the clocks of all machines.
enum HealthPages {
  static var routes: [ConsoleRoute] {
    [.get("/work/health", needs: .administrator, show)]
  }

  private static func show(_ page: PageRequest) async throws -> PageAnswer {
    var query: JSONObject = [:]
    if page.query("fresh") == "1" { query["fresh"] = true }
    let doctor = try await page.get("doctor", query)
    let servers: HTML
    do {
      let answer = try await page.get("servers")
      servers =
        PostgresPanels(page: page, figures: answer["postgres"] ?? [:])()
        + RedisPanel(page: page, figures: answer["redis"] ?? [:])()
        + ClocksPanel(page: page, clocks: answer["clocks"]?.elements ?? [])()
    } catch let error as APIError where error.status.kind != .clientError {
      // A server that is away is what the doctor has just told.
      servers = Alert(.bad, page.texts("The figures of the servers cannot be read."))(page)
    }
    return .page(
      Page(
        title: page.texts("Health"),
        subtitle: page.texts(
          "Checked {time}", ["time": page.formats.moment(doctor["dateChecked"]?.text ?? "")]),
        actionsHTML: again([:], page.texts),
        contentHTML: WorkPages.tabs("work/health", page) + DoctorPanel(page: page, report: doctor)()
          + servers, section: "work", styles: ["work.css"]))
  }

  private static let again = Template(
    #"""
    <a class="button" href="/console/work/health?fresh=1">[icon:refresh][[Check again]]</a>
    """#)
}

/// What is wrong and what to do about it; what is well, folded.
struct DoctorPanel: Sendable {
  let page: PageRequest
  /// The answer of `/api/doctor`.
  var report: JSONValue

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[Doctor]]</h2><span>{{{verdictHTML}}}</span></header>
    {{#hasTroubles}}<ul class="list">{{#troubles}}<li><svg class="icon {{kind}}" aria-hidden="true"><use href="{{icons}}#{{kind}}"/></svg><div class="grow"><strong>{{check}}</strong>: <span lang="en">{{found}}</span><span class="sub" lang="en">→ {{mend}}</span></div>{{{badgeHTML}}}</li>{{/troubles}}</ul>{{/hasTroubles}}
    <div class="panel-body">{{^hasTroubles}}<p>[[Nothing is wrong.]]</p>{{/hasTroubles}}<details class="unfold"><summary>{{wellTitle}}</summary><dl class="facts lined">{{#well}}<div><dt>{{check}}</dt><dd lang="en">{{found}}</dd></div>{{/well}}</dl></details></div></section>
    """#)

  func callAsFunction() -> HTML {
    let findings = report["findings"]?.elements ?? []
    let well = findings.filter { $0["level"]?.text == "ok" }
    // What must be mended stands above what may go wrong.
    let troubles =
      findings.filter { $0["level"]?.text == "failure" }
      + findings.filter { $0["level"]?.text == "warning" }
    let failures = report["failures"]?.integer ?? 0
    let verdict =
      failures > 0
      ? page.badge(
        page.texts.counting(failures, one: "1 thing to mend", many: "{count} things to mend"), .bad)
      : troubles.isEmpty
        ? page.badge(page.texts("All is well"), .ok)
        : page.badge(
          page.texts.counting(troubles.count, one: "1 warning", many: "{count} warnings"), .warn)
    return Self.template(
      [
        "verdictHTML": verdict, "hasTroubles": !troubles.isEmpty, "icons": WebFiles.icons,
        "troubles": troubles.map { finding -> [String: Any] in
          let isFailure = finding["level"]?.text == "failure"
          return [
            "kind": isFailure ? "bad" : "warn", "check": finding["check"]?.text ?? "",
            "found": finding["found"]?.text ?? "", "mend": finding["mend"]?.text ?? "",
            "badgeHTML": page.badge(
              page.texts(isFailure ? "Mend this" : "Warning"), isFailure ? .bad : .warn),
          ]
        },
        "wellTitle": page.texts.counting(
          well.count, one: "1 check is well", many: "{count} checks are well"),
        "well": well.map {
          ["check": $0["check"]?.text ?? "", "found": $0["found"]?.text ?? ""] as [String: Any]
        },
      ], page.texts)
  }
}
