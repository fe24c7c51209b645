import API

/// The list of a kind of record: searched, ordered, in pages, with what is done to the selected.
struct RecordList: Sendable {
  let kind: RecordPages
  let page: PageRequest

  /// Rows of a page.
  static let limit = 30

  func callAsFunction() async throws -> PageAnswer {
    var query: JSONObject = [
      "limit": .int(Self.limit), "start": .int(start),
      "orderBy": .string(page.query("orderBy") ?? kind.order.0),
      "orderByDir": .string(page.query("orderByDir") ?? kind.order.1),
    ]
    for member in kind.filter.members { query[member.key] = member.value }
    if let search = page.query("search") { query["search"] = .string(search) }
    var (rows, total, problem): ([JSONValue], Int, String?) = ([], 0, nil)
    do {
      let answer = try await page.get(kind.api, query)
      rows = try await kind.completed(answer[kind.list]?.elements ?? [], page)
      total = answer["total"]?.integer ?? rows.count
    } catch let error as APIError where error.status == .badRequest {
      // A search that does not parse is shown where it was typed.
      problem = error.message
    }
    let list = try shown(rows, total: total, problem: problem)
    if page.isPartial { return .part(list) }
    return .page(
      Page(
        title: page.texts(kind.nouns.many), actionsHTML: newButton,
        contentHTML: Panel(selectable: canAct)(toolbar + list, page), section: kind.section))
  }

  private var start: Int { max(0, page.query("start").flatMap { Int($0) } ?? 0) }

  private var newButton: HTML {
    guard page.may(.create, kind.area) else { return .empty }
    return Self.button(
      ["href": "/console/\(kind.path)/new", "text": page.texts(kind.nouns.new)], page.texts)
  }

  private static let button = Template(
    #"<a class="button primary" href="{{href}}">[icon:plus]{{text}}</a>"#)

  private var toolbar: HTML {
    Self.toolbarTemplate(
      [
        "search": page.query("search") ?? "", "hasSearch": page.query("search") != nil,
        "path": page.request.path,
        "orderBy": page.query("orderBy") ?? "", "orderByDir": page.query("orderByDir") ?? "",
      ], page.texts)
  }

  private static let toolbarTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="{{path}}" role="search">
    <div class="search affix">[icon:search]<input class="input" type="search" name="search" value="{{search}}" placeholder="[[Search]]" aria-label="[[Search]]" maxlength="500" hx-get="{{path}}" hx-trigger="input changed delay:300ms, search" hx-target="#list" hx-swap="outerHTML" hx-push-url="true" hx-include="closest form"></div>
    {{#orderBy}}<input type="hidden" name="orderBy" value="{{orderBy}}"><input type="hidden" name="orderByDir" value="{{orderByDir}}">{{/orderBy}}
    <button class="button">[[Search]]</button>{{#hasSearch}}<a class="button plain" href="{{path}}">[[Clear]]</a>{{/hasSearch}}</form>
    """#)

  private func shown(_ rows: [JSONValue], total: Int, problem: String?) throws -> HTML {
    if let problem { return wrapped(Alert(.bad, problem)(page)) }
    guard !rows.isEmpty || start > 0 else { return wrapped(empty) }
    let table = TableView(
      page: page, columns: kind.columns(page), rows: rows, caption: page.texts(kind.nouns.many),
      isSelectable: canAct)
    return wrapped(
      Self.listTemplate(
        [
          "tableHTML": table(), "batch": "/console/\(kind.path)/batch", "token": page.token,
          "canDelete": page.may(.delete, kind.area),
          "canPublish": kind.isPublishable && page.may(.edit, kind.area), "canAct": canAct,
          "pagerHTML": Pager(page: page, start: start, limit: Self.limit, total: total)(),
        ], page.texts))
  }

  private var canAct: Bool {
    page.may(.delete, kind.area) || (kind.isPublishable && page.may(.edit, kind.area))
  }

  private func wrapped(_ html: HTML) -> HTML {
    Self.wrapper(["contentHTML": html], page.texts)
  }

  private static let wrapper = Template(#"<div id="list">{{{contentHTML}}}</div>"#)

  private static let listTemplate = Template(
    #"""
    {{#canAct}}<form method="post" action="{{batch}}"><input type="hidden" name="token" value="{{token}}">
    {{{tableHTML}}}
    <div class="bulk" role="group" aria-label="[[Change the selected]]"><strong><span data-selected-count>0</span> [[selected]]</strong>
    {{#canPublish}}<button class="button small" name="action" value="publish">[[Publish]]</button>
    <button class="button small" name="action" value="unpublish">[[Unpublish]]</button>{{/canPublish}}
    {{#canDelete}}<button class="button small danger" name="action" value="delete" data-confirm="[[Delete the selected for good?]]">[icon:trash][[Delete]]</button>{{/canDelete}}</div></form>{{/canAct}}
    {{^canAct}}{{{tableHTML}}}{{/canAct}}
    {{{pagerHTML}}}
    """#)

  private var empty: HTML {
    if page.query("search") != nil {
      return EmptyState(
        title: page.texts("Nothing found"),
        text: page.texts("No entry matches this search. Fewer words find more."))(page)
    }
    let mayCreate = page.may(.create, kind.area)
    return EmptyState(
      title: page.texts(kind.nouns.none), text: page.texts(kind.nouns.meaning),
      icon: Navigation.icon(kind.path),
      action: mayCreate ? (page.texts(kind.nouns.new), "/console/\(kind.path)/new") : nil)(page)
  }
}
