import API

/// What was changed of a campaign, by whom and when, from the audit log.
struct CampaignVersions: Sendable {
  let campaign: CampaignRecord
  let page: PageRequest

  private static let limit = 30

  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    let versions = CampaignVersions(campaign: campaign, page: page)
    return .page(campaign.page(page, tab: .versions, try await versions.content()))
  }

  private var start: Int { max(0, page.query("start").flatMap { Int($0) } ?? 0) }

  private func content() async throws -> HTML {
    let conditions = [("bundle", "campaign"), ("object", "campaign"), ("object_id", campaign.id)]
    let query: JSONObject = [
      "start": .int(start), "limit": .int(Self.limit),
      "where": .array(
        conditions.map { ["col": .string($0.0), "expr": "eq", "val": .string($0.1)] }),
      "order": [["col": "id", "dir": "DESC"]],
    ]
    // Of others' changes who is no administrator sees what the statistics show.
    let answer = try await page.optional("stats/audit_log", query)
    let rows = answer?["stats"]?.elements ?? []
    guard !rows.isEmpty else {
      return Panel(isPadded: false)(
        EmptyState(
          title: page.texts("No changes to show"),
          text: page.texts(
            "Each change of the campaign is listed here, with who made it and when."),
          icon: "audit")(page), page)
    }
    let total = answer?["total"]?.integer ?? rows.count
    let pager = Pager(page: page, start: start, limit: Self.limit, total: total)
    return Panel(isPadded: false)(list(rows) + pager(), page)
  }

  private static let template = Template(
    #"""
    <div class="panel-body"><ol class="timeline">{{#entries}}<li class="event {{tone}}"><span class="event-icon"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg></span><div class="event-body"><div class="event-head"><p><strong>{{user}}</strong> {{action}}</p>{{{timeHTML}}}</div>{{#hasChanges}}<dl class="facts">{{#changes}}<div><dt>{{name}}</dt><dd>{{#isList}}{{#came}}<span class="badge ok">+ {{.}}</span> {{/came}}{{#went}}<span class="badge bad">− {{.}}</span> {{/went}}{{#isMoved}}<span class="muted">[[changed within]]</span>{{/isMoved}}{{/isList}}{{^isList}}{{#old}}<s class="muted">{{old}}</s> {{/old}}{{new}}{{/isList}}</dd></div>{{/changes}}</dl>{{/hasChanges}}</div></li>{{/entries}}</ol></div>
    """#)

  private func list(_ rows: [JSONValue]) -> HTML {
    Self.template(
      [
        "entries": rows.map { row -> [String: Any] in
          let action = row["action"]?.text ?? ""
          let changes = Self.details(row)
          return [
            "user": row["user_name"]?.text ?? page.texts("Martlet"),
            "action": word(action), "icons": WebFiles.icons,
            "icon": ["create": "plus", "delete": "trash"][action] ?? "edit",
            "tone": ["create": "ok", "delete": "bad"][action] ?? "accent",
            "timeHTML": page.time(.string(Self.instant(row["date_added"]?.text ?? ""))),
            "hasChanges": action != "create" && !changes.isEmpty,
            "changes": changes.map(shown),
          ]
        }
      ], page.texts)
  }

  private func word(_ action: String) -> String {
    switch action {
    case "create": page.texts("made it")
    case "update": page.texts("changed it")
    case "delete": page.texts("deleted it")
    default: action
    }
  }

  /// A time of the table, which is one of the clock of the world.
  private static func instant(_ text: String) -> String {
    text.utf8.count == 19 ? text.replacing(" ", with: "T") + "+00:00" : text
  }

  /// The members that changed, with the old and the new value.
  private static func details(_ row: JSONValue) -> [(key: String, value: JSONValue)] {
    guard let text = row["details"]?.text else { return [] }
    do {
      guard case .object(let object) = try JSONParser.parse(Array(text.utf8)) else { return [] }
      return object.members
    } catch {
      return []
    }
  }

  private func shown(_ name: String, _ value: JSONValue) -> [String: Any] {
    var shown: [String: Any] = [
      "name": label(name), "old": "", "new": "", "isList": false, "came": [String](),
      "went": [String](), "isMoved": false,
    ]
    guard case .array(let pair) = value, pair.count == 2 else {
      shown["new"] = text(value)
      return shown
    }
    if name == "canvasSettings" {
      shown["new"] = page.texts("Places of the events")
      return shown
    }
    if case .array(let old) = pair[0], case .array(let new) = pair[1] {
      let (before, after) = (old.map(text), new.map(text))
      let (came, went) = (
        after.filter { !before.contains($0) }, before.filter { !after.contains($0) }
      )
      shown.merge(
        [
          "isList": true, "came": came, "went": went, "isMoved": came.isEmpty && went.isEmpty,
        ] as [String: Any]
      ) { $1 }
      return shown
    }
    (shown["old"], shown["new"]) = (text(pair[0]), text(pair[1]))
    return shown
  }

  private func label(_ name: String) -> String {
    let texts = page.texts
    return switch name {
    case "name": texts("Name")
    case "description": texts("Description")
    case "category": texts("Category")
    case "isPublished": texts("Published")
    case "publishUp": texts("Published from")
    case "publishDown": texts("Published until")
    case "allowRestart": texts("Contacts may start again")
    case "events": texts("Events")
    case "lists": texts("Segments")
    case "forms": texts("Forms")
    case "canvasSettings": texts("Picture")
    default: name
    }
  }

  private func text(_ value: JSONValue) -> String {
    switch value {
    case .bool(let truth): return page.texts(truth ? "Yes" : "No")
    case .null: return "–"
    case .string(let text) where Formats.date(text) != nil && text.utf8.count > 18:
      return page.formats.moment(text)
    case .array(let items): return items.map(text).joined(separator: ", ")
    case .object: return value["name"]?.text ?? value["id"]?.text ?? "…"
    default: return value.text ?? "–"
    }
  }
}
