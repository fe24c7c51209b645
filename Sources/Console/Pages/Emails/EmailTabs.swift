import API

/// The pages of one e-mail.
enum EmailTabs {
  /// Links to them.
  ///
  /// - Parameter current: The last part of the path of the page shown; empty for the overview.
  static func tabs(_ current: String, id: Int64, _ page: PageRequest) -> HTML {
    let texts = page.texts
    let all: [(path: String, text: String)] = [
      ("", texts("Overview")), ("edit", texts("Content and settings")),
      ("dynamic", texts("Dynamic content")), ("preview", texts("Preview")),
    ]
    return Tabs(
      texts("Pages of the e-mail"),
      all.map {
        .init(
          text: $0.text, path: "emails/\(id)" + ($0.path.isEmpty ? "" : "/\($0.path)"),
          isCurrent: $0.path == current)
      })(page)
  }

  /// A page of an e-mail, in the form that all have.
  static func page(
    _ email: JSONValue, _ current: String, _ content: HTML, _ page: PageRequest
  ) throws -> Page {
    let id = try page.id
    let name = email["name"]?.text ?? ""
    return Page(
      title: current.isEmpty ? name : page.texts("{name}: dynamic content", ["name": name]),
      trail: trail(email, current, page), actionsHTML: .empty,
      contentHTML: tabs(current, id: id, page) + content, section: "emails")
  }

  private static func trail(
    _ email: JSONValue, _ current: String, _ page: PageRequest
  ) -> [Page.Trail] {
    let list = Page.Trail(text: page.texts("E-mails"), path: "emails")
    guard !current.isEmpty else { return [list] }
    let id = email["id"]?.text ?? ""
    return [list, .init(text: email["name"]?.text ?? "", path: "emails/\(id)")]
  }
}
