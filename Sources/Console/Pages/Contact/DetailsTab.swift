import API

/// The tab with all fields of a contact, by their groups.
struct DetailsTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  func callAsFunction() async throws -> HTML {
    let companies = try await page.get("contacts/\(contact.id)/companies")["companies"]?.elements
    var parts = groups.map { name, facts in
      Panel(name, actionsHTML: edit)(FactList(facts: facts, isWide: true)(page), page)
    }
    if let companies, !companies.isEmpty {
      parts.append(
        Panel(page.texts("Companies"), isPadded: false)(list(of: companies), page))
    }
    parts.append(Panel(page.texts("Record"))(FactList(facts: record, isWide: true)(page), page))
    if let tags = contact.value["utmtags"]?.elements, !tags.isEmpty {
      parts.append(Panel(page.texts("UTM tags"), isPadded: false)(utm(tags), page))
    }
    return parts.joined()
  }

  /// The groups that have fields, with these.
  private var groups: [(String, [FactList.Fact])] {
    let names = [
      ("core", page.texts("Core")), ("social", page.texts("Social")),
      ("personal", page.texts("Personal")), ("professional", page.texts("Professional")),
    ]
    return names.compactMap { key, name in
      guard case .object(let fields)? = contact.value["fields"]?[key], !fields.isEmpty else {
        return nil
      }
      return (
        name,
        fields.members.map { member in
          .init(member.value["label"]?.text ?? member.key, ContactValue(member.value)(page))
        }
      )
    }
  }

  private var edit: HTML {
    guard contact.allows(.edit, page) else { return .empty }
    return Self.editTemplate(["href": "\(contact.path)/edit"], page.texts)
  }

  private static let editTemplate = Template(
    #"<a class="button small plain" href="{{href}}">[[Edit]]</a>"#)

  private var record: [FactList.Fact] {
    let value = contact.value
    return [
      .init(page.texts("Number"), HTML(escaping: contact.id)),
      .init(page.texts("Added"), page.time(value["dateAdded"])),
      .init(page.texts("Added by"), page.plain(value["createdByUser"]?.text)),
      .init(page.texts("Identified"), page.time(value["dateIdentified"])),
      .init(page.texts("Changed"), page.time(value["dateModified"])),
      .init(page.texts("Changed by"), page.plain(value["modifiedByUser"]?.text)),
      .init(page.texts("Last active"), page.time(value["lastActive"])),
      .init(page.texts("Addresses"), page.plain(addresses)),
    ]
  }

  private var addresses: String {
    guard case .object(let addresses)? = contact.value["ipAddresses"] else { return "" }
    return addresses.keys.joined(separator: ", ")
  }

  private static let companyList = Template(
    #"""
    <ul class="list">{{#companies}}<li><span class="grow"><a href="{{path}}">{{name}}</a></span>{{#isPrimary}}<span class="badge">[[Primary]]</span>{{/isPrimary}}</li>{{/companies}}</ul>
    """#)

  private func list(of companies: [JSONValue]) -> HTML {
    Self.companyList(
      [
        "companies": companies.map { company -> [String: Any] in
          [
            "name": company["companyname"]?.text ?? "–",
            "path": "/console/companies/\(company["id"]?.text ?? "")",
            "isPrimary": company["is_primary"]?.text == "1",
          ]
        }
      ], page.texts)
  }

  private func utm(_ tags: [JSONValue]) -> HTML {
    let columns = [
      ("utmCampaign", "Campaign"), ("utmSource", "Source"), ("utmMedium", "Medium"),
      ("utmContent", "Content"), ("utmTerm", "Term"), ("url", "Address of the page"),
    ]
    return TableView(
      page: page,
      columns: columns.map { member, name in
        Column(page.texts(name)) { $1.plain($0[member]?.text) }
      }, rows: tags, caption: page.texts("UTM tags"))()
  }
}
