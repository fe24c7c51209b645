import API

/// The contacts of a company: a list, and adding and removing them.
struct CompanyMembers: Sendable {
  let page: PageRequest

  private static let limit = 30

  /// Adds or removes a contact.
  func change() async throws -> PageAnswer {
    let id = try page.id
    let adds = try page.request.pathText("change") == "add"
    let contact = try page.request.pathText("cid")
    guard Int64(contact) != nil else { throw APIError.notFound }
    try await page.send(
      .post, "companies/\(id)/contact/\(contact)/\(adds ? "add" : "remove")")
    return .redirect(
      to: "companies/\(id)", message: adds ? page.texts("Added.") : page.texts("Removed."))
  }

  /// The panel with the list.
  func html() async throws -> HTML {
    let id = try page.id
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await contacts("company_id:\(id)", start: start, limit: Self.limit)
    let rows = answer["contacts"]?.elements ?? []
    let total = answer["total"]?.integer ?? 0
    let mayEdit = page.may(.edit, .contacts)
    let find = page.query("find") ?? ""
    let table = TableView(
      page: page, columns: columns(id, adds: false, mayEdit), rows: rows,
      caption: page.texts("Contacts of the company"))
    return Self.template(
      [
        "count": page.formats.number(total), "hasRows": !rows.isEmpty, "tableHTML": table(),
        "pagerHTML": total > Self.limit
          ? Pager(page: page, start: start, limit: Self.limit, total: total)() : .empty,
        "emptyHTML": EmptyState(
          title: page.texts("Nobody yet"),
          text: page.texts("Find contacts above and add them to the company."), icon: "contacts")(
            page),
        "mayEdit": mayEdit, "find": find, "path": page.request.path,
        "foundHTML": find.isEmpty || !mayEdit ? .empty : try await found(find, id),
        "list": "/console/contacts?view=all&search=company_id%3A\(id)",
      ], page.texts)
  }

  private func contacts(_ search: String, start: Int, limit: Int) async throws -> JSONValue {
    let select = ContactName.needed + ["stage", "points", "lastActive"]
    return try await page.get(
      "contacts",
      [
        "search": .string(search), "start": .int(start), "limit": .int(limit),
        "select": .string(select.joined(separator: ",")),
      ])
  }

  private func columns(_ id: Int64, adds: Bool, _ mayEdit: Bool) -> [Column] {
    let texts = page.texts
    var columns = [
      Column(texts("Name")) { ContactName.cell($0, $1) },
      Column(texts("Stage"), .wide) { $1.filled($0["stage"]?["name"]?.text) },
      Column(texts("Points"), .number) { $1.count($0["points"]) },
      Column(texts("Last active"), .line) { $0["lastActive"].map($1.time) ?? .empty },
    ]
    if mayEdit {
      columns.append(
        Column("", .tools) { contact, page in
          Self.button(
            [
              "action":
                "/console/companies/\(id)/contacts/\(contact["id"]?.text ?? "")/\(adds ? "add" : "remove")",
              "token": page.token, "adds": adds,
              "name": ContactName(contact, page.texts).text,
            ], page.texts)
        })
    }
    return columns
  }

  private static let button = Template(
    #"""
    <form method="post" action="{{action}}"><input type="hidden" name="token" value="{{token}}">{{#adds}}<button class="button small">[icon:plus][[Add]]<span class="sr"> {{name}}</span></button>{{/adds}}{{^adds}}<button class="button plain small">[[Remove]]<span class="sr"> {{name}}</span></button>{{/adds}}</form>
    """#)

  /// Contacts that a search finds, to add.
  private func found(_ find: String, _ id: Int64) async throws -> HTML {
    do {
      let rows = try await contacts(find, start: 0, limit: 10)["contacts"]?.elements ?? []
      guard !rows.isEmpty else {
        return Self.none(["text": page.texts("Nobody found.")], page.texts)
      }
      return TableView(
        page: page, columns: columns(id, adds: true, true), rows: rows,
        caption: page.texts("Contacts to add"))()
    } catch let error as APIError where error.status == .badRequest {
      return Self.none(["text": error.message], page.texts)
    }
  }

  private static let none = Template(
    #"<div class="panel-body"><p class="muted">{{text}}</p></div>"#)

  private static let template = Template(
    #"""
    {{#mayEdit}}<section class="panel"><header class="panel-head"><h2>[[Add a contact]]</h2></header><form class="toolbar" method="get" action="{{path}}" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="find" value="{{find}}" placeholder="[[Name or e-mail]]" aria-label="[[Find a contact to add]]" maxlength="500"></div><button class="button">[[Find]]</button></form>{{{foundHTML}}}</section>{{/mayEdit}}
    <section class="panel"><header class="panel-head"><h2>[[Contacts]] <span class="count">{{count}}</span></h2><a class="button small" href="{{list}}">[[Show in the list]]</a></header>{{#hasRows}}{{{tableHTML}}}{{/hasRows}}{{^hasRows}}{{{emptyHTML}}}{{/hasRows}}{{{pagerHTML}}}</section>
    """#)
}
