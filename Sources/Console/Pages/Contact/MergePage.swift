import API

/// Finds a contact that is the same person, compares both, and merges it into this one.
enum MergePage {
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let contact = try await ContactRecord.read(page)
    var content: HTML
    if let other = page.query("with").flatMap({ Int64($0) }) {
      guard let value = try await page.get("contacts/\(other)")["contact"],
        String(other) != contact.id
      else { throw APIError.notFound }
      content = comparison(contact, ContactRecord(value), page)
    } else {
      content = try await search(contact, page)
    }
    return .page(
      Page(
        title: page.texts("Merge"),
        subtitle: page.texts(
          "Another contact becomes part of {contact}, with its history, segments and campaigns.",
          ["contact": contact.name(page)]),
        trail: [
          .init(text: page.texts("Contacts"), path: "contacts"),
          .init(text: contact.name(page), path: "contacts/\(contact.id)"),
        ], contentHTML: content, section: "contacts", styles: ["contact.css"]))
  }

  static func merge(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    guard let other = try await FormBody(page).text("other").flatMap({ Int64($0) }) else {
      throw APIError.notFound
    }
    try await page.send(.post, "contacts/\(id)/merge/\(other)")
    return .redirect(to: "contacts/\(id)", message: page.texts("Merged."))
  }

  // MARK: The search

  private static let form = Template(
    #"""
    <form class="toolbar" method="get" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="q" value="{{search}}" placeholder="[[Name, e-mail, company]]" aria-label="[[Search contacts]]" maxlength="500" autofocus></div><button class="button">[[Search]]</button></form>{{{problemHTML}}}
    """#)

  private static let list = Template(
    #"""
    <ul class="list">{{#contacts}}<li><span class="avatar" aria-hidden="true">{{initials}}</span><span class="grow"><a href="{{path}}">{{name}}</a><span class="sub">{{email}}</span></span><a class="button small" href="{{compare}}">[[Compare]]</a></li>{{/contacts}}</ul>
    """#)

  private static func search(
    _ contact: ContactRecord, _ page: PageRequest
  ) async throws -> HTML {
    // Without a search, those of the same last name come first to mind.
    let text = page.query("q") ?? contact.field("lastname") ?? contact.field("email") ?? ""
    var (found, problem): ([JSONValue], HTML) = ([], .empty)
    do {
      found =
        text.isEmpty
        ? []
        : try await page.get("contacts", ["search": .string(text), "limit": 30, "minimal": 1])[
          "contacts"]?.elements ?? []
    } catch let error as APIError where error.status == .badRequest {
      problem = Alert(.bad, error.message)(page)
    }
    let others = found.filter { $0["id"]?.text != contact.id }.map(ContactRecord.init)
    let shown =
      others.isEmpty
      ? EmptyState(
        title: page.texts("Nobody found"),
        text: page.texts("Search for the contact that is the same person."), icon: "merge")(page)
      : list(
        [
          "contacts": others.map { other -> [String: Any] in
            [
              "initials": other.initials(page), "name": other.name(page), "path": other.path,
              "email": other.field("email") ?? "",
              "compare": "\(contact.path)/merge?with=\(other.id)",
            ]
          }
        ], page.texts)
    return Panel(isPadded: false)(
      form(["search": text, "problemHTML": problem], page.texts) + shown, page)
  }

  // MARK: The comparison

  private static let compareTemplate = Template(
    #"""
    <section class="panel"><div class="table-wrap"><table class="table loose"><caption class="sr">[[Both contacts]]</caption><thead><tr><th scope="col">[[Field]]</th><th scope="col">{{name}}</th><th scope="col"><a href="{{otherPath}}">{{other}}</a></th></tr></thead>
    <tbody>{{#rows}}<tr><th scope="row">{{field}}{{#differs}} <span class="badge warn">[[differs]]</span>{{/differs}}</th><td data-label="{{name}}">{{{oneHTML}}}</td><td data-label="{{other}}">{{{twoHTML}}}</td></tr>{{/rows}}</tbody></table></div>
    <div class="panel-foot"><form method="post"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="other" value="{{id}}"><button class="button primary" data-confirm="[[Merge {{other}} into {{name}}? The other contact is gone afterwards.]]">[icon:merge][[Merge into {{name}}]]</button></form><a class="button plain" href="{{back}}">[[Another contact]]</a></div></section>
    """#)

  private static func comparison(
    _ contact: ContactRecord, _ other: ContactRecord, _ page: PageRequest
  ) -> HTML {
    var rows: [[String: Any]] = []
    for group in ["core", "social", "personal", "professional"] {
      guard case .object(let fields)? = contact.value["fields"]?[group] else { continue }
      for member in fields.members {
        let (one, two) = (contact.field(member.key), other.field(member.key))
        guard one != nil || two != nil else { continue }
        let otherField = other.value["fields"]?[group]?[member.key] ?? .null
        rows.append([
          "field": member.value["label"]?.text ?? member.key,
          "differs": one != nil && two != nil && one != two,
          "oneHTML": ContactValue(member.value)(page), "twoHTML": ContactValue(otherField)(page),
        ])
      }
    }
    let note = Alert(
      .info,
      page.texts(
        "Where both have a value, that of the contact changed last stays. Points are added up; tags, notes, e-mails, visits, segments and campaigns of both stay."
      ))(page)
    return note
      + compareTemplate(
        [
          "name": contact.name(page), "other": other.name(page), "otherPath": other.path,
          "id": other.id, "token": page.token, "back": "\(contact.path)/merge", "rows": rows,
        ], page.texts)
  }
}
