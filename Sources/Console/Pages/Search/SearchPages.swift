import API
import Foundation

/// The search over everything: pages of the console by name, and records by name. A page without scripts, and what the dialog
/// of the key `/` shows.
enum SearchPages {
  static var routes: [ConsoleRoute] { [.get("/search") { try await answer($0) }] }

  /// The longest text that is searched for.
  static let mostCharacters = 100

  private struct Group: Sendable {
    var heading: String
    var icon: String
    var hits: [SearchHit]
    /// All that match, below `/console/`; nil where there is no such list.
    var more: String?
  }

  private static func answer(_ page: PageRequest) async throws -> PageAnswer {
    let text = String((page.query("q") ?? "").prefix(mostCharacters))
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let groups = try await groups(text, page)
    let results = results(groups, text, page)
    if page.isPartial { return .part(results) }
    let form = formTemplate(["text": text], page.texts)
    return .page(
      Page(
        title: page.texts("Search"), contentHTML: Panel(isPadded: false)(form + results, page),
        section: "search", width: .narrow))
  }

  private static func groups(_ text: String, _ page: PageRequest) async throws -> [Group] {
    var groups = [
      Group(
        heading: page.texts("Pages"), icon: "arrow-right", hits: pages(matching: text, page),
        more: nil)
    ]
    guard !text.isEmpty else { return groups }
    let kinds = SearchKind.all
    let found = try await withThrowingTaskGroup(of: (Int, [SearchHit]).self) { tasks in
      for (place, kind) in kinds.enumerated() {
        tasks.addTask { (place, try await kind.find(text, page)) }
      }
      return try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (place, kind) in kinds.enumerated() {
      let hits = found[place] ?? []
      groups.append(
        Group(
          heading: page.texts(kind.heading), icon: Navigation.icon(kind.path), hits: hits,
          more: hits.count == SearchKind.limit
            ? "\(kind.path)?search=\(PageRequest.encoded(text))" : nil))
    }
    return groups
  }

  /// The pages of the navigation that the user may see, by their names in his language and in English.
  static func pages(matching text: String, _ page: PageRequest) -> [SearchHit] {
    let items = Navigation.groups.flatMap(\.items).filter {
      page.may($0.needs) && page.console.sections.contains($0.path)
    }
    let own = [
      (page.texts("Profile"), "profile"), (page.texts("API tokens"), "profile/tokens"),
    ]
    let all = items.map { (page.texts($0.text), $0.path) } + own
    return all.filter { matches($0.0, text) || matches($0.1, text) }
      .map { SearchHit(text: $0.0, path: $0.1) }
  }

  /// Whether a name holds a text, whatever the case and the accents of both.
  static func matches(_ name: String, _ text: String) -> Bool {
    text.isEmpty
      || name.range(of: text, options: [.caseInsensitive, .diacriticInsensitive]) != nil
  }

  private static let formTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="/console/search" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="q" value="{{text}}" placeholder="[[Search everything]]" aria-label="[[Search everything]]" maxlength="100" autofocus></div><button class="button">[[Search]]</button></form>
    """#)

  private static let resultsTemplate = Template(
    #"""
    <div class="found">{{#groups}}<h2>{{heading}}</h2><ul class="list">{{#hits}}<li><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><a class="grow" href="{{href}}">{{text}}{{#detail}}<span class="sub">{{detail}}</span>{{/detail}}</a></li>{{/hits}}{{#more}}<li><a class="grow muted" href="{{more}}">[[All that match]]</a></li>{{/more}}</ul>{{/groups}}{{^groups}}{{{emptyHTML}}}{{/groups}}</div>
    """#)

  private static func results(_ groups: [Group], _ text: String, _ page: PageRequest) -> HTML {
    let shown = groups.filter { !$0.hits.isEmpty }
    let empty = EmptyState(
      title: page.texts("Nothing found"),
      text: page.texts("No page and no name matches. Fewer letters find more."))(page)
    return resultsTemplate(
      [
        "emptyHTML": empty,
        "groups": shown.map { group -> [String: Any] in
          [
            "heading": group.heading,
            "more": group.more.map { "/console/\($0)" } ?? "",
            "hits": group.hits.map { hit -> [String: Any] in
              [
                "text": hit.text.isEmpty ? "–" : hit.text, "detail": hit.detail,
                "icon": group.more == nil && group.icon == "arrow-right"
                  ? Navigation.icon(hit.path).isEmpty ? group.icon : Navigation.icon(hit.path)
                  : group.icon,
                "icons": WebFiles.icons,
                "href": hit.path.isEmpty ? "/console" : "/console/\(hit.path)",
              ]
            },
          ]
        },
      ], page.texts)
  }
}
