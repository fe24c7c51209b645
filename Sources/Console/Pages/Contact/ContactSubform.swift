import API

/// A form about a contact, on a page of its own.
struct ContactSubform: Sendable {
  let contact: ContactRecord
  let page: PageRequest
  let title: String
  /// What follows the address of the contact's page, where one goes back to.
  let back: String
  let button: String
  /// Where it is sent; its own address where it is empty.
  var action = ""

  private static let template = Template(
    #"""
    {{{aboveHTML}}}<form method="post"{{#action}} action="{{action}}"{{/action}} data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}
    <div class="form-actions"><button class="button primary">{{button}}</button><a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  /// - Parameters:
  ///   - above: What stands above the form.
  ///   - below: What stands below its box.
  func callAsFunction(
    _ sections: [FormSection], _ values: FormValues, above: HTML = .empty, below: HTML = .empty
  ) -> Page {
    let form = Self.template(
      [
        "aboveHTML": above, "action": action, "token": page.token, "button": button,
        "back": contact.path + back,
        "problemHTML": values.problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "fieldsHTML": FormView(page: page, sections: sections, values: values)(),
      ], page.texts)
    return Page(
      title: title,
      trail: [
        .init(text: page.texts("Contacts"), path: "contacts"),
        .init(text: contact.name(page), path: "contacts/\(contact.id)"),
      ], contentHTML: Panel()(form, page) + below, section: "contacts", width: .narrow,
      styles: ["contact.css"])
  }
}
