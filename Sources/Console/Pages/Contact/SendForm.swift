import API

/// Sends an e-mail to a contact.
enum SendForm {
  /// The most e-mails to choose from; a search finds further ones.
  private static let most = 100

  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let contact = try await ContactRecord.read(page)
    let chosen = page.query("email").map(JSONValue.string) ?? .null
    return .page(try await form(contact, FormValues(["email": chosen]), page))
  }

  static func send(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let body = try await FormBody(page)
    do {
      guard let email = body.text("email").flatMap({ Int64($0) }) else {
        let text = page.texts("Choose an e-mail.")
        throw APIError(.badRequest, text, details: [("email", [text])])
      }
      let answer = try await page.send(.post, "emails/\(email)/contact/\(id)/send")
      guard answer["success"]?.truth == true else {
        throw APIError(
          .unprocessableContent,
          page.texts("Not sent: {why}", ["why": answer["failed"]?.text ?? ""]))
      }
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await refused(body, error, page)
    }
    return .redirect(to: "contacts/\(id)", message: page.texts("The e-mail is on its way."))
  }

  /// The page with what was sent and refused.
  static func refused(
    _ body: FormBody, _ error: APIError, _ page: PageRequest
  ) async throws -> PageAnswer {
    let contact = try await ContactRecord.read(page)
    var shown = try await form(contact, FormValues(body, error), page)
    shown.status = error.status
    return .page(shown)
  }

  private static let search = Template(
    #"""
    <form class="toolbar" method="get" role="search"><div class="search affix">[icon:search]<input class="input" type="search" name="q" value="{{search}}" placeholder="[[Find an e-mail]]" aria-label="[[Find an e-mail]]" maxlength="500"></div><button class="button">[[Search]]</button></form>
    """#)

  private static func form(
    _ contact: ContactRecord, _ values: FormValues, _ page: PageRequest
  ) async throws -> Page {
    var query: JSONObject = [
      "limit": .int(most), "orderBy": "name", "select": ["id", "name", "subject", "isPublished"],
    ]
    if let search = page.query("q") { query["search"] = .string(search) }
    let answer = try await page.get("emails", query)
    let choices = (answer["emails"]?.elements ?? []).filter {
      $0["isPublished"]?.truth != false
    }.map { email in
      let (name, subject) = (email["name"]?.text ?? "", email["subject"]?.text ?? "")
      return FormField.Choice(
        email["id"]?.text ?? "", name == subject ? name : "\(name) – \(subject)")
    }
    let field = FormField(
      "email", page.texts("E-mail"), .choice(choices),
      hint: choices.isEmpty
        ? page.texts("There is no e-mail that is published.")
        : page.texts("To {address}", ["address": contact.field("email") ?? ""]),
      isRequired: true, isWide: true)
    var above = search(["search": page.query("q") ?? ""], page.texts)
    if contact.silent.contains(where: { $0["channel"]?.text == "email" }) {
      above =
        Alert(
          .warn,
          page.texts(
            "This contact must not be written to by e-mail. What you send here goes out anyhow: only what the contact has asked for is in order."
          ))(page) + above
    }
    return ContactSubform(
      contact: contact, page: page,
      title: page.texts("Send an e-mail to {contact}", ["contact": contact.name(page)]), back: "",
      button: page.texts("Send"), action: "\(contact.path)/send"
    )(
      [FormSection("", [field])], values, above: above, below: FreeEmail.form(contact, values, page)
    )
  }
}
