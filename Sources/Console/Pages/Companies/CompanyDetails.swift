import API

/// The page of one company: its fields, and the contacts of it.
struct CompanyDetails: Sendable {
  let page: PageRequest

  func shown() async throws -> PageAnswer {
    let id = try page.id
    let company = try await page.get("companies/\(id)")["company"] ?? [:]
    let definitions = try await ProfileFields(.company, page, hasChoices: false).definitions
    let members = try await CompanyMembers(page: page).html()
    let content = Self.template(
      ["mainHTML": members, "asideHTML": record(company) + facts(company, definitions)], page.texts)
    return .page(
      Page(
        title: CompanyName.text(company, page.texts),
        subtitle: CompanyName.place(company) ?? "",
        trail: [.init(text: page.texts("Companies"), path: "companies")],
        actionsHTML: Self.actions(
          [
            "base": "/console/companies/\(id)", "mayEdit": page.may(.edit, .contacts),
            "mayDelete": page.may(.delete, .contacts),
          ], page.texts),
        contentHTML: content, section: "companies", styles: ["contacts.css"]))
  }

  private static let template = Template(
    #"""
    <div class="split"><div>{{{mainHTML}}}</div><aside>{{{asideHTML}}}</aside></div>
    """#)

  private static let actions = Template(
    #"""
    {{#mayEdit}}<a class="button" href="{{base}}/merge">[icon:merge][[Merge]]</a>{{/mayEdit}}{{#mayDelete}}<a class="button danger" href="{{base}}/delete">[icon:trash][[Delete]]</a>{{/mayDelete}}{{#mayEdit}}<a class="button primary" href="{{base}}/edit">[icon:edit][[Edit]]</a>{{/mayEdit}}
    """#)

  /// What the record says beside the fields.
  private func record(_ company: JSONValue) -> HTML {
    let texts = page.texts
    let lines: [(String, HTML)] = [
      (texts("Score"), page.count(company["score"])),
      (texts("Owner"), page.plain(ContactColumns.owner(company["owner"]))),
      (texts("Added"), page.time(company["dateAdded"])),
      (texts("Added by"), page.plain(company["createdByUser"]?.text)),
      (texts("Changed"), page.time(company["dateModified"])),
    ]
    return Panel(texts("Record"))(Self.list(lines, texts), page)
  }

  /// The fields that have a value, by group.
  private func facts(_ company: JSONValue, _ definitions: [JSONValue]) -> HTML {
    ProfileFields.groups(definitions, page.texts).map { group in
      let lines = group.fields.compactMap { definition -> (String, HTML)? in
        let alias = definition["alias"]?.text ?? ""
        let text = FieldText(definition, company["fields"]?["all"]?[alias])
        return text.isEmpty ? nil : (definition["label"]?.text ?? alias, text.html(page))
      }
      return lines.isEmpty ? .empty : Panel(group.heading)(Self.list(lines, page.texts), page)
    }.joined()
  }

  private static let listTemplate = Template(
    #"""
    <dl class="facts">{{#lines}}<div><dt>{{label}}</dt><dd>{{{valueHTML}}}</dd></div>{{/lines}}</dl>
    """#)

  private static func list(_ lines: [(String, HTML)], _ texts: Texts) -> HTML {
    listTemplate(["lines": lines.map { ["label": $0.0, "valueHTML": $0.1] }], texts)
  }
}
