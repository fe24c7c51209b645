import API

/// What a company is called on pages.
enum CompanyName {
  /// The name of a company of the API.
  static func text(_ company: JSONValue, _ texts: Texts) -> String {
    let name = company["fields"]?["all"]?["companyname"]?.text ?? ""
    return name.isEmpty
      ? texts("Company {id}", ["id": company["id"]?.text ?? ""]) : name
  }

  /// City and country; nil where neither is known.
  static func place(_ company: JSONValue) -> String? {
    let all = company["fields"]?["all"]
    let parts = ["companycity", "companycountry"].compactMap { all?[$0]?.text }
      .filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static let who = Template(
    #"""
    <span class="who"><span class="avatar square" aria-hidden="true">{{initials}}</span><span><a href="{{href}}">{{name}}</a></span></span>
    """#)

  /// The cell of a list that leads to a company.
  static func cell(_ company: JSONValue, _ page: PageRequest) -> HTML {
    let name = text(company, page.texts)
    let initials = name.split(separator: " ").prefix(2).compactMap(\.first).map(String.init)
    return who(
      [
        "name": name, "initials": initials.joined().uppercased(),
        "href": "/console/companies/\(company["id"]?.text ?? "")",
      ], page.texts)
  }

  private static let menu = Template(
    #"""
    <details class="menu end" name="menu"><summary class="button plain icon small" aria-label="{{label}}">[icon:more]</summary><div class="menu-list"><a class="item" href="{{href}}">[icon:eye][[Show]]</a>{{#mayEdit}}<a class="item" href="{{href}}/edit">[icon:edit][[Edit]]</a><a class="item" href="{{href}}/merge">[icon:merge][[Merge]]</a>{{/mayEdit}}{{#mayDelete}}<hr><a class="item danger" href="{{href}}/delete">[icon:trash][[Delete]]</a>{{/mayDelete}}</div></details>
    """#)

  /// The menu of a row.
  static func tools(_ company: JSONValue, _ page: PageRequest) -> HTML {
    menu(
      [
        "href": "/console/companies/\(company["id"]?.text ?? "")",
        "label": page.texts("More for {name}", ["name": text(company, page.texts)]),
        "mayEdit": page.may(.edit, .contacts), "mayDelete": page.may(.delete, .contacts),
      ], page.texts)
  }
}
