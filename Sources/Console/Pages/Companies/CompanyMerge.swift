import API

/// Merges another company into one, found by a search.
struct CompanyMerge: Sendable {
  let page: PageRequest

  func shown() async throws -> PageAnswer {
    let id = try page.id
    let company = try await page.get("companies/\(id)")["company"] ?? [:]
    let name = CompanyName.text(company, page.texts)
    let search = page.query("search") ?? String(name.prefix { $0 != " " })
    var (rows, problem): ([JSONValue], String?) = ([], nil)
    do {
      rows =
        try await page.get(
          "companies", ["search": .string(search), "limit": 20, "orderBy": "companyname"])[
          "companies"]?.elements?.filter { $0["id"]?.text != String(id) } ?? []
    } catch let error as APIError where error.status == .badRequest {
      problem = error.message
    }
    let token = page.token
    let table = TableView(
      page: page,
      columns: [
        Column(page.texts("Name")) { CompanyName.cell($0, $1) },
        Column(page.texts("E-mail"), .wide) {
          $1.filled($0["fields"]?["all"]?["companyemail"]?.text)
        },
        Column(page.texts("Place")) { $1.filled(CompanyName.place($0)) },
        Column(page.texts("Score"), .number) { $1.count($0["score"]) },
        Column("", .tools) { other, page in
          Self.button(
            [
              "other": other["id"]?.text ?? "", "token": token,
              "action": "/console/companies/\(id)/merge",
              "question": page.texts(
                "Merge {other} into {name}? {other} is gone then.",
                ["other": CompanyName.text(other, page.texts), "name": name]),
            ], page.texts)
        },
      ], rows: rows, caption: page.texts("Companies to merge"))
    let content = Self.template(
      [
        "path": page.request.path, "search": search, "hasRows": !rows.isEmpty,
        "tableHTML": table(), "problemHTML": problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "emptyHTML": EmptyState(
          title: page.texts("Nothing found"), text: page.texts("Search for another name."))(page),
        "meaning": page.texts(
          "{name} stays: it takes over the contacts of the other, and the values that it has not itself.",
          ["name": name]),
      ], page.texts)
    return .page(
      Page(
        title: page.texts("Merge into {name}", ["name": name]),
        trail: [
          .init(text: page.texts("Companies"), path: "companies"),
          .init(text: name, path: "companies/\(id)"),
        ], contentHTML: content, section: "companies"))
  }

  func merge() async throws -> PageAnswer {
    let id = try page.id
    guard let other = try await FormBody(page).members["other"]?.integer else {
      throw APIError(.badRequest, "other: not the number of a company.")
    }
    try await page.send(.post, "companies/\(id)/merge/\(other)")
    return .redirect(to: "companies/\(id)", message: page.texts("Merged."))
  }

  private static let button = Template(
    #"""
    <form method="post" action="{{action}}"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="other" value="{{other}}"><button class="button small" data-confirm="{{question}}">[icon:merge][[Merge]]</button></form>
    """#)

  private static let template = Template(
    #"""
    <p class="muted">{{meaning}}</p>
    <section class="panel"><form class="toolbar" method="get" action="{{path}}" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="search" value="{{search}}" aria-label="[[Find the other company]]" maxlength="500"></div><button class="button">[[Find]]</button></form>{{{problemHTML}}}{{#hasRows}}{{{tableHTML}}}{{/hasRows}}{{^hasRows}}{{{emptyHTML}}}{{/hasRows}}</section>
    """#)
}
