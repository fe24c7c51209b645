import API
import HTTPTypes

/// The list of contacts: views, search, segments, columns, pages, and what is done to the selected.
struct ContactList: Sendable {
  let page: PageRequest

  /// Rows of a page.
  static let limit = 30

  /// A page of the list.
  private struct Found {
    var rows: [JSONValue] = []
    var total = 0
    /// Whether the total is the database's guess.
    var isEstimated = false
    /// Why the search is refused; nil for none.
    var problem: String?
  }

  func callAsFunction() async throws -> PageAnswer {
    // Boxes of columns come one by one; the address keeps them in one parameter.
    if let chosen = page.request.query["columns"]?.elements {
      var state = ContactListState(page)
      state.columns = chosen.compactMap(\.text)
      return .redirect(to: state.address())
    }
    let state = ContactListState(page)
    let columns = ContactColumns(
      fields: try await ProfileFields(.contact, page, hasChoices: false).definitions,
      texts: page.texts)
    let found = try await find(state, columns)
    if found.rows.isEmpty, state.start > 0, found.problem == nil {
      // Beyond the end stands the last page (CON-116).
      let last = max(0, (found.total - 1) / Self.limit * Self.limit)
      return .redirect(to: state.address(start: min(last, max(0, state.start - Self.limit))))
    }
    let list = shown(found, state, columns)
    if page.isPartial { return .part(list + columnsMenu(state, columns, isLate: true)) }
    let all = try await page.get(
      "contacts", ["limit": 1, "select": "points", "orderBy": "id"])["total"]?.integer
    return .page(try await whole(list, state, columns, all: all ?? 0))
  }

  private func find(
    _ state: ContactListState, _ columns: ContactColumns
  ) async throws -> Found {
    var query: JSONObject = [
      "limit": .int(Self.limit), "start": .int(state.start),
      "select": .string(columns.selected(state.columns)),
    ]
    if !state.wholeSearch.isEmpty { query["search"] = .string(state.wholeSearch) }
    if !state.orderBy.isEmpty {
      query["orderBy"] = .string(state.orderBy)
      query["orderByDir"] = .string(state.direction)
    }
    do {
      let answer = try await page.console.api.call(
        .get, "/api/contacts", query: query, as: page.request)
      return Found(
        rows: answer.json["contacts"]?.elements ?? [],
        total: answer.json["total"]?.integer ?? 0,
        isEstimated: answer.headers[.totalEstimated] != nil)
    } catch let error as APIError where error.status == .badRequest {
      return Found(problem: error.details.first?.messages.first ?? error.message)
    }
  }

  // MARK: The page

  private func whole(
    _ list: HTML, _ state: ContactListState, _ columns: ContactColumns, all: Int
  ) async throws -> Page {
    let segments = try await ContactChoices(page).segments
    let options = segments.map { segment -> [String: Any] in
      [
        "value": segment.alias, "label": segment.name, "isChosen": segment.alias == state.segment,
      ]
    }
    let toolbar = Self.toolbar(
      [
        "search": state.search, "isNarrowed": state.isNarrowed, "path": page.request.path,
        "kept": state.fields(without: ["search", "segment"]), "segments": options,
        "hasSegments": !options.isEmpty, "clear": "/console/" + cleared(state),
        "helpHTML": ContactSearchHelp(fields: columns.fields, page: page).html(),
        "columnsHTML": columnsMenu(state, columns, isLate: false),
      ], page.texts)
    let tabs = ContactView.allCases.map { view -> [String: Any] in
      var other = state
      (other.view, other.search, other.segment) = (view, "", "")
      return [
        "href": "/console/" + other.address(), "name": view.name(page.texts),
        "isCurrent": view == state.view, "count": view == .all ? page.formats.number(all) : "",
      ]
    }
    return Page(
      title: page.texts("Contacts"), actionsHTML: actions(state),
      contentHTML: Self.frame(
        ["tabs": tabs, "toolbarHTML": toolbar, "listHTML": list], page.texts),
      section: "contacts", styles: ["contacts.css"])
  }

  /// The address of the list without search and segment.
  private func cleared(_ state: ContactListState) -> String {
    var other = state
    (other.search, other.segment) = ("", "")
    return other.address()
  }

  private static let frame = Template(
    #"""
    <nav class="tabs" aria-label="[[Views]]">{{#tabs}}<a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{name}}{{#count}}<span class="count">{{count}}</span>{{/count}}</a>{{/tabs}}</nav>
    <section class="panel selectable" aria-label="[[Contacts]]">{{{toolbarHTML}}}{{{listHTML}}}</section>
    """#)

  private static let toolbar = Template(
    #"""
    <div class="toolbar"><form class="contact-search" method="get" action="{{path}}" role="search">
    <div class="search affix">[icon:search]<input class="input" type="search" name="search" value="{{search}}" placeholder="[[Search contacts]]" aria-label="[[Search contacts]]" maxlength="2000" hx-get="{{path}}" hx-trigger="input changed delay:300ms, search" hx-target="#list" hx-swap="outerHTML" hx-push-url="true" hx-include="closest form"></div>
    {{#hasSegments}}<select class="input" name="segment" aria-label="[[Segment]]" data-submit-on-change><option value="">[[All segments]]</option>{{#segments}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/segments}}</select>{{/hasSegments}}
    {{#kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/kept}}<button class="button">[[Search]]</button>{{#isNarrowed}}<a class="button plain" href="{{clear}}">[[Clear]]</a>{{/isNarrowed}}</form>
    <div class="end">{{{helpHTML}}}{{{columnsHTML}}}</div></div>
    """#)

  // MARK: Buttons of the page

  private func actions(_ state: ContactListState) -> HTML {
    Self.actionsTemplate(
      [
        "mayCreate": page.may(.create, .contacts), "mayImport": page.may(.create, .imports),
        "mayExport": page.may(.enable, .exports),
        "export": "/console/" + state.address("contacts/export"),
      ], page.texts)
  }

  private static let actionsTemplate = Template(
    #"""
    {{#mayExport}}<a class="button" href="{{export}}">[icon:export][[Export]]</a>{{/mayExport}}{{#mayImport}}<a class="button" href="/console/imports/new">[icon:import][[Import]]</a>{{/mayImport}}{{#mayCreate}}<a class="button" href="/console/contacts/quick">[icon:bolt][[Quick add]]</a><a class="button primary" href="/console/contacts/new">[icon:plus][[New contact]]</a>{{/mayCreate}}
    """#)

  /// - Parameter isLate: Whether it takes the place of the one on the page, beside a part of it.
  private func columnsMenu(
    _ state: ContactListState, _ columns: ContactColumns, isLate: Bool
  ) -> HTML {
    let chosen = Set(state.columns)
    return Self.columnsTemplate(
      [
        "isLate": isLate, "kept": state.fields(without: ["columns"]),
        "columns": columns.choices.map { choice -> [String: Any] in
          ["name": choice.name, "label": choice.label, "isChosen": chosen.contains(choice.name)]
        },
      ], page.texts)
  }

  private static let columnsTemplate = Template(
    #"""
    <details class="menu end" name="menu" id="columns"{{#isLate}} hx-swap-oob="true"{{/isLate}}><summary class="button icon" aria-label="[[Columns]]" title="[[Columns]]">[icon:columns]</summary><div class="menu-list"><form class="contact-columns" method="get" action="/console/contacts">{{#kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/kept}}<div class="pad choices">{{#columns}}<label class="choice"><input type="checkbox" name="columns[]" value="{{name}}"{{#isChosen}} checked{{/isChosen}}><span>{{label}}</span></label>{{/columns}}</div><div class="contact-columns-foot"><button class="button small primary">[[Apply]]</button></div></form></div></details>
    """#)

  // MARK: The list

  private func shown(
    _ found: Found, _ state: ContactListState, _ columns: ContactColumns
  ) -> HTML {
    if let problem = found.problem {
      return Self.wrapper(
        ["contentHTML": Alert(.bad, problem)(page), "isPadded": true], page.texts)
    }
    guard !found.rows.isEmpty else {
      return Self.wrapper(["contentHTML": empty(state), "isPadded": false], page.texts)
    }
    let actions = ContactBatch.offered(page)
    let table = TableView(
      page: page, columns: columns.columns(state.columns), rows: found.rows,
      caption: page.texts("Contacts"), isSelectable: !actions.isEmpty)
    var pager = Pager(page: page, start: state.start, limit: Self.limit, total: found.total)
    pager.isEstimated = found.isEstimated
    let total = page.formats.number(found.total)
    let list = Self.list(
      [
        "tableHTML": table(), "canAct": !actions.isEmpty, "token": page.token,
        "kept": state.fields(),
        "everything": found.total <= found.rows.count
          ? ""
          : found.isEstimated
            ? page.texts("all about {total} that match", ["total": total])
            : page.texts("all {total} that match", ["total": total]),
        "icons": WebFiles.icons, "first": Self.buttons(actions.prefix(3), page),
        "more": Self.buttons(actions.dropFirst(3).filter { !$0.isDanger }, page),
        "danger": Self.buttons(actions.filter(\.isDanger), page),
        "pagerHTML": pager(),
      ], page.texts)
    return Self.wrapper(["contentHTML": list, "isPadded": false], page.texts)
  }

  private static func buttons(
    _ actions: some Sequence<ContactBatchAction>, _ page: PageRequest
  ) -> [[String: Any]] {
    actions.map { ["name": $0.rawValue, "label": $0.button(page.texts), "icon": $0.icon] }
  }

  private static let wrapper = Template(
    #"<div id="list">{{#isPadded}}<div class="panel-body">{{{contentHTML}}}</div>{{/isPadded}}{{^isPadded}}{{{contentHTML}}}{{/isPadded}}</div>"#
  )

  private static let list = Template(
    #"""
    {{#canAct}}<form method="post" action="/console/contacts/batch"><input type="hidden" name="token" value="{{token}}">{{#kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/kept}}
    {{{tableHTML}}}
    <div class="bulk" role="group" aria-label="[[Change the selected contacts]]"><strong><span data-selected-count>0</span> [[selected]]</strong>
    {{#everything}}<label class="choice"><input type="checkbox" name="everything" value="1"><span>{{everything}}</span></label>{{/everything}}
    {{#first}}<button class="button small" name="action" value="{{name}}"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg>{{label}}</button>{{/first}}
    <details class="menu up end" name="menu"><summary class="button small caret">[[More]]</summary><div class="menu-list">{{#more}}<button class="item" name="action" value="{{name}}"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg>{{label}}</button>{{/more}}{{#danger}}<hr><button class="item danger" name="action" value="{{name}}">[icon:trash]{{label}}</button>{{/danger}}</div></details></div></form>{{/canAct}}
    {{^canAct}}{{{tableHTML}}}{{/canAct}}
    {{{pagerHTML}}}
    """#)

  private func empty(_ state: ContactListState) -> HTML {
    let texts = page.texts
    if state.isNarrowed {
      return EmptyState(
        title: texts("Nobody found"),
        text: texts(
          "No contact matches this search. The button Syntax shows what a search can say.")
      )(page)
    }
    switch state.view {
    case .visitors:
      return EmptyState(
        title: texts("No visitors yet"),
        text: texts(
          "Visitors of your web site stand here by their IP address, until a form or an e-mail tells who they are."
        ), icon: "tracking")(page)
    case .mine:
      return EmptyState(
        title: texts("You own no contacts"),
        text: texts("Contacts whose owner you are stand here."), icon: "contacts")(page)
    case .known, .all:
      return EmptyState(
        title: texts("No contacts yet"),
        text: texts(
          "Contacts are the people you write to. Import them from a file, let a form collect them, or add one by hand."
        ), icon: "contacts",
        action: page.may(.create, .contacts)
          ? (texts("New contact"), "/console/contacts/new") : nil)(page)
    }
  }
}
