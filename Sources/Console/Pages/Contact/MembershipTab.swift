import API

/// The tab with the segments or the campaigns as switches: those that have the contact, and then the others.
struct MembershipTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest
  /// `segments` or `campaigns`, below `/console/`, `/api/` and the contact's page.
  let kind: String
  /// Those that have the contact.
  let members: [JSONValue]
  /// Those of the search, and how many there are in all.
  let (found, total): ([JSONValue], Int)

  /// Rows of a page.
  static let limit = 30

  /// The segments.
  static func segments(_ contact: ContactRecord, _ page: PageRequest) async throws -> HTML {
    try await read("segments", list: "lists", contact, page)()
  }

  /// The campaigns.
  static func campaigns(_ contact: ContactRecord, _ page: PageRequest) async throws -> HTML {
    try await read("campaigns", list: "campaigns", contact, page)()
  }

  private static func read(
    _ kind: String, list: String, _ contact: ContactRecord, _ page: PageRequest
  ) async throws -> MembershipTab {
    var query: JSONObject = [
      "limit": .int(limit), "start": .int(start(page)), "orderBy": "name",
      "select": ["id", "name", "isPublished"],
    ]
    if let search = page.query("q") { query["search"] = .string(search) }
    async let own = page.get("contacts/\(contact.id)/\(kind)")
    let all = try await page.get(kind, query)
    let members = (try await own[list]?.elements ?? []).filter {
      $0["manuallyRemoved"]?.truth != true
    }
    return MembershipTab(
      contact: contact, page: page, kind: kind, members: members,
      found: (all[list]?.elements ?? [], all["total"]?.integer ?? 0))
  }

  private init(
    contact: ContactRecord, page: PageRequest, kind: String, members: [JSONValue],
    found: ([JSONValue], Int)
  ) {
    (self.contact, self.page, self.kind) = (contact, page, kind)
    self.members = members
    (self.found, total) = found
  }

  private static func start(_ page: PageRequest) -> Int {
    max(0, page.query("start").flatMap { Int($0) } ?? 0)
  }

  private var isSegments: Bool { kind == "segments" }

  private static let rows = Template(
    #"""
    <ul class="list">{{#rows}}<li><span class="grow"><a href="{{path}}">{{name}}</a>{{#note}}<span class="sub">{{note}}</span>{{/note}}<span class="sub">{{#links}}<a href="{{href}}">{{text}}</a>{{/links}}</span></span>{{^isPublished}}<span class="badge">[[Not published]]</span>{{/isPublished}}
    <form method="post" action="{{action}}"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="member" value="{{#isMember}}0{{/isMember}}{{^isMember}}1{{/isMember}}"><button class="switch" role="switch" aria-checked="{{#isMember}}true{{/isMember}}{{^isMember}}false{{/isMember}}" aria-label="{{name}}"{{^mayEdit}} disabled{{/mayEdit}}></button></form></li>{{/rows}}</ul>
    """#)

  private static let search = Template(
    #"""
    <form class="toolbar" method="get" role="search"><input type="hidden" name="tab" value="{{kind}}"><div class="search affix">[icon:search]<input class="input" type="search" name="q" value="{{search}}" placeholder="[[Search]]" aria-label="[[Search]]" maxlength="500"></div><button class="button">[[Search]]</button>{{#search}}<a class="button plain" href="{{path}}?tab={{kind}}">[[Clear]]</a>{{/search}}</form>
    """#)

  func callAsFunction() -> HTML {
    let ids = Set(members.compactMap { $0["id"]?.text })
    let others = found.filter { !ids.contains($0["id"]?.text ?? "") }
    let toolbar = Self.search(
      ["kind": kind, "search": page.query("q") ?? "", "path": contact.path], page.texts)
    let inside = members.isEmpty ? empty : shown(members, isMember: true)
    var outside =
      others.isEmpty
      ? EmptyState(
        title: page.texts("Nothing found"),
        text: page.texts("No other has this name, or there are no others."))(page)
      : shown(others, isMember: false)
    if total > Self.limit {
      outside =
        outside + Pager(page: page, start: Self.start(page), limit: Self.limit, total: total)()
    }
    return Panel(
      page.texts(isSegments ? "Segments with this contact" : "Campaigns with this contact"),
      isPadded: false)(inside, page)
      + Panel(
        page.texts(isSegments ? "Other segments" : "Other campaigns"), isPadded: false)(
        toolbar + outside, page)
  }

  private var empty: HTML {
    EmptyState(
      title: page.texts(isSegments ? "In no segment" : "In no campaign"),
      text: page.texts(
        isSegments
          ? "Filters take contacts into segments, or a switch below does, which then stays."
          : "Segments and forms bring contacts into campaigns, or a switch below does."),
      icon: kind)(page)
  }

  private func shown(_ records: [JSONValue], isMember: Bool) -> HTML {
    let mayEdit = contact.allows(.edit, page)
    return Self.rows(
      [
        "rows": records.map { record -> [String: Any] in
          let id = record["id"]?.text ?? ""
          return [
            "name": record["name"]?.text ?? id, "path": "/console/\(kind)/\(id)",
            "note": isMember ? note(record) : "", "links": links(id, isMember: isMember),
            "isPublished": record["isPublished"]?.truth ?? true, "isMember": isMember,
            "mayEdit": mayEdit, "token": page.token, "action": "\(contact.path)/\(kind)/\(id)",
          ]
        }
      ], page.texts)
  }

  /// Since when, and by whom.
  private func note(_ record: JSONValue) -> String {
    let since = record["dateAdded"]?.text.map(page.formats.moment) ?? ""
    return record["manuallyAdded"]?.truth == true
      ? page.texts("since {time}, by hand", ["time": since])
      : page.texts("since {time}", ["time": since])
  }

  private func links(_ id: String, isMember: Bool) -> [[String: Any]] {
    if isSegments {
      let text = page.texts(isMember ? "Why is it here?" : "Why is it not here?")
      return [["href": "\(contact.path)/segments/\(id)/why", "text": text]]
    }
    guard isMember else { return [] }
    return [
      ["href": "\(contact.path)/campaigns/\(id)/way", "text": page.texts("Where does it stand?")]
    ]
  }

  /// Puts the contact into a segment or a campaign, or takes it out.
  static func change(_ kind: String, _ page: PageRequest) async throws -> PageAnswer {
    let (contact, id) = (try page.id, try page.request.pathNumber(kind))
    let adds = try await FormBody(page).text("member") == "1"
    try await page.send(.post, "\(kind)s/\(id)/contact/\(contact)/\(adds ? "add" : "remove")")
    return .redirect(
      to: "contacts/\(contact)?tab=\(kind)s", message: page.texts(adds ? "Added." : "Removed."))
  }
}
