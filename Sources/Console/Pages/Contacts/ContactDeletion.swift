import API

/// Deletes one contact, after asking.
struct ContactDeletion: Sendable {
  let page: PageRequest

  func asked() async throws -> PageAnswer {
    let id = try page.id
    let contact = try await page.get("contacts/\(id)")["contact"] ?? [:]
    let name = ContactName(contact, page.texts).text
    let content = Self.template(
      [
        "token": page.token, "back": "/console/contacts/\(id)",
        "question": page.texts("{name} and the whole history are gone for good.", ["name": name]),
      ], page.texts)
    return .page(
      Page(
        title: page.texts("Delete {name}", ["name": name]),
        trail: [
          .init(text: page.texts("Contacts"), path: "contacts"),
          .init(text: name, path: "contacts/\(id)"),
        ], contentHTML: Panel()(content, page), section: "contacts", width: .narrow))
  }

  func delete() async throws -> PageAnswer {
    try await page.send(.delete, "contacts/\(page.id)/delete")
    return .redirect(to: "contacts", message: page.texts("Deleted."))
  }

  private static let template = Template(
    #"""
    <form method="post"><input type="hidden" name="token" value="{{token}}"><p>{{question}}</p><div class="form-actions"><button class="button danger primary">[icon:trash][[Delete for good]]</button><a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)
}
