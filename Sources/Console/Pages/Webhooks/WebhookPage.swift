import API

/// The page of a webhook: how far it is, and what it has sent.
struct WebhookPage: Sendable {
  let page: PageRequest

  private static let limit = 30

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let list = try await deliveries(id)
    if page.isPartial { return .part(list) }
    let hook = try await page.get("hooks/\(id)")["hook"] ?? [:]
    let figures = WebhookFigures(try await page.get("hooks/\(id)/state")["state"] ?? [:])
    let content = Self.template(
      [
        "state": figures.word, "alertsHTML": alerts(hook, figures),
        "tilesHTML": figures.tiles(page), "deliveriesHTML": panel(list, id),
        "factsHTML": Panel(page.texts("Properties"))(facts(hook), page),
        "eventsHTML": Panel(page.texts("What it is told"))(try await events(hook), page),
        "secretHTML": page.may(.edit, .webhooks)
          ? Panel(page.texts("Secret"))(
            Self.secret(["id": String(id), "token": page.token], page.texts), page) : HTML.empty,
      ], page.texts)
    return .page(
      Page(
        title: hook["name"]?.text ?? "", subtitle: hook["description"]?.text ?? "",
        marksHTML: WebhookPages.badge(hook, page),
        trail: [.init(text: page.texts("Webhooks"), path: "webhooks")],
        actionsHTML: actions(hook), contentHTML: content, section: "webhooks",
        live: "webhooks/\(id)"))
  }

  private static let template = Template(
    #"""
    <div data-live-state="{{state}}" hidden></div>{{{alertsHTML}}}{{{tilesHTML}}}
    <div class="split"><div>{{{deliveriesHTML}}}</div><aside>{{{factsHTML}}}{{{eventsHTML}}}{{{secretHTML}}}</aside></div>
    """#)

  // MARK: Head

  private static let actionsTemplate = Template(
    #"""
    {{#mayEdit}}<form method="post" action="{{base}}/test"><input type="hidden" name="token" value="{{token}}"><button class="button">[icon:send][[Send a test]]</button></form><form method="post" action="{{base}}/{{#isPaused}}resume{{/isPaused}}{{^isPaused}}pause{{/isPaused}}"><input type="hidden" name="token" value="{{token}}"><button class="button">{{#isPaused}}[icon:play][[Resume]]{{/isPaused}}{{^isPaused}}[icon:pause][[Pause]]{{/isPaused}}</button></form>{{/mayEdit}}{{{furtherHTML}}}{{#mayEdit}}<a class="button primary" href="{{base}}/edit">[icon:edit][[Edit]]</a>{{/mayEdit}}
    """#)

  private func actions(_ hook: JSONValue) -> HTML {
    Self.actionsTemplate(
      [
        "base": "/console/webhooks/\(hook["id"]?.text ?? "")", "token": page.token,
        "mayEdit": page.may(.edit, .webhooks), "isPaused": hook["isPaused"]?.truth == true,
        "furtherHTML": RecordActions(kind: WebhookPages.kind).buttons(hook, page),
      ], page.texts)
  }

  private static let retry = Template(
    #"""
    <div class="alert bad" role="alert">[icon:bad]<div>{{text}}</div>{{#mayEdit}}<div class="actions"><form method="post" action="/console/webhooks/{{id}}/retry"><input type="hidden" name="token" value="{{token}}"><button class="button small">[icon:redo][[Send now all that failed]]</button></form></div>{{/mayEdit}}</div>
    """#)

  private func alerts(_ hook: JSONValue, _ figures: WebhookFigures) -> HTML {
    var alerts: [HTML] = []
    if let reason = hook["disabledReason"]?.text, !reason.isEmpty {
      let text = page.texts(
        "It was switched off: {reason} Published again, it goes on with what waits.",
        ["reason": reason])
      alerts.append(Alert(.bad, text)(page))
    } else if figures.failing > 0, hook["isPublished"]?.truth == true {
      let next = figures.state["dateRetry"]?.text ?? ""
      let count = page.texts.counting(
        hook["failures"]?.integer ?? 0, one: "The last request failed.",
        many: "The last {count} requests failed.")
      let due =
        next.isEmpty
        ? "" : " " + page.texts("Next attempt: {time}.", ["time": page.formats.moment(next)])
      alerts.append(
        Self.retry(
          [
            "text": count + due, "id": hook["id"]?.text ?? "", "token": page.token,
            "mayEdit": page.may(.edit, .webhooks),
          ], page.texts))
    }
    if hook["isPaused"]?.truth == true {
      alerts.append(
        Alert(.warn, page.texts("Paused: what happens is kept, and sent once it is resumed."))(page)
      )
    }
    return alerts.joined()
  }

  // MARK: Deliveries

  private static let states = ["waiting", "delivered"]
  private var state: String? { page.query("state").flatMap { Self.states.contains($0) ? $0 : nil } }

  private static let listTemplate = Template(
    #"""
    <div id="list" hx-get="{{address}}" hx-trigger="live from:document throttle:3s" hx-swap="outerHTML">{{{contentHTML}}}</div>
    """#)

  private func deliveries(_ id: Int64) async throws -> HTML {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    var query: JSONObject = ["start": .int(start), "limit": .int(Self.limit)]
    if let state { query["state"] = .string(state) }
    let answer = try await page.get("hooks/\(id)/deliveries", query)
    let rows = answer["deliveries"]?.elements ?? []
    let content: HTML
    if rows.isEmpty, start == 0 {
      content = EmptyState(
        title: page.texts("No deliveries"),
        text: page.texts(
          "Each request appears here with its answer, and is kept for 30 days. A test shows at once whether the receiver takes requests."
        ), icon: "send")(page)
    } else {
      let table = TableView(
        page: page, columns: columns(id), rows: rows, caption: page.texts("Deliveries"))
      let total = answer["total"]?.integer ?? rows.count
      content = table() + Pager(page: page, start: start, limit: Self.limit, total: total)()
    }
    return Self.listTemplate(
      ["address": page.address(with: [:]), "contentHTML": content], page.texts)
  }

  private func panel(_ list: HTML, _ id: Int64) -> HTML {
    let tabs = [
      (nil, page.texts("All")), ("waiting", page.texts("Waiting")),
      ("delivered", page.texts("Delivered")),
    ].map { (value: String?, text: String) in
      Tabs.Tab(
        text: text, path: "webhooks/\(id)" + (value.map { "?state=\($0)" } ?? ""),
        isCurrent: value == state)
    }
    let content = Tabs(page.texts("Deliveries by state"), tabs)(page) + list
    return Panel(page.texts("Deliveries"), isPadded: false)(content, page)
  }

  private func columns(_ id: Int64) -> [Column] {
    let texts = page.texts
    return [
      Column(texts("Delivery")) { delivery, page in
        let number = delivery["id"]?.text ?? ""
        return page.link("#\(number)", to: "webhooks/\(id)/deliveries/\(number)")
      },
      Column(texts("State")) { WebhookDeliveryPage.badge($0, $1) },
      Column(texts("Answer")) { $1.plain($0["note"]?.text.map { String($0.prefix(80)) }) },
      Column(texts("Events"), .number) { $1.count($0["events"]) },
      Column(texts("Attempts"), .number) { $1.count($0["attempts"]) },
      Column(texts("Put together"), .line) { $1.time($0["dateAdded"]) },
    ]
  }

  // MARK: Aside

  private static let secret = Template(
    #"""
    <div class="stack tight"><p class="muted">[[Requests carry a signature made with a secret that the receiver knows.]]</p><form method="post" action="/console/webhooks/{{id}}/secret"><input type="hidden" name="token" value="{{token}}"><button class="button small" data-confirm="[[Make a new secret? The receiver refuses requests until it knows it.]]">[icon:lock][[New secret]]</button></form></div>
    """#)

  private func facts(_ hook: JSONValue) -> HTML {
    let texts = page.texts
    return RecordFacts([
      (texts("Address"), page.plain(hook["webhookUrl"]?.text)),
      (texts("Events in one request"), page.count(hook["batchSize"])),
      (
        texts("Order within a request"),
        page.plain(
          hook["eventsOrderbyDir"]?.text == "DESC" ? texts("Newest first") : texts("Oldest first"))
      ),
      (texts("Category"), page.plain(hook["category"]?["title"]?.text)),
      (texts("Created"), page.time(hook["dateAdded"])),
      (texts("Created by"), page.plain(hook["createdByUser"]?.text)),
      (texts("Changed"), page.time(hook["dateModified"])),
    ])(page)
  }

  private static let eventsTemplate = Template(
    #"""
    {{#events}}<p>{{label}}<span class="sub">{{hint}}</span></p>{{/events}}{{^isTold}}<p class="muted">[[Nothing: it has no events and never sends.]]</p>{{/isTold}}
    """#)

  private func events(_ hook: JSONValue) async throws -> HTML {
    let known = try await page.get("hooks/triggers")["triggers"]
    let events = (hook["triggers"]?.elements ?? []).compactMap(\.text)
    return Self.eventsTemplate(
      [
        "isTold": !events.isEmpty,
        "events": events.map { event -> [String: Any] in
          [
            "label": page.texts(known?[event]?["label"]?.text ?? event),
            "hint": page.texts(known?[event]?["description"]?.text ?? ""),
          ]
        },
      ], page.texts)
  }
}
