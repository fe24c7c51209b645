import API

/// The page of a client: its properties, and what it was granted.
struct ClientPage: Sendable {
  let page: PageRequest

  private static let limit = 30

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let client = try await page.get("clients/\(id)")["client"] ?? [:]
    let content = Self.template(
      [
        "grantsHTML": try await grants(id),
        "factsHTML": Panel(page.texts("Properties"))(facts(client), page),
        "addressesHTML": addresses(client),
        "secretHTML": client["isConfidential"]?.truth == true && page.may(.edit, .clients)
          ? Panel(page.texts("Client secret"))(
            Self.secret(["id": String(id), "token": page.token], page.texts), page) : HTML.empty,
      ], page.texts)
    return .page(
      Page(
        title: client["name"]?.text ?? "", marksHTML: page.published(client),
        trail: [.init(text: page.texts("API clients"), path: "clients")],
        actionsHTML: actions(client), contentHTML: content, section: "clients"))
  }

  private static let template = Template(
    #"""
    <div class="split"><div>{{{grantsHTML}}}{{{addressesHTML}}}</div><aside>{{{factsHTML}}}{{{secretHTML}}}</aside></div>
    """#)

  private static let secret = Template(
    #"""
    <div class="stack tight"><p class="muted">[[It was shown once and is kept nowhere.]]</p><form method="post" action="/console/clients/{{id}}/secret"><input type="hidden" name="token" value="{{token}}"><button class="button small" data-confirm="[[Make a new secret? The program cannot sign in until it knows it.]]">[icon:lock][[New secret]]</button></form></div>
    """#)

  private static let actionsTemplate = Template(
    #"""
    {{{furtherHTML}}}{{#mayEdit}}<a class="button primary" href="/console/clients/{{id}}/edit">[icon:edit][[Edit]]</a>{{/mayEdit}}
    """#)

  private func actions(_ client: JSONValue) -> HTML {
    Self.actionsTemplate(
      [
        "id": client["id"]?.text ?? "", "mayEdit": page.may(.edit, .clients),
        "furtherHTML": RecordActions(kind: ClientPages.kind).buttons(client, page),
      ], page.texts)
  }

  // MARK: What it was granted

  private static let revokeAll = Template(
    #"""
    <form method="post" action="/console/clients/{{id}}/revoke"><input type="hidden" name="token" value="{{token}}"><button class="button small danger" data-confirm="[[Revoke all? The program has to be approved again.]]">[[Revoke all]]</button></form>
    """#)

  private static let revoke = Template(
    #"""
    <form method="post" action="/console/clients/{{id}}/grants/{{grant}}/revoke"><input type="hidden" name="token" value="{{token}}"><button class="button small danger" data-confirm="[[Revoke this access?]]">[[Revoke]]</button></form>
    """#)

  private func grants(_ id: Int64) async throws -> HTML {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await page.get(
      "clients/\(id)/grants", ["start": .int(start), "limit": .int(Self.limit)])
    let rows = answer["grants"]?.elements ?? []
    let heading = page.texts("Who has let it in")
    guard !rows.isEmpty || start > 0 else {
      let empty = EmptyState(
        title: page.texts("No tokens"),
        text: page.texts("Once the program signs in, its access is shown here and can be revoked."),
        icon: "api")
      return Panel(heading, isPadded: false)(empty(page), page)
    }
    let mayEdit = page.may(.edit, .clients)
    let table = TableView(
      page: page, columns: columns(id, mayEdit: mayEdit), rows: rows, caption: heading)
    let total = answer["total"]?.integer ?? rows.count
    let button =
      mayEdit ? Self.revokeAll(["id": String(id), "token": page.token], page.texts) : .empty
    return Panel(heading, actionsHTML: button, isPadded: false)(
      table() + Pager(page: page, start: start, limit: Self.limit, total: total)(), page)
  }

  private func columns(_ id: Int64, mayEdit: Bool) -> [Column] {
    let texts = page.texts
    return [
      Column(texts("Acts for")) { grant, page in
        guard let user = grant["user"], user != .null else {
          return page.plain(page.texts("Itself"))
        }
        let name = user["username"]?.text ?? ""
        guard page.may(.view, .users) else { return page.plain(name) }
        return page.link(name, to: "users/\(user["id"]?.text ?? "")/edit")
      },
      Column(texts("Tokens in use"), .number) { $1.count($0["tokens"]) },
      Column(texts("Last token"), .line) { $1.time($0["lastIssued"]) },
      Column(texts("Since"), .wide) { $1.time($0["dateAdded"]) },
      Column(texts("Ends"), .wide) { $1.time($0["expires"]) },
      Column("", .tools) { grant, page in
        guard mayEdit else { return .empty }
        return Self.revoke(
          ["id": String(id), "grant": grant["id"]?.text ?? "", "token": page.token], page.texts)
      },
    ]
  }

  // MARK: Properties

  private func facts(_ client: JSONValue) -> HTML {
    let texts = page.texts
    return RecordFacts([
      (texts("Client id"), page.plain(client["clientId"]?.text)),
      (texts("Acts"), page.plain(ClientPages.acts(client, page))),
      (
        texts("Can keep a secret"),
        page.plain(client["isConfidential"]?.truth == true ? texts("Yes") : texts("No"))
      ),
      (texts("Role"), page.plain(client["role"]?["name"]?.text)),
      (texts("Created"), page.time(client["dateAdded"])),
      (texts("Created by"), page.plain(client["createdByUser"]?.text)),
      (texts("Changed"), page.time(client["dateModified"])),
    ])(page)
  }

  private static let addressesTemplate = Template(
    #"""
    <dl class="facts lined">{{#rows}}<div><dt>{{name}}</dt><dd class="mono">{{value}}</dd></div>{{/rows}}</dl>
    """#)

  /// What the program has to know.
  private func addresses(_ client: JSONValue) -> HTML {
    let site = page.console.site
    var rows = [
      (page.texts("To ask a user"), "\(site)/oauth/v2/authorize"),
      (page.texts("For tokens"), "\(site)/oauth/v2/token"),
    ]
    rows += (client["redirectUris"]?.elements ?? []).compactMap(\.text).map {
      (page.texts("Redirect address"), $0)
    }
    let content = Self.addressesTemplate(
      ["rows": rows.map { ["name": $0.0, "value": $0.1] as [String: Any] }], page.texts)
    return Panel(page.texts("Addresses"))(content, page)
  }
}
