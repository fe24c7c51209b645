import API

/// The members of a campaign: where they stand; who is added and removed.
struct CampaignMembers: Sendable {
  let campaign: CampaignRecord
  let page: PageRequest

  private static let limit = 30
  /// How many contacts a search offers to add.
  private static let mostFound = 10

  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    let members = CampaignMembers(campaign: campaign, page: page)
    let content = try await members.adding() + members.list()
    return .page(campaign.page(page, tab: .members, content))
  }

  /// Adds a contact, or removes it.
  static func change(_ page: PageRequest, adds: Bool) async throws -> PageAnswer {
    let (id, contact) = (try page.id, try page.request.pathNumber("contact"))
    try await page.send(
      .post, "campaigns/\(id)/contact/\(contact)/\(adds ? "add" : "remove")")
    return .redirect(
      to: "campaigns/\(id)/members",
      message: adds ? page.texts("Added to the campaign.") : page.texts("Removed."))
  }

  private var start: Int { max(0, page.query("start").flatMap { Int($0) } ?? 0) }

  // MARK: Adding

  private static let findTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="/console/{{path}}/members" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="find" value="{{find}}" placeholder="[[Name or e-mail of a contact to add]]" aria-label="[[Name or e-mail of a contact to add]]" maxlength="200"></div><button class="button">[[Find]]</button>{{#find}}<a class="button plain" href="/console/{{path}}/members">[[Clear]]</a>{{/find}}</form>
    {{{problemHTML}}}{{#hasFound}}<ul class="list">{{#found}}<li><span class="grow">{{name}}<span class="sub">{{email}}</span></span><form method="post" action="/console/{{path}}/members/{{id}}/add"><input type="hidden" name="token" value="{{token}}"><button class="button small" aria-label="[[Add {{name}}]]">[icon:plus][[Add]]</button></form></li>{{/found}}</ul>{{/hasFound}}{{#isNone}}<div class="panel-body"><p class="muted">[[No contact matches.]]</p></div>{{/isNone}}
    """#)

  /// Finds contacts to add.
  private func adding() async throws -> HTML {
    guard page.may(.edit, .contacts) else { return .empty }
    let find = page.query("find") ?? ""
    var (found, problem): ([JSONValue], String?) = ([], nil)
    if !find.isEmpty {
      do {
        let answer = try await page.get(
          "contacts", ["search": .string(find), "limit": .int(Self.mostFound)])
        found = answer["contacts"]?.elements ?? []
      } catch let error as APIError where error.status == .badRequest {
        problem = error.message
      }
    }
    let content = Self.findTemplate(
      [
        "path": campaign.path, "find": find, "token": page.token,
        "problemHTML": problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "hasFound": !found.isEmpty, "isNone": found.isEmpty && !find.isEmpty && problem == nil,
        "found": found.map { contact -> [String: Any] in
          [
            "id": contact["id"]?.text ?? "", "name": ContactRecord.name(contact, page),
            "email": contact["fields"]?["all"]?["email"]?.text ?? "",
          ]
        },
      ], page.texts)
    return Panel(page.texts("Add a contact"), isPadded: false)(content, page)
  }

  // MARK: The list

  private func list() async throws -> HTML {
    var query: JSONObject = ["start": .int(start), "limit": .int(Self.limit)]
    for name in ["orderBy", "orderByDir"] {
      if let value = page.query(name) { query[name] = .string(value) }
    }
    let answer = try await page.get("campaigns/\(campaign.id)/members", query)
    let rows = answer["members"]?.elements ?? []
    guard !rows.isEmpty || start > 0 else {
      return Panel(isPadded: false)(
        EmptyState(
          title: page.texts("No members yet"),
          text: page.texts(
            "Contacts enter with the segments and forms that the campaign begins with, once it is published, and by hand."
          ), icon: "contacts")(page), page)
    }
    let names = try await CampaignContacts(rows.compactMap { $0["contactId"]?.text }, page)
    let table = TableView(
      page: page, columns: columns(names), rows: rows, caption: page.texts("Members"))
    let pager = Pager(
      page: page, start: start, limit: Self.limit, total: answer["total"]?.integer ?? 0)
    return Panel(
      page.texts("Members"),
      actionsHTML: page.link(
        page.texts("Among the contacts"), to: "contacts?search=campaign:\(campaign.id)"),
      isPadded: false)(table() + pager(), page)
  }

  private func columns(_ names: CampaignContacts) -> [Column] {
    let texts = page.texts
    var columns = [
      Column(texts("Contact"), order: "id") { names.link($0["contactId"]?.text ?? "", $1) },
      Column(texts("State")) { Self.state($0, $1) },
      Column(texts("Next event"), .line) { $1.time($0["nextFireTime"]) },
      Column(texts("Entered"), order: "date_added", .wide) { $1.time($0["dateAdded"]) },
      Column(texts("By hand"), order: "manually_added", .wide) {
        $0["manuallyAdded"]?.truth == true ? $1.plain($1.texts("Yes")) : $1.muted("–")
      },
      Column(texts("Round"), order: "rotation", .number) { $1.count($0["rotation"]) },
    ]
    columns.append(
      Column(texts("Change"), .tools) { [path = campaign.path, id = campaign.id] in
        Self.tools($0, path, id, $1)
      })
    return columns
  }

  private static func state(_ member: JSONValue, _ page: PageRequest) -> HTML {
    if member["finished"]?.truth == true { return page.badge(page.texts("Came to the end"), .ok) }
    return member["waiting"]?.truth == true
      ? page.badge(page.texts("Waits for the contact"), .info)
      : page.badge(page.texts("Under way"), .info)
  }

  private static let toolsTemplate = Template(
    #"""
    <a class="button plain icon small" href="/console/contacts/{{id}}/campaigns/{{campaign}}/way" aria-label="[[The way]]" title="[[The way]]">[icon:campaigns]</a>{{#mayEdit}}<form method="post" action="/console/{{path}}/members/{{id}}/remove"><input type="hidden" name="token" value="{{token}}"><button class="button plain icon small" aria-label="[[Remove]]" title="[[Remove]]" data-confirm="[[Remove the contact? What is foreseen for it will not happen.]]">[icon:close]</button></form>{{/mayEdit}}
    """#)

  private static func tools(
    _ member: JSONValue, _ path: String, _ campaign: String, _ page: PageRequest
  ) -> HTML {
    toolsTemplate(
      [
        "id": member["contactId"]?.text ?? "", "campaign": campaign, "path": path,
        "token": page.token, "mayEdit": page.may(.edit, .contacts),
      ], page.texts)
  }
}
