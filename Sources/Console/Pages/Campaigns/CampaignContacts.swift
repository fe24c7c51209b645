import API

/// The names of contacts, for lists that have their ids alone.
struct CampaignContacts: Sendable {
  private let contacts: [String: JSONValue]

  /// Asks for those of some contacts, at most as many as a page has rows; whom the user may not see stays a number.
  init(_ ids: [String], _ page: PageRequest) async throws {
    guard !ids.isEmpty else {
      contacts = [:]
      return
    }
    // Visitors are left out of lists unless they are asked for.
    let search = "ids:\(ids.joined(separator: ","))"
    let limit = JSONValue.int(ids.count)
    var found = try await page.get("contacts", ["search": .string(search), "limit": limit])
    var contacts = Self.byID(found)
    if contacts.count < ids.count {
      found = try await page.get(
        "contacts", ["search": .string("\(search) is:anonymous"), "limit": limit])
      contacts.merge(Self.byID(found)) { first, _ in first }
    }
    self.contacts = contacts
  }

  private static func byID(_ answer: JSONValue) -> [String: JSONValue] {
    let items = (answer["contacts"]?.elements ?? []).map { ($0["id"]?.text ?? "", $0) }
    return Dictionary(items) { first, _ in first }
  }

  private static let template = Template(
    #"""
    <a href="/console/contacts/{{id}}">{{name}}</a>{{#email}}<span class="sub">{{email}}</span>{{/email}}
    """#)

  func name(_ id: String, _ page: PageRequest) -> String {
    contacts[id].map { ContactRecord.name($0, page) } ?? page.texts("Contact {id}", ["id": id])
  }

  /// The name as a link to the contact, with the e-mail below it.
  func link(_ id: String, _ page: PageRequest) -> HTML {
    let name = name(id, page)
    let email = contacts[id]?["fields"]?["all"]?["email"]?.text ?? ""
    return Self.template(["id": id, "name": name, "email": email == name ? "" : email], page.texts)
  }
}
