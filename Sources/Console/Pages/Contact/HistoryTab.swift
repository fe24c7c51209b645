import API
import Foundation

/// The tab with what happened to a contact, the newest first.
struct HistoryTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest
  let filter: HistoryFilter

  init(contact: ContactRecord, page: PageRequest) {
    self.contact = contact
    self.page = page
    filter = HistoryFilter(page)
  }

  func callAsFunction() async throws -> HTML {
    let answer = try await page.get("contacts/\(contact.id)/activity", filter.query)
    let events = answer["events"]?.elements ?? []
    let total = answer["total"]?.integer ?? 0
    var content = toolbar(answer["types"] ?? [:])
    if events.isEmpty {
      content = content + empty
    } else {
      content =
        content + Self.body(["daysHTML": days(events).joined()], page.texts)
        + Pager(page: page, start: filter.start, limit: HistoryFilter.limit, total: total)()
    }
    return Panel(page.texts("History"), actionsHTML: export, isPadded: false)(content, page)
  }

  private static let body = Template(#"<div class="panel-body history">{{{daysHTML}}}</div>"#)

  private var empty: HTML {
    filter.isLimiting
      ? EmptyState(
        title: page.texts("Nothing found"),
        text: page.texts("No event of this contact matches. Fewer limits show more."))(page)
      : EmptyState(
        title: page.texts("Nothing has happened yet"),
        text: page.texts(
          "E-mails, visits, forms, points and campaigns of this contact will stand here."),
        icon: "clock")(page)
  }

  // MARK: What is shown

  private var export: HTML {
    Self.exportTemplate(["href": filter.file(of: contact.id)], page.texts)
  }

  private static let exportTemplate = Template(
    #"<div class="actions"><a class="button small" href="{{href}}" download>[icon:export][[Export]]</a></div>"#
  )

  private static let toolbarTemplate = Template(
    #"""
    <form class="toolbar" method="get" role="search"><input type="hidden" name="tab" value="history">
    <div class="search affix">[icon:search]<input class="input" type="search" name="q" value="{{search}}" placeholder="[[Search the history]]" aria-label="[[Search the history]]" maxlength="500"></div>
    {{#menus}}<details class="menu end"><summary class="button">[icon:filter]{{text}}{{#count}}<span class="count">{{count}}</span>{{/count}}</summary><div class="menu-list"><fieldset class="pad choices"><legend class="sr">{{text}}</legend>{{#types}}<label class="choice"><input type="checkbox" name="{{name}}[]" value="{{value}}"{{#isChosen}} checked{{/isChosen}}><span>{{label}}</span></label>{{/types}}</fieldset></div></details>{{/menus}}
    <button class="button">[[Apply]]</button>{{#isLimiting}}<a class="button plain" href="{{path}}?tab=history">[[Clear]]</a>{{/isLimiting}}</form>
    """#)

  private func toolbar(_ types: JSONValue) -> HTML {
    var known: [(String, String)] = []
    if case .object(let object) = types {
      known = object.members.map { ($0.key, page.texts($0.value.text ?? $0.key)) }
        .sorted { $0.1 < $1.1 }
    }
    let menus: [(name: String, text: String, chosen: [String])] = [
      ("include", page.texts("Only"), filter.include),
      ("exclude", page.texts("Without"), filter.exclude),
    ]
    return Self.toolbarTemplate(
      [
        "search": filter.search, "isLimiting": filter.isLimiting, "path": contact.path,
        "menus": menus.map { menu -> [String: Any] in
          [
            "text": menu.text, "count": menu.chosen.isEmpty ? "" : String(menu.chosen.count),
            "types": known.map { value, label -> [String: Any] in
              [
                "name": menu.name, "value": value, "label": label,
                "isChosen": menu.chosen.contains(value),
              ]
            },
          ]
        },
      ], page.texts)
  }

  private static let day = Template(
    #"<h3 class="day">{{day}}</h3><ol class="timeline">{{{eventsHTML}}}</ol>"#)

  /// The events under their days.
  private func days(_ events: [JSONValue]) -> [HTML] {
    let mayEdit = contact.allows(.edit, page)
    var days: [(day: String, events: [HTML])] = []
    for event in events {
      let date = Formats.date(event["timestamp"]?.text ?? "")
      let day = date.map(named) ?? ""
      if days.last?.day != day { days.append((day, [])) }
      days[days.count - 1].events.append(
        HistoryEvent(event: event, date: date, contact: contact, mayEdit: mayEdit)(page))
    }
    return days.map {
      Self.day(["day": $0.day, "eventsHTML": $0.events.joined()], page.texts)
    }
  }

  /// A day as people call it.
  private func named(_ date: Date) -> String {
    let (formats, now) = (page.formats, page.console.clock.now)
    let day = formats.day(date)
    let days = [(0.0, "Today"), (-86_400, "Yesterday"), (86_400, "Tomorrow")]
    for (seconds, name) in days where formats.day(now.addingTimeInterval(seconds)) == day {
      return page.texts(name)
    }
    return day
  }
}
