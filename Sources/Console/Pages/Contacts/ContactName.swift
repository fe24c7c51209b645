import API

/// What a contact is called on pages.
struct ContactName: Sendable {
  /// The name, or what else there is: the address, the company; a visitor's IP address.
  var text: String
  /// What stands below it; empty for nothing.
  var detail: String
  var isVisitor: Bool

  /// - Parameter contact: A contact of the API, with the fields ``needed`` at the least.
  init(_ contact: JSONValue, _ texts: Texts) {
    let all = contact["fields"]?["all"]
    func value(_ alias: String) -> String { all?[alias]?.text ?? "" }
    let name = [value("firstname"), value("lastname")].filter { !$0.isEmpty }
      .joined(separator: " ")
    let email = value("email")
    var address = ""
    if case .object(let addresses)? = contact["ipAddresses"] {
      address = addresses.keys.first ?? ""
    }
    let candidates = [name, email, value("company"), address]
    let best = candidates.first { !$0.isEmpty }
    isVisitor = name.isEmpty && email.isEmpty && value("company").isEmpty
    text = best ?? texts("Visitor {id}", ["id": contact["id"]?.text ?? ""])
    detail =
      if isVisitor {
        [value("city"), value("country")].filter { !$0.isEmpty }.joined(separator: ", ")
      } else {
        email == text ? "" : email
      }
  }

  /// The fields and members that a name is made of, for the parameter `select`.
  static let needed = [
    "firstname", "lastname", "email", "company", "city", "country", "ipAddresses",
  ]

  /// Two letters for the picture.
  var initials: String {
    isVisitor
      ? ""
      : text.split(separator: " ").prefix(2).compactMap(\.first).map(String.init).joined()
        .uppercased()
  }

  private static let template = Template(
    #"""
    <span class="who"><span class="avatar" aria-hidden="true">{{#initials}}{{initials}}{{/initials}}{{^initials}}[icon:globe]{{/initials}}</span><span><a href="{{href}}">{{text}}</a>{{#detail}}<span class="sub">{{detail}}</span>{{/detail}}</span></span>
    """#)

  /// The cell of a list that leads to a contact.
  static func cell(_ contact: JSONValue, _ page: PageRequest) -> HTML {
    let name = ContactName(contact, page.texts)
    return template(
      [
        "initials": name.initials, "text": name.text, "detail": name.detail,
        "href": "/console/contacts/\(contact["id"]?.text ?? "")",
      ], page.texts)
  }
}
