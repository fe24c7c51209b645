import API

/// Deletes one company, after asking.
struct CompanyDeletion: Sendable {
  let page: PageRequest

  func asked() async throws -> PageAnswer {
    let id = try page.id
    let company = try await page.get("companies/\(id)")["company"] ?? [:]
    let name = CompanyName.text(company, page.texts)
    let content = Self.template(
      ["token": page.token, "back": "/console/companies/\(id)"], page.texts)
    return .page(
      Page(
        title: page.texts("Delete {name}", ["name": name]),
        trail: [
          .init(text: page.texts("Companies"), path: "companies"),
          .init(text: name, path: "companies/\(id)"),
        ], contentHTML: Panel()(content, page), section: "companies", width: .narrow))
  }

  func delete() async throws -> PageAnswer {
    try await page.send(.delete, "companies/\(page.id)/delete")
    return .redirect(to: "companies", message: page.texts("Deleted."))
  }

  private static let template = Template(
    #"""
    <form method="post"><input type="hidden" name="token" value="{{token}}"><p>[[The company is gone for good. Its contacts stay, without it.]]</p><div class="form-actions"><button class="button danger primary">[icon:trash][[Delete for good]]</button><a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)
}
